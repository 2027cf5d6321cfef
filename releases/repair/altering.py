"""What the builders for PostgreSQL do to a table."""

from django.db.backends.base.base import BaseDatabaseWrapper

STALLS = "that blocks writers; when they can wait, run:"
TEMPORARY = "releases_repair"  # the name of what is renamed or dropped in the end


class Altering:
    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._quote = connection.ops.quote_name

    def _alter(self, table: str, action: str) -> None:
        self._execute(f"ALTER TABLE {self._quote(table)} {action}")

    def _execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _validated(self, table: str, name: str, definition: str) -> None:
        """NOT VALID applies to new rows at once; validating the old ones does not block writers."""
        quoted = self._quote(name)
        self._alter(table, f"ADD CONSTRAINT {quoted} {definition} NOT VALID")
        try:
            self._alter(table, f"VALIDATE CONSTRAINT {quoted}")
        except BaseException:
            if self._connection.is_usable():
                self._alter(table, f"DROP CONSTRAINT {quoted}")
            raise
