"""What makemigrations writes for changes that are made of several: it works, or the advice does, as it is printed."""

import re

import pytest

from releases.judge.new_columns import GIVE_KEYS
from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.test_causes import as_user
from tests.releases.test_online import SETTINGS, migrate_as_django, rows_of, succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

TAGGED = """class Tag(models.Model):
    pass


class Book(models.Model):
    tags = models.ManyToManyField(Tag)
"""


def first(project: Project, models: str) -> None:
    project.settings(SETTINGS)
    project.models(models)
    succeeds(project, "makemigrations", "shop", "-n", "first")
    succeeds(project, "migrate", "-v0")


@pytest.fixture
def tagged(project: Project, sql: Sql) -> Project:
    """Three tags of one book."""
    first(project, TAGGED)
    sql("INSERT INTO shop_book DEFAULT VALUES")
    sql("INSERT INTO shop_tag SELECT FROM generate_series(1, 3)")
    sql("INSERT INTO shop_book_tags (book_id, tag_id) SELECT 1, n FROM generate_series(1, 3) n")
    return project


def test_a_many_to_many_field_keeps_its_relations_under_another_name(tagged: Project, sql: Sql) -> None:
    tagged.models(TAGGED.replace("tags =", "labels ="))
    rename = 'migrations.RenameField("book", "tags", "labels")'
    tagged.migration("0002_rename", rename)
    refused = tagged.manage("migrate").stderr
    (in_model,) = re.findall(r"^ +(labels = .*)$", refused, re.MULTILINE)
    (before,) = re.findall(r"^ +(migrations\.AlterField\(.*\)),$", refused, re.MULTILINE)
    tagged.models(TAGGED.replace("tags = models.ManyToManyField(Tag)", in_model))
    tagged.migration("0002_rename", before, rename)
    succeeds(tagged, "makemigrations", "--check")
    succeeds(tagged, "migrate")
    assert sql("SELECT count(*) FROM shop_book_tags") == [(3,)]
    counted = "from shop.models import Book; print(Book.objects.get().labels.count())"
    assert succeeds(tagged, "shell", "-c", counted).endswith("3\n")


def test_relations_keep_their_table_whatever_the_field_names(tagged: Project, sql: Sql) -> None:
    other = TAGGED.replace("(Tag)", '(Tag, db_table="others")')
    tagged.models(other)
    succeeds(tagged, "makemigrations", "shop", "-n", "second")
    refused = tagged.manage("migrate").stderr
    (kept,) = re.findall(r"^ +(tags = .*)$", refused, re.MULTILINE)
    tagged.models(TAGGED.replace("tags = models.ManyToManyField(Tag)", kept))
    (tagged.root / "shop/migrations/0002_second.py").unlink()
    succeeds(tagged, "makemigrations", "shop", "-n", "second")
    succeeds(tagged, "migrate")
    assert sql("SELECT count(*) FROM shop_book_tags") == [(3,)]


@pytest.mark.parametrize("model", ["Tag", "Book"])
def test_a_model_with_relations_cannot_keep_its_table_under_another_name(tagged: Project, model: str) -> None:
    tagged.migration("0002_rename", f'migrations.RenameModel("{model}", "Other")')
    assert "Django would also rename columns of shop_book_tags, and has no option" in tagged.manage("migrate").stderr


def test_relations_with_another_model_are_a_second_field(tagged: Project) -> None:
    tagged.models(f"{TAGGED}\n\nclass Label(models.Model):\n    pass\n")
    altered = 'migrations.AlterField("book", "tags", models.ManyToManyField("shop.label"))'
    label = 'migrations.CreateModel("Label", [("id", models.BigAutoField(primary_key=True))])'
    tagged.migration("0002_label", label, altered)
    assert "Add a second ManyToManyField, copy the relations by RunPython" in tagged.manage("migrate").stderr


PROFILE = """class Person(models.Model):
    pass


class Profile(models.Model):
    person = models.OneToOneField(Person, models.CASCADE, primary_key=True)


class Visit(models.Model):
    profile = models.ForeignKey(Profile, models.CASCADE)
"""


def test_a_model_whose_key_is_a_relation_is_deleted(project: Project, sql: Sql, databases: Databases) -> None:
    """Its field is removed before it, as the autodetector writes it."""
    first(project, PROFILE)
    sql("INSERT INTO shop_person DEFAULT VALUES")
    plain = databases.make(project.database_url)
    project.models(PROFILE.partition("\n\n\n")[0] + "\n")
    succeeds(project, "makemigrations", "shop", "-n", "second")
    assert "RemoveField" in (project.root / "shop/migrations/0002_second.py").read_text()
    succeeds(project, "migrate")
    sql("INSERT INTO shop_profile (person_id) VALUES (1)")
    sql("INSERT INTO shop_visit (profile_id) VALUES (1)")
    sql("DELETE FROM shop_person")  # by the new version, which knows nothing that refers to it
    succeeds(project, "migrate", "--finish")
    migrate_as_django(project, plain)
    assert rows_of(project.database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_a_generated_field_is_removed_with_what_it_is_made_of(project: Project, sql: Sql) -> None:
    """`makemigrations` removes first what it is made of, and Django's own `migrate` fails at that."""
    made = 'models.GeneratedField(expression=models.F("x"), output_field=models.IntegerField(), db_persist=True)'
    box = "class Box(models.Model):\n    z = models.IntegerField()\n"
    first(project, f"{box}    x = models.IntegerField()\n    y = {made}\n")
    project.models(box)
    succeeds(project, "makemigrations", "shop", "-n", "second")
    succeeds(project, "migrate")
    succeeds(project, "migrate", "--finish")
    assert sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'shop_box'") == [("id",), ("z",)]


RULE = '\n    class Meta:\n        constraints = [models.UniqueConstraint(fields=["x"], name="moved")]\n'
MODEL = "class {}(models.Model):\n    x = models.IntegerField()\n{{}}"
PAIR = f"{MODEL.format('A')}\n\n{MODEL.format('B')}"


@pytest.mark.parametrize("large", [0, 10**9])
def test_a_constraint_moves_to_another_model_with_its_name(project: Project, databases: Databases, large: int) -> None:
    first(project, PAIR.format(RULE, ""))
    project.settings(f"{SETTINGS}\nRELEASES['LARGE_TABLE'] = {large}")
    plain = databases.make(project.database_url)
    project.models(PAIR.format("", RULE))
    succeeds(project, "makemigrations", "shop", "-n", "second")
    succeeds(project, "migrate")
    succeeds(project, "migrate", "--finish")
    migrate_as_django(project, plain)
    assert rows_of(project.database_url, SCHEMA) == rows_of(plain, SCHEMA)


def test_a_proxy_of_a_proxy_is_deleted_and_comes_back(project: Project) -> None:
    box = "class Box(models.Model):\n    pass\n"
    proxy = "\n\nclass {}({}):\n    class Meta:\n        proxy = True\n"
    first(project, box + proxy.format("Lid", "Box") + proxy.format("Top", "Lid"))
    project.models(box)
    project.settings(f"{SETTINGS}\n")
    succeeds(project, "makemigrations", "shop", "-n", "second")
    succeeds(project, "migrate")
    succeeds(project, "rollback", "--noinput")
    succeeds(project, "migrate")


def test_what_a_squash_replaced_is_not_said_to_be_undone(project: Project) -> None:
    first(project, "class Box(models.Model):\n    pass\n")
    field = 'migrations.AddField("box", "x", models.IntegerField(null=True))'
    project.migration("0002_x", field)
    project.models("class Box(models.Model):\n    x = models.IntegerField(null=True)\n")
    succeeds(project, "migrate")
    succeeds(project, "squashmigrations", "shop", "0002", "--noinput")
    succeeds(project, "migrate")
    refused = project.manage("rollback", "--noinput").stderr
    assert "applied shop.0002_x, now a part of shop.0001_squashed_0002_x" in refused
    assert "--steps" not in refused


def test_a_comment_with_a_percent_sign_is_judged(project: Project) -> None:
    box = "class Box(models.Model):\n    class Meta:\n        db_table_comment = {!r}\n"
    first(project, box.format("All"))
    project.models(box.format("100 % of them"))
    written = project.manage("makemigrations", "shop", "-n", "second")
    assert written.returncode == 0, written.stderr


TOUCHED = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.x := NEW.x + 1; RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON shop_a FOR EACH ROW EXECUTE FUNCTION touch();
"""
OWN = """
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO {0}', name);
    END LOOP;
    EXECUTE 'GRANT ALL ON SCHEMA public TO {0}';
END $$;
"""
VOLATILE = 'migrations.AddField("a", "y", models.FloatField(db_default=models.functions.Random()))'


def test_the_triggers_that_batches_run_are_named(project: Project, sql: Sql) -> None:
    first(project, MODEL.format("A").format(""))
    sql(TOUCHED)
    sql("INSERT INTO shop_a (x) VALUES (1)")
    project.migration("0002_y", VOLATILE)
    planned = " ".join(succeeds(project, "plan_release").split())
    assert "The triggers of the table run for each row: touched." in planned


def test_what_is_made_of_a_removed_column_is_named(project: Project, sql: Sql) -> None:
    first(project, MODEL.format("A").format("    y = models.IntegerField(null=True)\n"))
    sql("CREATE VIEW report AS SELECT y FROM shop_a")
    project.migration("0002_y", 'migrations.RemoveField("a", "y")')
    planned = " ".join(succeeds(project, "plan_release").split())
    assert "Something is made of it, and has to be dropped or changed by then: view report." in planned


@pytest.mark.parametrize("operation", [VOLATILE, 'Backfill("a", {"x": 9})'])
def test_rows_that_a_policy_hides_are_not_left_out(role: str, project: Project, sql: Sql, operation: str) -> None:
    first(project, MODEL.format("A").format(""))
    sql("INSERT INTO shop_a (x) VALUES (1), (2)")
    for statement in ("ENABLE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"):
        sql(f"ALTER TABLE shop_a {statement}")
    sql("CREATE POLICY seen ON shop_a USING (x = 1)")
    project.migration("0002_y", operation, before="from releases.operations import Backfill\n")
    sql(OWN.format(role))
    refused = project.manage("migrate", DATABASE_URL=as_user(project.database_url, role, role))
    assert refused.returncode == 1
    assert "row-level security policy for table" in refused.stderr
    assert sql("SELECT count(*) FROM shop_a WHERE x = 9") == [(0,)]
    sql(f"DROP OWNED BY {role} CASCADE")


REFERRED = """class A(models.Model):
    code = models.{}(unique=True)


class B(models.Model):
    a = models.ForeignKey(A, models.CASCADE, to_field="code")
"""


def test_a_text_to_which_another_model_refers_gets_another_type(project: Project, databases: Databases) -> None:
    """Django then leaves out an index, which is not said to be missing."""
    first(project, REFERRED.format("CharField").replace("unique", "max_length=20, unique"))
    plain = databases.make(project.database_url)
    project.models(REFERRED.format("TextField"))
    succeeds(project, "makemigrations", "shop", "-n", "second")
    succeeds(project, "migrate")
    migrate_as_django(project, plain)
    assert rows_of(project.database_url, SCHEMA) == rows_of(plain, SCHEMA)
    succeeds(project, "verify_schema")


@pytest.mark.parametrize("table", ["shop_box", "parcels"])
def test_a_model_that_gets_another_name_and_table_at_once_keeps_its_table(project: Project, table: str) -> None:
    """`makemigrations` alters the table after it has renamed it, even if it is to stay."""
    box = "class {}(models.Model):\n    size = models.IntegerField()\n"
    meta = "\n    class Meta:\n        {}\n"
    first(project, box.format("Box"))
    project.models(box.format("Parcel") + meta.format(f"db_table = {table!r}"))
    rename = 'migrations.RenameModel("Box", "Parcel")'
    altered = f'migrations.AlterModelTable("parcel", {table!r})'
    project.migration("0002_parcel", rename, altered)
    refused = project.manage("migrate").stderr
    (kept,) = re.findall(r"^ +(db_table = .*)$", refused, re.MULTILINE)
    (before,) = re.findall(r"^ +(migrations\.AlterModelTable\(.*\)),$", refused, re.MULTILINE)
    assert "Remove this operation from the migration" in refused
    project.models(box.format("Parcel") + meta.format(kept))
    project.migration("0002_parcel", before, rename)
    succeeds(project, "makemigrations", "--check")
    assert "0002_parcel... OK" in succeeds(project, "migrate")


KEYED = """class Book(models.Model):
    {}
    title = models.CharField(max_length=20)
"""


def test_a_key_that_all_rows_would_share_is_refused_and_the_way_that_is_named_works(project: Project, sql: Sql) -> None:
    first(project, KEYED.format(""))
    sql("INSERT INTO shop_book (title) SELECT 'A' FROM generate_series(1, 3)")
    shared = 'migrations.AddField("Book", "number", models.IntegerField(primary_key=True, default=0))'
    project.migration("0002_number", 'migrations.RemoveField("Book", "id")', shared)
    assert GIVE_KEYS in project.manage("migrate").stderr

    (project.root / "shop/migrations/0002_number.py").unlink()
    project.models(KEYED.format("number = models.IntegerField(null=True)"))
    succeeds(project, "makemigrations", "shop", "-n", "number")
    filled = 'Backfill("Book", {"number": models.F("id") + 10}, where=models.Q(number=None))'
    project.migration("0003_fill", filled, before="from releases.operations import Backfill")
    project.models(KEYED.format("number = models.IntegerField(primary_key=True)"))
    succeeds(project, "makemigrations", "shop", "--noinput")
    succeeds(project, "migrate")
    succeeds(project, "migrate", "--finish")
    assert sql("SELECT number FROM shop_book ORDER BY number") == [(11,), (12,), (13,)]
    assert sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = 'shop_book'::regclass"
    ) == [("PRIMARY KEY (number)",)]
