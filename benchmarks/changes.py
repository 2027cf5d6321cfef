"""The changes of a large table that are compared: as `makemigrations` writes them, and data migrations."""

from tests.releases.online_changes import BASE, CHANGES, changed, with_constraint, with_field

ADD_COLOUR = 'migrations.AddField("Box", "colour", models.CharField(max_length=9, null=True))'
IMPORT_RANGES = (
    "from django.contrib.postgres.constraints import ExclusionConstraint\n"
    "from django.contrib.postgres.fields import IntegerRangeField\n"
)
RANGES = (
    'ExclusionConstraint(name="no_overlap", expressions=[(models.Func("serial", models.F("serial") + 1,'
    ' function="int4range", output_field=IntegerRangeField()), "&&")])'
)
RENAMED = (("    size = models", "    volume = models"), ("size__gt", "volume__gt"))

# What the models become.
EDITS = {
    "ExclusionConstraint": IMPORT_RANGES + with_constraint(RANGES),
    "AddField, volatile db_default": CHANGES["add field with volatile default"],
    "AddField, stored GeneratedField": with_field(
        'area = models.GeneratedField(expression=models.F("size") * 2, output_field=models.IntegerField(),'
        " db_persist=True)"
    ),
    "null to not null": CHANGES["null to not null"],
    "integer to bigint": changed(("serial = models.IntegerField()", "serial = models.BigIntegerField()")),
    "unique=True": CHANGES["make a field unique"],
    "narrower varchar": changed(
        ('note = models.CharField(max_length=40, default=""', "note = models.CharField(max_length=9, default=''")
    ),
    "AddIndex": CHANGES["add index"],
    "partial unique constraint": CHANGES["add partial unique constraint"],
    "AddConstraint, unique": CHANGES["add unique constraint"],
    "AddConstraint, check": CHANGES["add check"],
    "AddField, default": CHANGES["add field with default"],
    "AddField, foreign key": CHANGES["add nullable foreign key"],
    "AddField, foreign key with default": CHANGES["add foreign key with default"],
    "RenameField": changed(*RENAMED),
    "db_table": changed(("    class Meta:", '    class Meta:\n        db_table = "crates"')),
    "RemoveField": CHANGES["remove field"],
    "DeleteModel": CHANGES["delete model"],
    "RemoveConstraint, unique": CHANGES["remove unique constraint"],
}
# The operations of a migration, the code above its class, and what the models become.
WRITTEN = {
    "RunPython, one UPDATE": (
        ["migrations.RunPython(fill)"],
        'def fill(apps, editor):\n    apps.get_model("shop", "Box").objects.update(note="new")\n\n',
        BASE,
    ),
    "RunPython, row by row": (
        ["migrations.RunPython(fill)"],
        'def fill(apps, editor):\n    for box in apps.get_model("shop", "Box").objects.iterator():\n'
        '        box.note = "new"\n        box.save(update_fields=["note"])\n\n',
        BASE,
    ),
    "AddField and one UPDATE": (
        [ADD_COLOUR, "migrations.RunPython(fill)"],
        'def fill(apps, editor):\n    apps.get_model("shop", "Box").objects.update(colour="red")\n\n',
        with_field("colour = models.CharField(max_length=9, null=True)"),
    ),
    "AddField and Backfill": (
        [ADD_COLOUR, 'Backfill("Box", update={"colour": "red"}, where=models.Q(colour=None))'],
        "",
        with_field("colour = models.CharField(max_length=9, null=True)"),
    ),
}
