"""The database is compared with what the models declare, by definition, and --check fails until it is whole."""

import re
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.conftest import Once, Sql, execute
from tests.releases.conftest import Project
from tests.releases.test_causes import as_user
from tests.releases.test_rollback import released
from tests.schema import describe

MODELS = """from django.db.models.functions import Lower

class Shelf(models.Model):
    name = models.CharField(max_length=20, unique=True)

class Tag(models.Model):
    slug = models.SlugField()

class Box(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    label = models.CharField(max_length=50, db_default="new")
    size = models.PositiveIntegerField(null=True)
    weight = models.FloatField(default=1)
    twice = models.GeneratedField(expression=models.F("weight") * 2, output_field=models.FloatField(), db_persist=True)
    tags = models.ManyToManyField(Tag)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="box_weighs"),
            models.UniqueConstraint(fields=["shelf", "label"], name="box_label"),
            models.UniqueConstraint(fields=["size"], condition=models.Q(weight__gt=9), name="box_heavy_size"),
            models.UniqueConstraint(Lower("label"), name="box_lower_label"),
            models.UniqueConstraint(fields=["weight"], name="box_late", deferrable=models.Deferrable.DEFERRED),
        ]
        indexes = [models.Index(fields=["-size", "weight"], name="box_size")]

class Lamp(models.Model):
    power = models.IntegerField(default=60)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
"""
ROWS = (
    "INSERT INTO shop_shelf (id, name) VALUES (1, 'left'), (2, 'right')",
    "INSERT INTO shop_box (id, shelf_id, label, size, weight) VALUES (1, 1, 'a', 1, 1), (2, 2, 'b', 2, 2.5)",
)

# What must be reported, and the damage done before. `{fk}` and `{like}` are names that Django makes up.
EITHER = {
    "the table shop_lamp is missing": "DROP TABLE shop_lamp",
    "the table shop_box_tags is missing": "DROP TABLE shop_box_tags",
    "the column releases_release.reason is missing": "ALTER TABLE releases_release DROP COLUMN reason",
    "index (size DESC, weight) on shop_box (box_size) is missing": "DROP INDEX box_size",
}
POSTGRESQL = EITHER | {
    "unique (lower((label)::text)) on shop_box (box_lower_label) is missing": "DROP INDEX box_lower_label",
    "unique (size) WHERE (weight > (9.0)::double precision) on shop_box (box_heavy_size) is missing": (
        "DROP INDEX box_heavy_size"
    ),
    "shop_box.label has no default, and must have 'new'::character varying": (
        "ALTER TABLE shop_box ALTER label DROP DEFAULT"
    ),
    "shop_box.size is NOT NULL, and must be nullable": "ALTER TABLE shop_box ALTER size SET NOT NULL",
    "shop_shelf.name is nullable, and must be NOT NULL": "ALTER TABLE shop_shelf ALTER name DROP NOT NULL",
    "shop_shelf.name is character varying(5), and must be character varying(20)": (
        "ALTER TABLE shop_shelf ALTER name TYPE varchar(5)"
    ),
    "releases_release.started is timestamp without time zone, and must be timestamp with time zone": (
        "ALTER TABLE releases_release ALTER started TYPE timestamp"
    ),
    "shop_tag.id has no counter of its own": "ALTER TABLE shop_tag ALTER id DROP IDENTITY",
    "shop_shelf_id_seq would give 1 next, but shop_shelf.id goes up to 2": "ALTER SEQUENCE shop_shelf_id_seq RESTART",
    "CHECK ((weight > (0.0)::double precision)) on shop_box (box_weighs) is INVALID": (
        "ALTER TABLE shop_box DROP CONSTRAINT box_weighs, ADD CONSTRAINT box_weighs CHECK (weight > 0.0) NOT VALID"
    ),
    "CHECK ((size >= 0)) on shop_box (shop_box_size_check) is missing": (
        "ALTER TABLE shop_box DROP CONSTRAINT shop_box_size_check"
    ),
    "primary key (id) on shop_box (shop_box_pkey) is missing": "ALTER TABLE shop_box DROP CONSTRAINT shop_box_pkey",
    "foreign key (shelf_id) to shop_shelf (id) on shop_box is missing": "ALTER TABLE shop_box DROP CONSTRAINT {fk}",
    "unique (shelf_id, label) on shop_box (box_label) is INVALID": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'box_label'::regclass"
    ),
    "unique (weight) on shop_box (box_late) is missing": (
        "ALTER TABLE shop_box DROP CONSTRAINT box_late, ADD CONSTRAINT late UNIQUE (weight)"
    ),
    "index (slug varchar_pattern_ops) on shop_tag ({like}) is missing": "DROP INDEX {like}",
}
# SQLite can alter little, so the stored statement of the table is rewritten instead.
SQLITE = EITHER | {
    "unique ((LOWER(label))) on shop_box (box_lower_label) is missing": "DROP INDEX box_lower_label",
    "unique (size) WHERE weight > 9.0 on shop_box (box_heavy_size) is missing": "DROP INDEX box_heavy_size",
    "shop_box.label has no default, and must have 'new'": ("shop_box", "DEFAULT 'new' ", ""),
    "CHECK (weight > 0.0) on shop_box (box_weighs) is missing: CHECK (1) has its name": (
        "shop_box",
        'CHECK ("weight" > 0.0)',
        "CHECK (1)",
    ),
    "CHECK (size >= 0) on shop_box is missing": ("shop_box", 'CHECK ("size" >= 0)', ""),
    "unique (shelf_id, label) on shop_box is missing": (
        "shop_box",
        '("shelf_id", "label")',
        '("shelf_id", "label", "id")',
    ),
    "foreign key (shelf_id) to shop_shelf (id) on shop_box is missing": (
        "shop_box",
        ' REFERENCES "shop_shelf" ("id") DEFERRABLE INITIALLY DEFERRED',
        "",
    ),
    "shop_shelf.name is nullable, and must be NOT NULL": (
        "shop_shelf",
        '"name" varchar(20) NOT NULL',
        '"name" varchar(20)',
    ),
    "shop_tag.slug is varchar(5), and must be varchar(50)": ("shop_tag", "varchar(50)", "varchar(5)"),
    "shop_tag.id has no counter of its own": ("shop_tag", " AUTOINCREMENT", ""),
}


@pytest.fixture
def shop(project: Project, once: Once) -> Project:
    project.models(MODELS)
    assert project.manage("makemigrations", "shop").returncode == 0
    once("shop of every kind", lambda: released(project))
    for row in ROWS:
        execute(project.database_url, row)
    if "postgresql" in project.database_url:
        execute(project.database_url, "SELECT setval('shop_box_id_seq', 2), setval('shop_shelf_id_seq', 2)")
    return project


def damage_postgresql(sql: Sql) -> dict[str, str]:
    constraint = "SELECT conname FROM pg_constraint WHERE conrelid = 'shop_box'::regclass AND contype = 'f'"
    index = "SELECT relname FROM pg_class WHERE relname LIKE 'shop_tag_slug_%%_like'"
    names = {"fk": sql(constraint)[0][0], "like": sql(index)[0][0]}
    damage = {said.format(**names): done.format(**names) for said, done in POSTGRESQL.items()}
    for statement in damage.values():
        sql(statement)
    return damage


def damage_sqlite(file: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for done in SQLITE.values():
            if isinstance(done, str):
                database.execute(done)
                continue
            table, before, after = done
            (statement,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
            assert before in statement, statement
            database.execute("PRAGMA writable_schema = ON")
            new = statement.replace(before, after)
            database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", [new, table])
            database.execute("PRAGMA writable_schema = RESET")


def listed(printed: str) -> set[str]:
    return {line.removeprefix("- ") for line in printed.splitlines() if line.startswith("- ")}


def test_everything_that_is_missing_is_named_and_built_by_one_command(
    shop: Project, sql: Sql, engine: str, new_project: Callable[[str], Project], new_database: Callable[[], str]
) -> None:
    fresh = new_project(new_database())
    fresh.models(MODELS)
    fresh.manage("makemigrations", "shop")
    assert fresh.manage("migrate").returncode == 0
    rows = sql("SELECT id, shelf_id, label, size, weight, twice FROM shop_box ORDER BY id")
    if engine == "postgresql":
        expected = set(damage_postgresql(sql))
    else:
        damage_sqlite(shop.database_url.removeprefix("sqlite:///"))
        expected = set(SQLITE)

    found = shop.manage("verify_schema")
    assert found.returncode == 1
    assert listed(found.stderr) == expected
    assert found.stderr.endswith("Run: python manage.py verify_schema --repair\n")

    repaired = shop.manage("verify_schema", "--repair")

    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert repaired.stdout.endswith("Everything that the models declare exists, as declared and valid.\n")
    announced = [line.removeprefix("Repaired: ") for line in repaired.stdout.splitlines() if "Repaired: " in line]
    assert "the table shop_lamp is missing. It is empty: restore its rows from a backup." in announced
    assert {line.partition(". It is empty")[0].removesuffix(".") for line in announced} == expected
    if engine == "postgresql":
        sql("ALTER TABLE shop_box DROP CONSTRAINT late")
    assert describe(sql, engine, tables="shop") == describe(partial(execute, fresh.database_url), engine, tables="shop")
    assert sql("SELECT id, shelf_id, label, size, weight, twice FROM shop_box ORDER BY id") == rows
    sql("INSERT INTO shop_box (shelf_id, label, size, weight) VALUES (1, 'c', 3, 3)")
    assert shop.manage("migrate", "--check").returncode == 0


def test_what_cannot_be_built_is_named_with_the_reason_and_the_way(shop: Project, sql: Sql, postgresql: None) -> None:
    """Nothing is left half built. Each printed statement works, and then the command does."""
    for statement in (
        "ALTER TABLE shop_box DROP CONSTRAINT box_label, DROP CONSTRAINT box_weighs, DROP CONSTRAINT box_late",
        "DROP INDEX box_lower_label",
        "ALTER TABLE shop_shelf ALTER name DROP NOT NULL",
        "ALTER TABLE releases_release ALTER deployment TYPE integer USING 7",
        "DROP INDEX box_size",
        "CREATE INDEX box_size ON shop_box (id)",
        "DROP TABLE shop_lamp",
        "CREATE VIEW shop_lamp AS SELECT 1 AS id",
    ):
        sql(statement)
    references = sql("SELECT conname FROM pg_constraint WHERE conrelid = 'shop_box'::regclass AND contype = 'f'")[0][0]
    sql(f"ALTER TABLE shop_box DROP CONSTRAINT {references}")
    sql("INSERT INTO shop_shelf (name) VALUES (NULL)")
    sql("INSERT INTO shop_box (shelf_id, label, weight) VALUES (1, 'a', -1), (77, 'c', 1)")
    before = describe(sql, "postgresql", tables="shop")

    result = shop.manage("verify_schema", "--repair")

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    for reason in (
        "unique (shelf_id, label) on shop_box (box_label) is missing: several rows have the same values; see SELECT",
        "unique (lower((label)::text)) on shop_box (box_lower_label) is missing: several rows have the same values",
        "unique (weight) on shop_box (box_late) is missing: several rows have the same values; see SELECT weight,"
        " count(*)",
        "CHECK ((weight > (0.0)::double precision)) on shop_box (box_weighs) is missing: rows violate it; see",
        "foreign key (shelf_id) to shop_shelf (id) on shop_box is missing: rows refer to rows that do not exist; see"
        " SELECT",
        "shop_shelf.name is nullable, and must be NOT NULL: rows hold NULL there; see SELECT",
        "releases_release.deployment is integer, and must be character varying(64): the table would be rewritten, and",
        "(box_size) is missing: index (id) has its name: rename what has its name, then repeat: ALTER INDEX",
        "shop_lamp is a view, and must be a table: rename what has its name, then repeat: ALTER TABLE",
    ):
        assert reason in result.stderr
    assert describe(sql, "postgresql", tables="shop") == before
    for statement in re.findall(r"(?:SELECT|ALTER) [^;\n]*;", result.stderr):
        assert sql(statement) or statement.startswith("ALTER")

    sql("DELETE FROM shop_box WHERE id > 2")
    sql("DELETE FROM shop_shelf WHERE name IS NULL")
    repaired = shop.manage("verify_schema", "--repair")
    assert repaired.returncode == 0, repaired.stderr


def test_what_sqlite_cannot_build(shop: Project, sql: Sql, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL has reasons of its own")
    sql("DROP INDEX box_lower_label")
    sql("INSERT INTO shop_box (shelf_id, label, weight) VALUES (1, 'B', 5)")
    sql("ALTER TABLE shop_shelf RENAME COLUMN name TO title")
    sql("ALTER TABLE shop_lamp RENAME TO lamps")
    sql("CREATE VIEW shop_lamp AS SELECT * FROM lamps")
    sql("DROP TABLE shop_tag")
    sql("CREATE TABLE shop_tag (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, slug text NOT NULL, mine text)")
    before = describe(sql, engine, tables="shop")

    result = shop.manage("verify_schema", "--repair")

    assert result.returncode == 1
    for reason in (
        "unique ((LOWER(label))) on shop_box (box_lower_label) is missing: rows violate it",
        "the column shop_shelf.name is missing: each row needs a value, and the model has no default; restore it from",
        "shop_lamp is a view, and must be a table: drop that one first",
        "shop_tag.slug is text, and must be varchar(50): a rebuild would lose the columns mine",
    ):
        assert reason in result.stderr
    after = describe(sql, engine, tables="shop")
    assert {name: after[name] for name in ("shop_box", "shop_shelf", "lamps") if name in after} == {
        name: before[name] for name in ("shop_box", "shop_shelf", "lamps") if name in before
    }


def test_a_model_without_its_migration(shop: Project) -> None:
    shop.models(MODELS.replace("power = models", "colour = models.TextField(null=True)\n    power = models"))

    released = shop.manage("migrate")

    assert released.returncode == 1
    assert "The models declare what no migration makes:\n- the column shop_lamp.colour is missing\n" in released.stderr
    (command,) = re.findall(r"Run: python manage\.py (makemigrations .*)", released.stderr)
    assert shop.manage("migrate", "--check").returncode == 1
    assert shop.manage(*command.split()).returncode == 0
    assert shop.manage("migrate").returncode == 0
    assert shop.manage("migrate", "--check").returncode == 0


LEFT_OUT = """
class Foreign(models.Model):
    class Meta:
        managed = False

class Elsewhere(models.Model):
    class Meta:
        required_db_vendor = "oracle"
"""


def test_what_does_not_concern_this_database_is_left_out(shop: Project, sql: Sql) -> None:
    shop.models(MODELS + LEFT_OUT)
    shop.manage("makemigrations", "shop")
    assert shop.manage("migrate").returncode == 0
    sql("DROP TABLE shop_lamp")
    assert shop.manage("migrate", "--check").returncode == 1

    settings = (shop.root / "project_settings.py").read_text()
    shop.write("project_settings.py", settings + "RELEASES['UNVERIFIED_APPS'] = ['shop']\n")
    assert shop.manage("migrate", "--check").returncode == 0
    router = (
        "class Router:\n    def allow_migrate(self, *args, model_name=None, **hints): return model_name != 'lamp'\n"
    )
    shop.write("shop/routers.py", router)
    shop.write("project_settings.py", settings + "DATABASE_ROUTERS = ['shop.routers.Router']\n")
    assert shop.manage("migrate", "--check").returncode == 0


def test_code_that_was_rolled_back_needs_its_tables_and_columns_only(shop: Project, sql: Sql, engine: str) -> None:
    later = MODELS.replace("max_length=20, unique=True", "max_length=90")
    shop.models(later)
    shop.manage("makemigrations", "shop", "--name", "later")
    assert shop.manage("migrate").returncode == 0
    (shop.root / "shop/migrations/0002_later.py").unlink()
    shop.models(MODELS)

    assert shop.manage("migrate", "--check").returncode == 0

    sql("DROP TABLE shop_box_tags")
    assert shop.manage("migrate", "--check").returncode == 1


def test_a_squashed_migration_whose_files_are_gone_leaves_the_comparison_whole(
    shop: Project, sql: Sql, engine: str
) -> None:
    """Its row in the table of Django comes before those of its successor."""
    sql("INSERT INTO django_migrations (id, app, name, applied) VALUES (-1, 'shop', '0001_old', '2026-01-01')")
    assert shop.manage("migrate", "--check").returncode == 0
    sql("DROP INDEX box_size")
    assert shop.manage("migrate", "--check").returncode == 1


SQUASHED = """from django.db import migrations


class Migration(migrations.Migration):
    replaces = [("old_shop", "0001_initial")]
    operations = []
"""
UNKNOWN_IN_THE_ADMIN = """from django.db import connection
from releases.record.applied import recorded_migrations

print([one.name for one in recorded_migrations(connection) if not one.known])
"""


def test_what_a_squashed_migration_of_another_app_replaces_is_known(project: Project, sql: Sql) -> None:
    assert project.manage("migrate", "-v0").returncode == 0
    for app, name in (("old_shop", "0001_initial"), ("old_shop", "0099_later")):
        sql("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2026-01-01')", app, name)
    project.write("shop/migrations/0001_squashed.py", SQUASHED)
    for _ in range(2):
        said = project.manage("migrate").stdout
        assert "Applied, but unknown to this code, and left alone: old_shop.0099_later." in said
    assert project.manage("shell", "-v0", "-c", UNKNOWN_IN_THE_ADMIN).stdout == "['0099_later']\n"


def test_a_user_who_may_not_read_a_sequence_is_no_obstacle(
    role: str, shop: Project, sql: Sql, database_url: str
) -> None:
    """An application that has a role of its own needs no right on the sequence of an identity column."""
    sql(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}")
    shop.database_url = as_user(database_url, role, role)
    assert shop.manage("migrate", "--check").returncode == 0
    sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")


def test_without_temporary_tables_only_tables_and_columns_are_compared(
    shop: Project, sql: Sql, database_url: str, postgresql: None
) -> None:
    role, database = f"reader_{uuid.uuid4().hex[:8]}", urlsplit(database_url).path[1:]
    sql(f"CREATE ROLE {role} LOGIN PASSWORD 'reader'")
    sql(f"GRANT pg_read_all_data TO {role}")
    sql(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    own = urlunsplit(
        urlsplit(database_url)._replace(netloc=f"{role}:reader@{urlsplit(database_url).netloc.split('@')[1]}")
    )
    shop.database_url = own
    try:
        assert shop.manage("migrate", "--check").returncode == 0
        sql("CREATE INDEX another ON shop_lamp (power)")
        assert shop.manage("migrate", "--check").returncode == 0
        result = shop.manage("verify_schema")
        assert result.returncode == 1
        assert "Every table and every column exists. The rest was not compared" in result.stderr
        (grant,) = re.findall(r"GRANT .*;", result.stderr)
        sql(grant)
        assert shop.manage("verify_schema").returncode == 0
    finally:
        sql(f"DROP OWNED BY {role}")
        sql(f"DROP ROLE {role}")


def test_without_temporary_tables_a_column_is_not_guessed(
    role: str, project: Project, sql: Sql, database_url: str
) -> None:
    database = urlsplit(database_url).path[1:]
    sql(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    sql(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    sql(f"GRANT TEMPORARY ON DATABASE {database} TO {role}")
    project.settings(f'DATABASES["default"]["OPTIONS"] = {{"assume_role": "{role}"}}')
    assert project.manage("migrate", "-v0").returncode == 0
    sql(f"REVOKE TEMPORARY ON DATABASE {database} FROM {role}")
    sql("ALTER TABLE releases_release DROP COLUMN reason")
    refused = project.manage("verify_schema", "--repair")
    assert refused.returncode == 1
    (grant,) = re.findall(r"GRANT .*;", refused.stderr)
    sql(grant)
    assert "Repaired: the column releases_release.reason" in project.manage("verify_schema", "--repair").stdout
    sql(f"DROP OWNED BY {role}")
