"""The old version during a release: writers on few workouts, each with a connection of its own."""

import datetime
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

HOT = range(1, 21)
NOW = "INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, time_of_day, updated_at)"


class Writers:
    """Collects what the writers saw: the id of every row, and every error before the constraint existed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self.ids: set[int] = set()
        self.errors: list[str] = []
        self.writes = 0

    @contextmanager
    def at_work(self, *kinds: Callable[["Writers", "psycopg.Connection[Any]"], None]) -> Iterator[None]:
        threads = [threading.Thread(target=self._work, args=(kind,)) for kind in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _work(self, kind: Callable[["Writers", "psycopg.Connection[Any]"], None]) -> None:
        with psycopg.connect(self._url) as connection:
            while not self._stop.is_set():
                try:
                    kind(self, connection)
                    connection.commit()
                    self.writes += 1
                except psycopg.errors.UniqueViolation as error:
                    connection.rollback()
                    if not constraint_stands(connection):
                        self.errors.append(repr(error))
                except psycopg.Error as error:
                    connection.rollback()
                    self.errors.append(repr(error))


def constraint_stands(connection: "psycopg.Connection[Any]") -> bool:
    name = "uq_workout_selections_workout_id"
    row = connection.execute("SELECT count(*) FROM pg_constraint WHERE conname = %s", [name]).fetchone()
    connection.commit()
    return row == (1,)


def write_selection(writers: Writers, connection: "psycopg.Connection[Any]", workout: int) -> None:
    """The race itself: query, find nothing, insert; or update what was found."""
    found = connection.execute("SELECT id FROM workout_selections WHERE workout_id = %s", [workout]).fetchone()
    moment = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    slot = random.choice(["morning", "evening", None])
    if found:
        update = "UPDATE workout_selections SET time_of_day = %s, updated_at = %s WHERE id = %s"
        connection.execute(update, [slot, moment, found[0]])
        return
    insert = f"{NOW} VALUES (%s, true, '2026-01-06', %s, %s) RETURNING id"
    row = connection.execute(insert, [workout, slot, moment]).fetchone()
    assert row, "an insert must give its row back"
    writers.ids.add(row[0])


def look_then_insert(writers: Writers, connection: "psycopg.Connection[Any]") -> None:
    write_selection(writers, connection, random.choice(HOT))


def insert_blindly(writers: Writers, connection: "psycopg.Connection[Any]") -> None:
    """Inserts as if the query was long ago."""
    row = connection.execute(
        f"{NOW} VALUES (%s, NULL, NULL, 'night', NULL) RETURNING id", [random.choice(HOT)]
    ).fetchone()
    assert row
    writers.ids.add(row[0])


def several_in_a_transaction(writers: Writers, connection: "psycopg.Connection[Any]") -> None:
    for workout in sorted(random.sample(HOT, 3)):
        write_selection(writers, connection, workout)


def save_what_was_loaded(writers: Writers, connection: "psycopg.Connection[Any]") -> None:
    """An ORM's save(): if the row that it loaded has been archived since, no row is updated, and it inserts one."""
    found = connection.execute(
        "SELECT id, workout_id FROM workout_selections WHERE workout_id = %s", [random.choice(HOT)]
    ).fetchone()
    connection.commit()
    if found is None:
        return
    writers.ids.add(found[0])
    cursor = connection.execute("UPDATE workout_selections SET user_notes = 'saved' WHERE id = %s", [found[0]])
    if cursor.rowcount == 0:
        insert = "INSERT INTO workout_selections (id, workout_id, user_notes) VALUES (%s, %s, 'saved')"
        connection.execute(insert, found)


OLD_VERSION = (
    look_then_insert,
    look_then_insert,
    look_then_insert,
    insert_blindly,
    several_in_a_transaction,
    save_what_was_loaded,
)
