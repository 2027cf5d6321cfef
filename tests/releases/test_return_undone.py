"""What came back before it was dropped, when that is undone: an older version that is connected still has it."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed
from tests.releases.test_contract import WITHOUT_BOX, WITHOUT_NOTE, WITHOUT_SHELF, WITHOUT_UNIQUE
from tests.releases.test_models_that_return import DELETED, LEFT, PAIR
from tests.releases.test_natural_changes import first
from tests.releases.test_online import SETTINGS, migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

OLD = """
INSERT INTO shop_box (size, serial, label, note, shelf_id) VALUES (7, 90001, NULL, 'kept', 1) RETURNING note, shelf_id
"""


def leave_and_return(project: Project, without: str, models: str) -> None:
    for name, text in (("second", without), ("third", models)):
        project.models(text)
        succeeds(project, "makemigrations", "shop", "-n", name)
        succeeds(project, "migrate", COMMIT=name)


@pytest.mark.parametrize("large", [0, 10**9])
@pytest.mark.parametrize("without", [WITHOUT_NOTE, WITHOUT_SHELF, WITHOUT_BOX], ids=["column", "foreign key", "table"])
def test_it_waits_again_and_loses_nothing(shop: Project, sql: Sql, without: str, large: int) -> None:
    shop.settings(f'RELEASES |= {{"COMMIT_VARIABLE": "COMMIT", "LARGE_TABLE": {large}}}')
    schema = rows_of(shop.database_url, SCHEMA)
    with psycopg.connect(shop.database_url, application_name="version zero"):
        leave_and_return(shop, without, BASE)
        undone = succeeds(shop, "rollback", "--noinput", COMMIT="third")
        assert "came back before it was dropped, and waits for that again" in undone
        assert sql(OLD) == [("kept", 1)]
        if without == WITHOUT_NOTE:
            sql("INSERT INTO shop_box (size, serial) VALUES (1, 90002)")  # by the version of the second release
        (shop.root / "shop/migrations/0003_third.py").rename(shop.root / "third")
        shop.models(without)
        assert "It waits for sessions of an older" in shop.manage("migrate", "--finish", COMMIT="second").stderr
    assert sql("SELECT note, shelf_id FROM shop_box WHERE serial = 90001") == [("kept", 1)]
    sql("DELETE FROM shop_box WHERE serial = 90002")
    succeeds(shop, "rollback", "--steps", "1", "--noinput", COMMIT="second")
    assert rows_of(shop.database_url, SCHEMA) == schema
    assert sql("SELECT count(*) FROM shop_box") == [(501,)]
    assert sql("SELECT * FROM releases_contract") == []
    succeeds(shop, "migrate", COMMIT="second")
    assert "Contract: drop" in succeeds(shop, "migrate", "--finish", COMMIT="second")


OLD_UPSERT = (
    "INSERT INTO shop_box (size, serial, note) VALUES (1, 3, '') ON CONFLICT (serial) {} DO UPDATE SET size = 8"
)
IN_PART = changed(('fields=["serial"]', 'fields=["serial"], condition=models.Q(size__gt=0)'))


@pytest.mark.parametrize(
    ("models", "where", "large"), [(BASE, "", 10**9), (IN_PART, "WHERE size > 0", 0)], ids=["constraint", "index"]
)
def test_a_unique_constraint_waits_again(shop: Project, sql: Sql, models: str, where: str, large: int) -> None:
    shop.settings(f'RELEASES |= {{"COMMIT_VARIABLE": "COMMIT", "LARGE_TABLE": {large}}}')
    shop.models(models)
    succeeds(shop, "makemigrations", "shop", "-n", "unique")
    succeeds(shop, "migrate", COMMIT="zero")
    succeeds(shop, "migrate", "--finish", COMMIT="zero")
    schema = rows_of(shop.database_url, SCHEMA)
    with psycopg.connect(shop.database_url, application_name="version zero"):
        leave_and_return(shop, WITHOUT_UNIQUE, models)
        undone = succeeds(shop, "rollback", "--noinput", COMMIT="third")
        assert "one_serial on model box: after the old version." in undone
        sql(OLD_UPSERT.format(where))
    succeeds(shop, "rollback", "--noinput", "--steps", "1", COMMIT="third")
    assert rows_of(shop.database_url, SCHEMA) == schema
    assert sql("SELECT * FROM releases_contract") == []


def test_models_that_are_joined_wait_again(project: Project, sql: Sql) -> None:
    first(project, PAIR)
    project.settings(f'{SETTINGS}\nRELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    for statement in DELETED["joined"][1]:
        sql(statement)
    schema = rows_of(project.database_url, SCHEMA)
    with psycopg.connect(project.database_url, application_name="version zero"):
        leave_and_return(project, LEFT, PAIR)
        succeeds(project, "rollback", "--steps", "2", "--noinput", COMMIT="third")
    assert rows_of(project.database_url, SCHEMA) == schema
    assert sql("SELECT count(*) FROM shop_visit") == [(9,)]
    assert sql("SELECT * FROM releases_contract") == []


def test_once_no_older_version_is_connected_it_is_dropped_at_once(shop: Project, sql: Sql) -> None:
    shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    with psycopg.connect(shop.database_url, application_name="version zero"):
        leave_and_return(shop, WITHOUT_NOTE, BASE)
    succeeds(shop, "migrate", "--finish", COMMIT="third")
    assert sql("SELECT * FROM releases_contract") == []
    assert "drops column shop_box.note with " in succeeds(shop, "rollback", "--noinput", COMMIT="third")
    assert sql("SELECT 1 FROM information_schema.columns WHERE column_name = 'note'") == []


GRADE = "    grade = models.IntegerField({})\n    size = "
WITH_NULL = changed(("    size = ", GRADE.format("null=True")))
EIGHT = "models.PositiveIntegerField(default=8, db_index=True)"
WITH_EIGHT = changed(("    size = ", f"    grade = {EIGHT}\n    size = "))
WITHOUT_NULL = changed(("    size = ", GRADE.format("")))
NULL = "INSERT INTO shop_box (size, serial, note, grade) VALUES (7, {0}, '', NULL)"


@pytest.mark.parametrize("large", [0, 10**9])
@pytest.mark.parametrize("returned", [WITH_EIGHT, WITHOUT_NULL], ids=["default", "none"])
def test_a_field_that_comes_back_as_not_null_is_written_by_the_version_that_writes_null(
    shop: Project, sql: Sql, databases: Databases, returned: str, large: int
) -> None:
    shop.settings(f'RELEASES |= {{"COMMIT_VARIABLE": "COMMIT", "LARGE_TABLE": {large}}}')
    shop.models(WITH_NULL)
    succeeds(shop, "makemigrations", "shop", "-n", "null")
    succeeds(shop, "migrate", COMMIT="zero")
    sql("UPDATE shop_box SET grade = 3")
    plain = databases.make(shop.database_url)
    schema = rows_of(shop.database_url, SCHEMA)
    with psycopg.connect(shop.database_url, application_name="version zero"):
        shop.models(BASE)
        succeeds(shop, "makemigrations", "shop", "-n", "second")
        succeeds(shop, "migrate", COMMIT="second")
        shop.models(returned)
        field = EIGHT if returned == WITH_EIGHT else "models.IntegerField()"
        shop.migration("0004_third", f"migrations.AddField('box', 'grade', {field})")
        succeeds(shop, "migrate", COMMIT="third")
        sql(NULL.format(90001))
        sql("INSERT INTO shop_box (size, serial, note) VALUES (7, 90002, '')")  # by the second one
        succeeds(shop, "rollback", "--noinput", COMMIT="third")
        sql(NULL.format(90003))
        sql("INSERT INTO shop_box (size, serial, note) VALUES (7, 90004, '')")
        succeeds(shop, "rollback", "--noinput", "--steps", "1", COMMIT="third")
        assert sorted(map(str, rows_of(shop.database_url, SCHEMA))) == sorted(map(str, schema))
        assert sql("SELECT grade FROM shop_box WHERE serial = 90003") == [(None,)]
        sql("UPDATE shop_box SET grade = 3 WHERE grade IS NULL")
        succeeds(shop, "migrate", COMMIT="third")
    succeeds(shop, "migrate", "--finish", COMMIT="third")
    succeeds(shop, "verify_schema", COMMIT="third")
    sql("UPDATE shop_box SET grade = 3")
    if returned == WITH_EIGHT:
        migrate_as_django(shop, plain)
        assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)
