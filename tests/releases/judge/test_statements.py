"""The verdict on a statement: what is run as Django sends it, and what no rule is for."""

import pytest

from releases.judge.rules import Circumstances, judge
from releases.judge.verdict import Action, Verdict, strongest
from tests.releases.judge.box import LARGE, SMALL, verdict


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON crate (size)",
        "ALTER TABLE crate ADD CONSTRAINT c CHECK (size > 0)",
        "ALTER TABLE crate RENAME TO chest",
        "ALTER TABLE crate RENAME COLUMN size TO width",
        "ALTER TABLE crate DROP COLUMN size CASCADE",
        "DROP TABLE crate CASCADE",
    ],
)
def test_a_table_of_this_release_is_changed_as_django_does(sql: str) -> None:
    found = verdict(sql)
    assert (found.action, found.now, found.later, found.deferred) == (Action.AS_IS, [sql], [], [])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON box (size)",
        "ALTER TABLE box ADD CONSTRAINT c CHECK (size > 0)",
        "ALTER TABLE box ADD CONSTRAINT u UNIQUE (note)",
        "ALTER TABLE box ALTER COLUMN size TYPE bigint",
        "ALTER TABLE box ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL",
    ],
)
def test_a_small_table_is_changed_as_django_does(sql: str) -> None:
    found = verdict(sql, SMALL)
    assert (found.action, found.now, found.later) == (Action.AS_IS, [sql], [])


def test_what_cannot_be_parsed_is_left_to_the_stall_budget() -> None:
    found = verdict("ALTER TABEL box")
    assert (found.action, found.now) == (Action.AS_IS, ["ALTER TABEL box"])
    assert "stall budget" in found.reason


def test_each_statement_of_a_text_has_its_verdict() -> None:
    found = judge("CREATE INDEX i ON box (size); DROP TABLE crate", Circumstances(LARGE))
    assert [one.action for one in found] == [Action.ONLINE, Action.AS_IS]


def test_the_strongest_verdict_is_the_one_that_needs_most_care() -> None:
    verdicts = [Verdict(Action.ONLINE), Verdict(Action.REFUSED), Verdict(Action.DEFERRED)]
    assert strongest(verdicts).action is Action.REFUSED
    assert strongest([]).action is Action.AS_IS
