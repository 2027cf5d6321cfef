"""Databases for the measurements: prepared once per size, copied for every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import psycopg

from tests import legacy
from tests.conftest import execute

WORKOUTS = """
INSERT INTO workouts (id, title, workout_type, originally_planned_day, is_custom)
SELECT n, 'w', 'Run', '2026-01-05', false FROM generate_series(31, {rows}) n
"""
SELECTIONS = """
INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, updated_at)
SELECT n, true, '2026-01-06', timestamp '2026-01-01' + n * interval '1 ms' FROM generate_series(1, {rows} - {twice}) n
"""
DUPLICATES = """
INSERT INTO workout_selections (workout_id, is_selected, time_of_day, updated_at)
SELECT n * ({rows} / {twice} - 1), true, 'morning', timestamp '2026-01-02' + n * interval '1 ms'
FROM generate_series(1, {twice}) n
"""

SEQUENCES = "SELECT setval('workouts_id_seq', {rows}), setval('workout_selections_id_seq', {rows})"


class Databases:
    """The databases of one server. `url` is its superuser's."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, name: str) -> str:
        self._run(f"CREATE DATABASE {name}")
        return name

    def prepare(self, rows: int) -> str:
        """The old application's database with `rows` selections, one in sixty of them a duplicate. Returns its name."""
        name = self.create(f"rows_{rows}")
        sql = partial(execute, self.url(name))
        legacy.create(sql, "postgresql", rows=[])
        for statement in (WORKOUTS, SELECTIONS, DUPLICATES, SEQUENCES):
            sql(statement.format(rows=rows, twice=rows // 60))
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return name

    @contextmanager
    def empty(self, name: str) -> Iterator[str]:
        """Yields the URL of a database without tables, which is dropped afterwards."""
        self._run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Yields the URL of a copy, which is dropped afterwards."""
        self._run(f"CREATE DATABASE measured TEMPLATE {name}")
        self._run("CHECKPOINT")
        try:
            yield self.url("measured")
        finally:
            self._run("DROP DATABASE measured WITH (FORCE)")
