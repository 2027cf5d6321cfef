"""What waits for the old version to go, when a later migration changes the same again."""

import psycopg
import pytest

from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed, with_field
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]

RED = with_field('colour = models.CharField(max_length=9, default="red")')
FILLED = changed(("max_length=40, null=True", 'max_length=40, default="none"'))
WITHOUT_LABEL = changed(
    ("    label = models.CharField(max_length=40, null=True)\n", ""),
    ('indexes = [models.Index(fields=["label"], name="box_label")]', "indexes = []"),
)
NOTE = '    note = models.CharField(max_length=40, default="", unique=False)\n'
WITHOUT_NOTE = changed((NOTE, ""))
CODE = "    code = models.IntegerField(null=True, unique=True)\n"
WITHOUT_CODE = changed((CODE, ""))
POSITIVE = '            models.CheckConstraint(condition=models.Q(size__gt=0), name="positive_size"),\n'
CHANGES = {
    "a default that is declared then": [RED, with_field('colour = models.CharField(max_length=9, db_default="blue")')],
    "a default, then null": [RED, with_field("colour = models.CharField(max_length=9, null=True)")],
    "a default, then another type": [RED, with_field('colour = models.TextField(default="x")')],
    "a default, then a type to which it is not cast": [
        with_field("weight = models.IntegerField(default=0)"),
        with_field("weight = models.BooleanField(default=False)"),
    ],
    "a default, then no field": [RED, BASE],
    "no field, then one with a declared default": [
        WITHOUT_NOTE,
        changed((NOTE, NOTE.replace("default", "db_default"))),
    ],
    "no unique field, then one that is not": [WITHOUT_CODE, changed((CODE, CODE.replace(", unique=True", "")))],
    "no field, then one with a check": [
        changed(("    size = models.IntegerField()\n", ""), (POSITIVE, "")),
        changed(("size = models.IntegerField()", "size = models.PositiveIntegerField(default=1)")),
    ],
    "no indexed field, then one without an index": [
        changed(('    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")\n', "")),
        changed(('null=True, related_name="+")', 'null=True, related_name="+", db_index=False)')),
    ],
    "a key that the database numbers, then one that it does not": [
        with_field("id = models.BigIntegerField(primary_key=True)"),
        BASE,
    ],
    "a fill trigger, then no field": [FILLED, WITHOUT_LABEL],
    "a fill trigger of a new field, then no field": [
        with_field("weight = models.BooleanField(null=True)"),
        with_field("weight = models.BooleanField(default=False)"),
        BASE,
    ],
    "unique, another type, unique again": [
        with_field("code_2 = models.CharField(max_length=9, null=True, unique=True)"),
        with_field("code_2 = models.TextField(null=True, unique=True)"),
        with_field("code_2 = models.TextField(null=True)"),
        with_field("code_2 = models.TextField(null=True, unique=True)"),
    ],
}


@pytest.mark.parametrize("releases", ["one release", "a release each"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_contract_leaves_what_django_would(
    shop: Project, databases: Databases, database_url: str, change: str, releases: str
) -> None:
    """The first version is connected until all are released."""
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    if "not cast" in change:  # of a large table that is refused: every row is written
        shop.settings('RELEASES["LARGE_TABLE"] = 10**9')
    plain = databases.make(database_url)
    with psycopg.connect(database_url, application_name="version zero"):
        for number, models in enumerate(CHANGES[change], start=2):
            shop.models(models)
            succeeds(shop, "makemigrations", "shop", "-n", f"change_{number}")
            if releases == "a release each":
                succeeds(shop, "migrate", COMMIT=str(number))
        succeeds(shop, "migrate", COMMIT="last")
    succeeds(shop, "verify_schema")
    succeeds(shop, "migrate", "--finish", COMMIT="last")
    migrate_as_django(shop, plain)
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)
