"""Databases for one test each, on the engine under test: empty ones and copies."""

import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


@dataclass
class Databases:
    """Databases in `folder`, or on the PostgreSQL `server` if its URL is given."""

    folder: Path
    server: str = ""
    made: list[str] = field(default_factory=list)

    def make(self, template: str = "") -> str:
        """The URL of a new database: an empty one, or a copy of the one at `template`."""
        url = self._url(f"planner_{uuid.uuid4().hex[:12]}")
        if self.server:
            self._create(url, template)
            self.made.append(url)
        elif template:
            self.copy(template, url)
        return url

    def copy(self, source: str, target: str) -> None:
        """Replaces the database at `target` with a copy of the one at `source`, which must have no sessions."""
        if self.server:
            self._execute(f"DROP DATABASE {_name(target)}")
            self._create(target, source)
            return
        files = [url.removeprefix("sqlite:///") for url in (source, target)]
        with closing(sqlite3.connect(files[0])) as read, closing(sqlite3.connect(files[1])) as written:
            read.backup(written)

    def drop(self) -> None:
        """Drops every database that was created, whoever is connected. Files are deleted with their folder."""
        for url in self.made:
            self._execute(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _url(self, name: str) -> str:
        if self.server:
            return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))
        return f"sqlite:///{self.folder}/{name}.sqlite3"

    def _create(self, url: str, template: str) -> None:
        self._execute(f"CREATE DATABASE {_name(url)}" + (f" TEMPLATE {_name(template)}" if template else ""))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def _name(url: str) -> str:
    return urlsplit(url).path[1:]
