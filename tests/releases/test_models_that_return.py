"""Models that are deleted and come back, by a step back or by a later release, before their tables are dropped."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.test_natural_changes import PROFILE, first
from tests.releases.test_online import SETTINGS, rows_of, succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

LEFT = "class Other(models.Model):\n    pass\n"
PERSON = "class Person(models.Model):\n    name = models.CharField(max_length=20)\n"
JOINED = f"""{LEFT}

class Group(models.Model):
    size = models.IntegerField(default=0)


class Visit(models.Model):
    group = models.ForeignKey(Group, models.CASCADE)
"""
CHILD = f"""{LEFT}

{PERSON}

class Tool(Person):
    weight = models.IntegerField(default=3)


class Loan(models.Model):
    tool = models.ForeignKey(Tool, models.CASCADE)
"""
KEYED = f"{LEFT}\n\n{PROFILE}".replace("class Person(models.Model):\n    pass\n", PERSON)
GROUP = "INSERT INTO shop_group (size) SELECT 1 FROM generate_series(1, 9)"
PEOPLE = "INSERT INTO shop_person (name) SELECT 'one' FROM generate_series(1, 9)"
DELETED = {
    "joined": (JOINED, [GROUP, "INSERT INTO shop_visit (group_id) SELECT id FROM shop_group"], "shop_visit"),
    "child": (
        CHILD,
        [
            PEOPLE,
            "INSERT INTO shop_tool (person_ptr_id, weight) SELECT id, 3 FROM shop_person",
            "INSERT INTO shop_loan (tool_id) SELECT person_ptr_id FROM shop_tool",
        ],
        "shop_loan",
    ),
    "keyed": (
        KEYED,
        [
            PEOPLE,
            "INSERT INTO shop_profile (person_id) SELECT id FROM shop_person",
            "INSERT INTO shop_visit (profile_id) SELECT person_id FROM shop_profile",
        ],
        "shop_visit",
    ),
}


@pytest.mark.parametrize(("deleted", "large"), [("joined", 0), ("joined", 10**9), ("child", 0), ("keyed", 10**9)])
def test_deleted_models_that_are_joined_come_back_with_their_rows(
    project: Project, sql: Sql, deleted: str, large: int
) -> None:
    models, rows, last = DELETED[deleted]
    first(project, models)
    for statement in rows:
        sql(statement)
    project.settings(f"{SETTINGS}\nRELEASES['LARGE_TABLE'] = {large}")
    schema = rows_of(project.database_url, SCHEMA)
    project.models(LEFT)
    succeeds(project, "makemigrations", "shop", "-n", "second")
    assert "RemoveField" in (project.root / "shop/migrations/0002_second.py").read_text()
    succeeds(project, "migrate")
    succeeds(project, "rollback", "--noinput")
    assert rows_of(project.database_url, SCHEMA) == schema
    assert sql(f"SELECT count(*) FROM {last}") == [(9,)]
    assert sql("SELECT * FROM releases_contract") == []
    succeeds(project, "migrate")
    succeeds(project, "migrate", "--finish")
    succeeds(project, "verify_schema")


PAIR = f"""{JOINED}    others = models.ManyToManyField(Other)
"""


def test_models_come_back_in_the_next_release_while_the_version_that_has_them_is_connected(
    project: Project, sql: Sql
) -> None:
    first(project, PAIR)
    project.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
    for statement in (*DELETED["joined"][1], "INSERT INTO shop_other DEFAULT VALUES"):
        sql(statement)
    sql("INSERT INTO shop_visit_others (visit_id, other_id) SELECT id, 1 FROM shop_visit")
    schema = rows_of(project.database_url, SCHEMA)
    with psycopg.connect(project.database_url, application_name="version zero"):
        for name, models in (("second", LEFT), ("third", PAIR)):
            project.models(models)
            succeeds(project, "makemigrations", "shop", "-n", name)
            succeeds(project, "migrate", COMMIT=name)
    assert sql("SELECT count(*) FROM shop_visit_others") == sql("SELECT count(*) FROM shop_visit") == [(9,)]
    assert rows_of(project.database_url, SCHEMA) == schema
    succeeds(project, "migrate", "--finish", COMMIT="third")
    assert sql("SELECT * FROM releases_contract") == []


def test_a_model_that_comes_back_may_refer_to_another_one(project: Project, sql: Sql) -> None:
    first(project, JOINED)
    for statement in DELETED["joined"][1]:
        sql(statement)
    elsewhere = JOINED.replace("ForeignKey(Group", "ForeignKey(Other")
    with psycopg.connect(project.database_url, application_name="version zero"):
        for name, models in (("second", LEFT), ("third", elsewhere)):
            project.models(models)
            succeeds(project, "makemigrations", "shop", "-n", name)
            if name == "second":
                succeeds(project, "migrate")
        assert "there are 9 whose group_id refers to no row of shop_other" in project.manage("migrate").stderr
        sql("INSERT INTO shop_other SELECT FROM generate_series(1, 9)")
        succeeds(project, "migrate")
    assert sql(
        "SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid = 'shop_visit'::regclass AND contype = 'f'"
    ) == [("shop_other",)]


@pytest.mark.parametrize("releases", ["one release", "a release each"])
def test_a_table_that_waits_to_be_dropped_is_not_adopted(project: Project, sql: Sql, releases: str) -> None:
    """By `--fake-initial`, which would record the migration: the table would still be dropped."""
    first(project, f"{LEFT}\n\n{PERSON}")
    sql(PEOPLE)
    old = psycopg.connect(project.database_url, application_name="version zero")
    project.models(LEFT)
    succeeds(project, "makemigrations", "shop", "-n", "second")
    if releases == "a release each":
        succeeds(project, "migrate")
    project.write("store/__init__.py", "")
    project.write("store/migrations/__init__.py", "")
    moved = PERSON.replace("20)\n", "20)\n\n    class Meta:\n        db_table = 'shop_person'\n")
    project.write("store/models.py", f"from django.db import models\n\n\n{moved}")
    project.settings('INSTALLED_APPS += ["store"]')
    succeeds(project, "makemigrations", "store")
    succeeds(project, "migrate", "--noinput", "--fake-initial")
    old.close()
    succeeds(project, "migrate", "--finish")
    assert sql("SELECT count(*) FROM shop_person") == [(9,)]
