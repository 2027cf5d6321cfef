"""Changes of a model, as a developer edits it; `makemigrations` writes the migrations."""

BASE = """class Shelf(models.Model):
    name = models.CharField(max_length=20)


class Box(models.Model):
    size = models.IntegerField()
    serial = models.IntegerField()
    label = models.CharField(max_length=40, null=True)
    note = models.CharField(max_length=40, default="", unique=False)
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")
    code = models.IntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["serial"], name="one_serial"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="positive_size"),
        ]
        indexes = [models.Index(fields=["label"], name="box_label")]
"""
FOREIGN_KEY = 'models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")'


def changed(*replaced: tuple[str, str]) -> str:
    text = BASE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return text


def with_field(field: str) -> str:
    return changed(("    size = ", f"    {field}\n    size = "))


def with_constraint(constraint: str) -> str:
    return changed(("constraints = [\n", f"constraints = [\n            {constraint},\n"))


def with_index(index: str) -> str:
    return changed(("indexes = [", f"indexes = [{index}, "))


CHANGES = {
    "add index": with_index('models.Index(fields=["size"], name="box_size")'),
    "add covering partial index": with_index(
        'models.Index(fields=["-size"], include=["serial"], condition=models.Q(size__gt=5), name="box_big")'
    ),
    "add functional index": with_index('models.Index(models.functions.Lower("label"), name="box_lower")'),
    "index a field": changed(("size = models.IntegerField()", "size = models.IntegerField(db_index=True)")),
    "index a text field": changed(
        (
            'note = models.CharField(max_length=40, default=""',
            'note = models.CharField(max_length=40, default="", db_index=True',
        )
    ),
    "remove index": changed(('indexes = [models.Index(fields=["label"], name="box_label")]', "indexes = []")),
    "add unique constraint": with_constraint('models.UniqueConstraint(fields=["serial", "size"], name="one_of_each")'),
    "add deferrable unique constraint": with_constraint(
        'models.UniqueConstraint(fields=["serial", "size"], name="one_each", deferrable=models.Deferrable.DEFERRED)'
    ),
    "add unique constraint without distinct nulls": with_constraint(
        'models.UniqueConstraint(fields=["serial", "code"], nulls_distinct=False, name="one_null")'
    ),
    "add partial unique constraint": with_constraint(
        'models.UniqueConstraint(fields=["size"], condition=models.Q(size__gt=400), name="big_once")'
    ),
    "add functional unique constraint": with_constraint(
        'models.UniqueConstraint(models.F("serial") * 2, name="one_double")'
    ),
    "make a field unique": changed(("size = models.IntegerField()", "size = models.IntegerField(unique=True)")),
    "unique together": changed(("    class Meta:", '    class Meta:\n        unique_together = [("size", "serial")]')),
    "add check": with_constraint('models.CheckConstraint(condition=models.Q(serial__gt=0), name="positive_serial")'),
    "remove check": changed(
        ('            models.CheckConstraint(condition=models.Q(size__gt=0), name="positive_size"),\n', "")
    ),
    "remove unique constraint": changed(
        ('            models.UniqueConstraint(fields=["serial"], name="one_serial"),\n', "")
    ),
    "replace a unique constraint": changed(('fields=["serial"], name', 'fields=["serial", "size"], name')),
    "replace a unique constraint by a partial one": changed(
        ('fields=["serial"], name', 'fields=["serial"], condition=models.Q(size__gt=1), name')
    ),
    "make a field not unique": changed(
        ("code = models.IntegerField(null=True, unique=True)", "code = models.IntegerField(null=True)")
    ),
    "add nullable field": with_field("weight = models.IntegerField(null=True)"),
    "add field with default": with_field('colour = models.CharField(max_length=9, default="red")'),
    "add indexed field with default": with_field(
        'colour = models.CharField(max_length=9, default="red", db_index=True)'
    ),
    "add positive field": with_field("amount = models.PositiveIntegerField(default=3)"),
    "add field with database default": with_field('colour = models.CharField(max_length=9, db_default="red")'),
    "add field with the time": with_field("added = models.DateTimeField(db_default=models.functions.Now())"),
    "add field with volatile default": with_field(
        'key = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))'
    ),
    "add nullable foreign key": with_field(
        'other = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")'
    ),
    "add foreign key with default": with_field(
        'other = models.ForeignKey(Shelf, models.CASCADE, default=1, related_name="+")'
    ),
    "add one to one": with_field('inside = models.OneToOneField("self", models.CASCADE, null=True)'),
    "add many to many": with_field('shelves = models.ManyToManyField(Shelf, related_name="+")'),
    "null to not null": changed(("max_length=40, null=True", 'max_length=40, default="none"')),
    "null to not null with database default": changed(("max_length=40, null=True", 'max_length=40, db_default="none"')),
    "not null to null": changed(("size = models.IntegerField()", "size = models.IntegerField(null=True)")),
    "wider text": changed(("max_length=40, null=True", "max_length=80, null=True")),
    "any text": changed(("label = models.CharField(max_length=40, null=True)", "label = models.TextField(null=True)")),
    "change the primary key": changed(
        ("serial = models.IntegerField()", "serial = models.IntegerField(primary_key=True)")
    ),
    "remove field": changed(('    note = models.CharField(max_length=40, default="", unique=False)\n', "")),
    "remove unique field": changed(("    code = models.IntegerField(null=True, unique=True)\n", "")),
    "remove foreign key": changed(
        ('    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")\n', "")
    ),
    "delete model": "class Shelf(models.Model):\n    name = models.CharField(max_length=20)\n",
    "add model": BASE + "\n\nclass Lid(models.Model):\n    box = models.ForeignKey(Box, models.CASCADE)\n",
    "on delete set null": changed(
        ("models.ForeignKey(Shelf, models.CASCADE, null=True", "models.ForeignKey(Shelf, models.SET_NULL, null=True")
    ),
    "foreign key without constraint": changed(
        ('null=True, related_name="+")', 'null=True, related_name="+", db_constraint=False)')
    ),
    "foreign key gets a default": changed((FOREIGN_KEY, FOREIGN_KEY.replace("null=True", "default=1"))),
    "foreign key to another model": changed((FOREIGN_KEY, FOREIGN_KEY.replace("(Shelf", '("self"'))),
    "comments": changed(("size = models.IntegerField()", 'size = models.IntegerField(db_comment="in litres")')),
}
