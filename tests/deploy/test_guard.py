"""The guard applies the rule for duplicates to the rows that are there when a new one arrives."""

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import legacy
from tests.legacy import Selection
from tests.workouts.takeover.test_deduplication import (
    BEFORE,
    migrate,
    migrate_to_latest,
    numbered,
    selection,
    selections,
    sql,
    start_with,
)
from workouts.migrations import _guard as guard

NEW = 1000


@pytest.fixture(autouse=True)
def guarded(transactional_db: None) -> Iterator[None]:
    if connection.vendor != "postgresql":
        pytest.skip("the guard is a trigger of PostgreSQL")
    migrate(BEFORE)
    yield
    sql(guard.REMOVE)
    start_with([])
    migrate_to_latest()


@given(selections.map(numbered), selection)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_new_row_stays_and_is_filled_from_the_others(rows: list[Selection], new: Selection) -> None:
    sql(guard.REMOVE)
    start_with(rows)
    sql(guard.INSTALL)
    arriving = new._replace(id=NEW)

    legacy.insert_selections(sql, arriving)

    others = [row for row in rows if row.workout_id != arriving.workout_id]
    same = [row for row in rows if row.workout_id == arriving.workout_id]
    latest = arriving._replace(updated_at="9999-01-01 00:00:00.000000")
    live, archived = legacy.settle([*same, latest])
    assert legacy.selections(sql) == {
        **{row.id: row for row in others},
        NEW: live[NEW]._replace(updated_at=arriving.updated_at),
    }
    assert legacy.archive(sql) == archived


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8))
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_guard_archived_can_be_undone(workouts: list[int]) -> None:
    sql(guard.REMOVE)
    start_with([])
    sql(guard.INSTALL)
    rows = [
        Selection(number, workout, None, None, f"t{number}" if number % 2 else "", None, "n" * (number % 3))
        for number, workout in enumerate(workouts, start=1)
    ]
    for row in rows:
        legacy.insert_selections(sql, row)
    migrate("0004_deduplicate_selections")

    migrate(BEFORE)

    assert legacy.selections(sql) == {row.id: row for row in rows}
