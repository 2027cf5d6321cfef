"""A statement that locks a whole table waits only briefly, because all later statements queue behind it.

Then it fails, and the release tries again. So it waits for a long reader in many short attempts instead of a long one.
Waiting for a row blocks nobody, and may take longer. In an empty database there is nobody to wait for.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.postgresql.empty import is_unserved
from releases.repeatable.statements import locks_table

SHORTEN = "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, false)"
RESTORE = "SELECT set_config('lock_timeout', %s, false)"


@contextmanager
def short_table_locks(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Within, statements of `connection` that lock a table have a lock_timeout of `seconds`."""
    if is_unserved(connection):
        yield
        return

    def execute_briefly(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not (isinstance(sql, str) and locks_table(sql)):
            return execute(sql, params, many, context)
        with connection.cursor() as cursor:
            cursor.execute(SHORTEN, [f"{seconds * 1000:.0f}ms"])
            before = cursor.fetchone()[0]
        try:
            return execute(sql, params, many, context)
        finally:
            if not connection.needs_rollback and connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute(RESTORE, [before])

    with connection.execute_wrapper(execute_briefly):
        yield
