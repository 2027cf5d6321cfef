"""A statement that locks a whole table waits only briefly, because all later statements queue behind it.

Then it fails, and the release tries again. So it waits for a long reader in many short attempts instead of a long one.
Waiting for a row blocks nobody, and may take longer; but not in a transaction that has locked a table. In an empty
database there is nobody to wait for.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from releases.postgresql.empty import is_unserved
from releases.repeatable.statements import locks_table

SHORTEN = "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, %s)"
RESTORE = "SELECT set_config('lock_timeout', %s, false)"


@contextmanager
def short_table_locks(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Within, statements of `connection` that lock a table have a lock_timeout of `seconds`.

    In a transaction, so have those that follow: nothing is sent while the lock is held that can be spared.
    """
    if is_unserved(connection):
        yield
        return
    shortened: object = None  # Django makes another list at each commit and each rollback, to a savepoint too

    def shorten(*, for_the_transaction: bool) -> str:
        with connection.cursor() as cursor:
            cursor.execute(SHORTEN, [f"{seconds * 1000:.0f}ms", for_the_transaction])
            return str(cursor.fetchone()[0])

    def execute_briefly(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal shortened
        if not (isinstance(sql, str) and locks_table(sql)):
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            if shortened is not connection.run_on_commit:
                shorten(for_the_transaction=True)
                shortened = connection.run_on_commit
            return execute(sql, params, many, context)
        before = shorten(for_the_transaction=False)
        try:
            return execute(sql, params, many, context)
        finally:
            if connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute(RESTORE, [before])

    with connection.execute_wrapper(execute_briefly):
        yield
