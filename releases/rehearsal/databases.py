"""The databases of the throwaway server, and the role of the old version: so what the release does is told apart."""

from urllib.parse import urlsplit

import psycopg

OLD_ROLE = "old_version"


class Databases:
    """`url` is the superuser's of the server. The names are those of this package."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)
        self._run(f"CREATE ROLE {OLD_ROLE} LOGIN SUPERUSER PASSWORD '{self._server.password}'")

    def url(self, name: str) -> str:
        return self._server._replace(path=f"/{name}").geturl()

    def old_url(self, name: str) -> str:
        """The same for the old version."""
        return self.url(name).replace(f"//{self._server.username}:", f"//{OLD_ROLE}:")

    def create(self, name: str, template: str = "template1") -> str:
        """Returns the URL of a new database. Nobody may be connected to the template."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server.geturl(), autocommit=True) as connection:
            connection.execute(statement.encode())
