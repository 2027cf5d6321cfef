"""The rule for duplicates compared with a second implementation, forwards and backwards."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import legacy
from tests.legacy import Selection

BEFORE, AFTER = "0003_archived_selection", "0004_deduplicate_selections"
WORKOUTS = range(1, 13)

blank_or = st.none() | st.just("")
timestamps = st.none() | st.sampled_from(
    [legacy.NOON, legacy.LATER, "2026-01-10 12:00:00.100000", "2026-01-09 23:59:59.999999"]
)
selection = st.builds(
    Selection,
    id=st.just(0),
    workout_id=st.sampled_from(WORKOUTS),
    is_selected=st.none() | st.booleans(),
    current_plan_day=st.none() | st.sampled_from(["2026-01-06", "2026-01-07"]),
    time_of_day=blank_or | st.sampled_from(["morning", "7am", "späť"]),
    workout_location=blank_or | st.sampled_from(["indoor", "it's"]),
    user_notes=blank_or | st.sampled_from(["a", '"user_notes": ""', "x" * 3000]),
    updated_at=timestamps,
)
selections = st.lists(selection, max_size=36)


def numbered(rows: list[Selection]) -> list[Selection]:
    return [row._replace(id=number) for number, row in enumerate(rows, start=1)]


def sql(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("workouts", name)])


def migrate_to_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("workouts"))


def start_with(rows: list[Selection]) -> None:
    for table in ("workout_selections_archive", "workout_selections", "workouts"):
        sql(f"DELETE FROM {table}")
    legacy.insert_workouts(sql, *WORKOUTS)
    legacy.insert_selections(sql, *rows)


@pytest.fixture(autouse=True)
def before_deduplication(transactional_db: None) -> Iterator[None]:
    migrate(BEFORE)
    yield
    start_with([])
    migrate_to_latest()


@given(selections.map(numbered))
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_applies_the_rule_and_undoes_it(rows: list[Selection]) -> None:
    start_with(rows)

    for _ in range(2):
        migrate(AFTER)
        live, archived = legacy.settle(rows)
        assert legacy.selections(sql) == live
        assert legacy.archive(sql) == archived

        migrate(BEFORE)
        assert legacy.selections(sql) == {row.id: row for row in rows}
        assert legacy.archive(sql) == {}


def test_works_in_batches_and_is_repeatable_after_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch fails: the first stays, and the next run does the rest."""
    module = MigrationExecutor(connection).loader.disk_migrations["workouts", AFTER].__class__.__module__
    rows = numbered([Selection(0, workout, True, None, None, None, "n", legacy.NOON) for workout in (1, 1, 2, 2, 3, 3)])
    start_with(rows)
    migration = __import__(module, fromlist=["deduplicate_batch"])
    original, batch_size = migration.deduplicate_batch, migration.BATCH
    one_a_batch = {"duplicate_selections": migration.DUPLICATES.replace(f"/ {batch_size}", "/ 1")}
    monkeypatch.setattr(migration, "WORK_TABLES", migration.WORK_TABLES | one_a_batch)

    begun = []

    def fail_on_the_second(cursor: Any, connection: Any, batch: int, references: Any) -> Any:
        begun.append(batch)
        if len(begun) == 2:
            raise RuntimeError("killed")
        return original(cursor, connection, batch, references)

    monkeypatch.setattr(migration, "deduplicate_batch", fail_on_the_second)
    with pytest.raises(RuntimeError, match="killed"):
        migrate(AFTER)
    assert set(legacy.archive(sql)) == {1}

    monkeypatch.setattr(migration, "deduplicate_batch", original)
    migrate(AFTER)
    live, archived = legacy.settle(rows)
    assert legacy.selections(sql) == live
    assert legacy.archive(sql) == archived


def test_workouts_that_are_locked_are_left_by_one_statement() -> None:
    """The rows that a batch holds make writers wait, so what is left of it must not grow with its size."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no locked rows")
    migration = import_module(f"workouts.migrations.{AFTER}")
    start_with(numbered([Selection(0, workout, True) for workout in WORKOUTS for _ in range(2)]))

    def statements_beside_locks_of(workouts: list[int]) -> int:
        with (
            psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as writer,
            connection.cursor() as cursor,
            migration.work_tables(cursor, connection),
            transaction.atomic(),
        ):
            writer.execute("SELECT id FROM workout_selections WHERE workout_id = ANY (%s) FOR UPDATE", [workouts])
            with CaptureQueriesContext(connection) as executed:
                archived, _, busy = migration.deduplicate_batch(cursor, connection, 0, [])
            transaction.set_rollback(True)
        assert archived == len(WORKOUTS) - len(workouts)
        assert busy
        return len(executed)

    assert statements_beside_locks_of([*WORKOUTS][:10]) == statements_beside_locks_of([1])


def test_backwards_keeps_what_was_changed_since() -> None:
    kept, removed = (
        Selection(2, 1, True, None, "", None, None, legacy.LATER),
        Selection(1, 1, True, "2026-01-06", "morning", None, "notes", legacy.NOON),
    )
    start_with([kept, removed])
    migrate(AFTER)
    sql("UPDATE workout_selections SET current_plan_day = '2026-02-02', user_notes = NULL WHERE id = 2")

    migrate(BEFORE)

    assert legacy.selections(sql) == {1: removed, 2: kept._replace(current_plan_day="2026-02-02")}


def test_backwards_refuses_where_an_id_is_taken() -> None:
    rows = numbered([Selection(0, 1, True, None, None, None, "a", legacy.NOON)] * 2)
    start_with(rows)
    migrate(AFTER)
    legacy.insert_selections(sql, Selection(1, 2))
    before = legacy.selections(sql), legacy.archive(sql)

    with pytest.raises(CommandError, match=r"the ids \[1\] are taken. Nothing was changed"):
        migrate(BEFORE)

    assert (legacy.selections(sql), legacy.archive(sql)) == before
    sql("DELETE FROM workout_selections WHERE id = 1")


def test_a_deleted_workout_leaves_its_archived_selections_where_they_are() -> None:
    start_with(numbered([Selection(0, 1), Selection(0, 1), Selection(0, 2)]))
    migrate(AFTER)
    sql("DELETE FROM workout_selections WHERE workout_id = 1")
    sql("DELETE FROM workouts WHERE id = 1")

    migrate(BEFORE)

    assert set(legacy.selections(sql)) == {3}
    assert set(legacy.archive(sql)) == {1}
    with pytest.raises(CommandError, match="The archive still holds 1 selections"):
        migrate("0002_legacy_column_types")
    migrate(AFTER)
    assert set(legacy.archive(sql)) == {1}


def test_an_archived_id_is_never_used_again() -> None:
    start_with([Selection(900, 1, updated_at=legacy.LATER), Selection(901, 1)])
    if connection.vendor == "postgresql":
        sql("SELECT setval(pg_get_serial_sequence('workout_selections', 'id'), 901)")
    migrate("0005_unique_selection_per_workout")

    sql("INSERT INTO workout_selections (workout_id) VALUES (2)")

    assert set(legacy.selections(sql)) == {900, 902}
