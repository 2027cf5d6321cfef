"""Models that are deleted and come back, by a step back or by a later release, before their tables are dropped."""

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
