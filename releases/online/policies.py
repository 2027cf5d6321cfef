"""Row-level security hides rows from a role, which batches would silently leave out."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def every_row(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, PostgreSQL raises an error where a policy would hide rows from this session."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET row_security = off")
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a lost session, or a transaction that is rolled back
            cursor.execute("RESET row_security")
