"""The databases of the throwaway server, and the role of the old version: so what the release does is told apart."""

from urllib.parse import urlsplit

import psycopg
from psycopg import sql

OLD_ROLE = "old_version"


class Databases:
    """`url` is the superuser's of the server."""

    def __init__(self, url: str) -> None:
        self._url = url
        password = sql.Literal(urlsplit(url).password)
        self._run(sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}").format(sql.Identifier(OLD_ROLE), password))

    def url(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def old_url(self, name: str) -> str:
        """The same for the old version."""
        found = urlsplit(self.url(name))
        return found._replace(netloc=f"{OLD_ROLE}:{found.netloc.partition(':')[2]}").geturl()

    def create(self, name: str, template: str = "template1") -> str:
        """Returns the URL of a new database. Nobody may be connected to the template."""
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)
