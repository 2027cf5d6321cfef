"""Databases for the measurements: prepared once per size, copied for every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from rehearsal import old_application


class Databases:
    """The databases of one server. `url` is its superuser's."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def prepare(self, rows: int) -> str:
        """The old application's database with `rows` selections, one in sixty of them a duplicate. Returns its name."""
        name = f"rows_{rows}"
        self._run(f"CREATE DATABASE {name}")
        old_application.create(self.url(name), rows)
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

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)
