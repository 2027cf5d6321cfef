"""Changes every row of a table a few blocks at a time, so that nobody waits long for a row."""

import time
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.backfill.pace import next_size
from releases.online.place import Place

FIRST, LEAST, MOST = 8, 1, 4096  # blocks in a batch
# By block: a range of them is read without an index, and any table has them.
UPDATE = "UPDATE {table} SET {sql} WHERE {where} AND ctid >= '({start},0)'::tid AND ctid < '({end},0)'::tid"
BLOCKS = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int"
LEFT = "SELECT EXISTS (SELECT 1 FROM {table} WHERE {where})"


def fill(connection: BaseDatabaseWrapper, step: dict[str, Any], place: Place) -> None:
    """Runs the UPDATE of `step` until no row matches its `where`, and notes the next block in the place.

    A row that others update meanwhile moves, perhaps to a block that was visited: hence another pass.
    """
    while _left(connection, step):
        changed = _pass(connection, step, place)
        place.commit(place.done, place.steps)
        if not changed:
            return


def _pass(connection: BaseDatabaseWrapper, step: dict[str, Any], place: Place) -> int:
    """Returns the number of rows that were changed."""
    start, size, changed = int(place.position or 0), FIRST, 0
    (blocks,) = _row(connection, BLOCKS, [step["table"]])
    while start < blocks:
        began = time.monotonic()
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(UPDATE.format(**step, start=start, end=start + size))
            changed += cursor.rowcount
            start += size
            place.commit(place.done, place.steps, start)
        size = next_size(size, time.monotonic() - began, LEAST, MOST)
    return changed


def _left(connection: BaseDatabaseWrapper, step: dict[str, Any]) -> bool:
    return bool(_row(connection, LEFT.format(**step))[0])


def _row(connection: BaseDatabaseWrapper, sql: str, parameters: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()
