"""Makes statements repeatable that commit by themselves, and that would fail if they were only run again.

It uses Django's hook for statements, `connection.execute_wrapper()`, on the connection that migrates. Every concurrent
index goes through it: Django's and third-party operations, RunSQL, RunPython with a cursor, and any schema editor. A
database backend or a subclass of the schema editor (as in django-pg-zero-downtime-migrations) would see only what goes
through it, and every project would have to change its ENGINE.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from releases import conf
from releases.repeatable.builds import RepeatableStatements
from releases.repeatable.statements import ADD_CHECK, CREATE_INDEX, DROP_INDEX, REINDEX, VALIDATE

Handler = Callable[[re.Match[str], Callable[[], None]], None]


@contextmanager
def repeatable(connection: BaseDatabaseWrapper, say: Callable[[str], None] = print) -> Iterator[None]:
    """Within, concurrent index statements wait longer, clean up, and accept an index that exists by its definition."""
    installed = any(isinstance(wrapper, _Repeatable) for wrapper in connection.execute_wrappers)
    if connection.vendor != "postgresql" or installed:
        yield
        return
    with connection.execute_wrapper(_Repeatable(connection, say)):
        yield


def build_concurrently(
    schema_editor: BaseDatabaseSchemaEditor, table: str, name: str, columns: Sequence[str], *, unique: bool
) -> None:
    """Leaves a valid index of exactly this definition. Raises ProgrammingError if the name is taken."""
    quote = schema_editor.quote_name
    listed = ", ".join(quote(column) for column in columns)
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with repeatable(schema_editor.connection):
        schema_editor.execute(f"CREATE {kind} CONCURRENTLY {quote(name)} ON {quote(table)} ({listed})", params=None)


class _Repeatable:
    def __init__(self, connection: BaseDatabaseWrapper, say: Callable[[str], None]) -> None:
        self._connection, self._at_work = connection, False
        statements = RepeatableStatements(connection, say)
        self._concurrent = {
            CREATE_INDEX: statements.create_index,
            DROP_INDEX: statements.drop_index,
            REINDEX: statements.reindex,
            VALIDATE: lambda _, run: run(),
        }
        self._add_check = statements.add_check

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        make_repeatable = None
        if not (self._at_work or self._connection.in_atomic_block or params) and isinstance(sql, str):
            make_repeatable = self._handler(sql)
        if make_repeatable is None:
            return execute(sql, params, many, context)
        self._at_work = True
        try:
            return make_repeatable(lambda: execute(sql, params, many, context))
        finally:
            self._at_work = False

    def _handler(self, sql: str) -> Callable[[Callable[[], None]], None] | None:
        for pattern, handle in self._concurrent.items():
            if found := pattern.match(sql):
                return partial(self._patiently, handle, found)
        if found := ADD_CHECK.match(sql):
            return partial(self._add_check, found)
        return None

    def _patiently(self, handle: Handler, found: re.Match[str], run: Callable[[], None]) -> None:
        with _patient(self._connection):
            handle(found, run)


@contextmanager
def _patient(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A concurrent build waits for older transactions. Nobody queues behind it, so it may wait longer."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{conf.read().build_timeout:g}s"])
        try:
            yield
        finally:
            if connection.is_usable():
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", before)
