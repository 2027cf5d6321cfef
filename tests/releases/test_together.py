"""What a migration drops and creates again is never missing, though it is applied operation by operation."""

import pytest

from releases.judge.objects import changes_data, left_and_made
from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import with_field
from tests.releases.test_interrupted import KILLER
from tests.releases.test_online import OldVersion, migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

on_postgresql = pytest.mark.usefixtures("postgresql")

FIRST = """migrations.RunSQL(
    '''CREATE VIEW small AS SELECT id, size FROM shop_box;
    CREATE TABLE event (box bigint);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN INSERT INTO event VALUES (NEW.id); RETURN NEW; END$$;
    CREATE TRIGGER noted AFTER INSERT ON shop_box FOR EACH ROW EXECUTE FUNCTION note()''',
    'DROP VIEW small; DROP TRIGGER noted ON shop_box; DROP FUNCTION note; DROP TABLE event',
)"""
DROP_VIEW = "migrations.RunSQL('DROP VIEW small', 'CREATE VIEW small AS SELECT id, size FROM shop_box')"
DROP_TRIGGER = """migrations.RunSQL(
    'DROP TRIGGER noted ON shop_box',
    'CREATE TRIGGER noted AFTER INSERT ON shop_box FOR EACH ROW EXECUTE FUNCTION note()',
)"""
CREATE_VIEW = "migrations.RunSQL('CREATE VIEW small AS SELECT id, size, colour FROM shop_box', 'DROP VIEW small')"
CREATE_TRIGGER = """migrations.RunSQL(
    'CREATE TRIGGER noted AFTER INSERT ON shop_box FOR EACH ROW EXECUTE FUNCTION note()',
    'DROP TRIGGER noted ON shop_box',
)"""
COLOUR = "models.CharField(max_length=9, null=True, db_index=True)"
ADD = f'migrations.AddField("Box", "colour", {COLOUR})'


class OldVersionWithView(OldVersion):
    STATEMENTS = (
        "SELECT id, size FROM small WHERE size = %(n)s",
        "INSERT INTO shop_box (size, serial, note) VALUES (%(n)s, %(n)s, '')",
    )


@pytest.fixture
def viewed(shop: Project) -> Project:
    shop.migration("0002_view", FIRST)
    succeeds(shop, "migrate")
    shop.models(with_field(f"colour = {COLOUR}"))
    return shop


@on_postgresql
def test_a_view_and_a_trigger_are_never_missing(viewed: Project, sql: Sql, databases: Databases) -> None:
    viewed.migration("0003_colour", DROP_VIEW, DROP_TRIGGER, ADD, CREATE_TRIGGER, CREATE_VIEW)
    plain = databases.make(viewed.database_url)
    with OldVersionWithView(viewed.database_url) as old:
        succeeds(viewed, "migrate")
    assert old.errors == []
    assert old.rounds > 0
    assert sql("SELECT count(*) FROM shop_box WHERE size > 500") == sql("SELECT count(*) FROM event")
    migrate_as_django(viewed, plain)
    assert rows_of(viewed.database_url, SCHEMA) == rows_of(plain, SCHEMA)
    succeeds(viewed, "migrate", "shop", "0002")


@on_postgresql
@pytest.mark.parametrize("indexed", [True, False])
def test_a_failure_before_it_is_created_again_leaves_it(viewed: Project, sql: Sql, indexed: bool) -> None:
    models, add = with_field(f"colour = {COLOUR}"), ADD
    if not indexed:
        models, add = (text.replace("null=True, db_index=True", "null=True") for text in (models, add))
    viewed.models(models)
    viewed.migration("0003_colour", DROP_VIEW, add, CREATE_VIEW.replace("colour FROM", "color FROM"))
    failed = viewed.manage("migrate")
    assert failed.returncode == 1
    assert "Committed" not in failed.stderr
    assert sql("SELECT count(*) FROM small") == [(500,)]
    viewed.migration("0003_colour", DROP_VIEW, add, CREATE_VIEW)
    succeeds(viewed, "migrate")
    assert sql("SELECT count(colour) FROM small") == [(0,)]


@on_postgresql
@pytest.mark.proof
def test_undone_wherever_it_was_killed(viewed: Project, sql: Sql) -> None:
    viewed.settings(KILLER)
    viewed.migration("0003_colour", DROP_VIEW, DROP_TRIGGER, ADD, CREATE_TRIGGER, CREATE_VIEW)
    schema, at, killed = rows_of(viewed.database_url, SCHEMA), 1.0, 0
    while (result := viewed.manage("migrate", KILL_AT=str(at))).returncode:
        assert result.returncode == -9, result.stdout + result.stderr
        assert sql("SELECT count(*) FROM small") == [(500,)]
        begun = sql("SELECT to_regclass('releases_journal')") != [(None,)] and sql("SELECT * FROM releases_journal")
        if begun or sql("SELECT * FROM django_migrations WHERE name = '0003_colour'"):
            succeeds(viewed, "rollback", "--noinput")
            killed += 1
        assert rows_of(viewed.database_url, SCHEMA) == schema
        at += 1.5
    assert killed > 3


@pytest.mark.parametrize(
    ("sql", "dropped", "made"),
    [
        ("DROP VIEW a.one, two", {("view", "one"), ("view", "two")}, set()),
        ("DROP VIEW one; CREATE VIEW one AS SELECT 1", set(), {("view", "one")}),
        ("CREATE MATERIALIZED VIEW one AS SELECT 1; DROP MATERIALIZED VIEW one", {("view", "one")}, set()),
        ("DROP TRIGGER IF EXISTS t ON box", {("trigger", "box", "t")}, set()),
        ("CREATE TRIGGER t AFTER INSERT ON box EXECUTE FUNCTION f()", set(), {("trigger", "box", "t")}),
        ("DROP FUNCTION f(int)", {("routine", "f")}, set()),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", set(), {("routine", "f")}),
        ("DROP RULE r ON box; CREATE POLICY p ON box", {("rule", "box", "r")}, {("policy", "box", "p")}),
        ("CREATE RULE r AS ON DELETE TO box DO INSTEAD NOTHING", set(), {("rule", "box", "r")}),
        ("DROP TABLE box; not SQL", set(), set()),
    ],
)
def test_what_statements_leave_dropped_and_created(
    sql: str, dropped: set[tuple[str, ...]], made: set[tuple[str, ...]]
) -> None:
    assert tuple(map(set, left_and_made([sql]))) == (dropped, made)


def test_statements_that_change_data() -> None:
    assert not changes_data(["DROP VIEW one; CREATE TABLE t (a int)", "COMMENT ON TABLE t IS 'x'"])
    assert changes_data(["CREATE TABLE t (a int); INSERT INTO t VALUES (1)"])
    assert changes_data(["not SQL"])
