"""Changes every row of a table a few blocks at a time, so that nobody waits long for a row."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.backfill.courtesy import courtesy_of
from releases.backfill.pace import Pace
from releases.backfill.report import Report
from releases.online.place import Place
from releases.online.policies import every_row
from releases.running.progress import Say

# Blocks in a batch. Where commits are slow, fewer would hold the locks as long, and need many times as many batches.
FIRST, LEAST, MOST = 8, 8, 4096
MANY = 100  # rows in a block, if the server has not counted them
# By block: a range of them is read without an index, and any table has them.
RANGE = "ctid >= '({start},0)'::tid AND ctid < '({end},0)'::tid"
UPDATE = "UPDATE {table} SET {sql} WHERE {where} AND {blocks}"
FIRST_LEFT = "SELECT ctid FROM {table} WHERE {where} AND {blocks} LIMIT 1"
SIZE = """
SELECT pg_relation_size(oid) / current_setting('block_size')::int, greatest(reltuples, 0)
FROM pg_class WHERE oid = %s::regclass
"""
LEFT = "SELECT EXISTS (SELECT 1 FROM {table} WHERE {where})"


@dataclass
class Batches:
    """Of the UPDATE of `step`. The next block is noted in `place`."""

    connection: BaseDatabaseWrapper
    step: dict[str, Any]
    place: Place
    say: Say
    _pace: Pace = field(default_factory=lambda: Pace(FIRST, LEAST, MOST))
    _rows_in_a_block: float = 0

    def __post_init__(self) -> None:
        self._courtesy = courtesy_of(self.connection, self.say)
        self._report = Report(self.say, f"Fills {self.step['table']}", "blocks")

    def run(self) -> None:
        """Until no row matches. A row that others update moves, perhaps to a block that was visited: so once more."""
        with every_row(self.connection):
            self._all()

    def _all(self) -> None:
        while self._row(LEFT.format(**self.step))[0]:
            changed = self._pass()
            self.place.commit(self.place.done, self.place.steps)
            if not changed:
                return

    def _pass(self) -> int:
        """Returns the number of rows that were changed."""
        start, changed = int(self.place.position or 0), 0
        blocks, rows = map(int, self._row(SIZE, [self.step["table"]]))
        self._rows_in_a_block = max(1, rows / blocks) if rows and blocks else MANY
        found = 0
        while start < blocks:
            if not found and (start := self._next(start, blocks)) >= blocks:
                break
            end = start + self._pace.size
            found = self._courtesy.patiently(self._batch, start, end)
            changed += found
            self._report.made(end - start, end, lambda: blocks)
            start = end
        return changed

    def _next(self, start: int, blocks: int) -> int:
        """The next block with a row that matches, found without any lock; `blocks` if there is none."""
        self._pace.restart()
        for block in range(start, blocks, MOST):
            if found := self._row(FIRST_LEFT.format(**self.step, blocks=RANGE.format(start=block, end=block + MOST))):
                return int(found[0].strip("()").partition(",")[0])
        return blocks

    def _batch(self, start: int, end: int) -> int:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            self._courtesy.begin()
            self.place.commit(self.place.done, self.place.steps, end)  # before the rows are locked
            began = time.monotonic()
            cursor.execute(UPDATE.format(**self.step, blocks=RANGE.format(start=start, end=end)))
            changed = int(cursor.rowcount)
            written = time.monotonic()
        now = time.monotonic()
        full = changed / self._rows_in_a_block  # blocks of which every row is changed: those that come may be such
        self._pace.follow(max(1, min(end - start, round(full))), now - began)
        self._courtesy.pause(now - written)
        return changed

    def _row(self, sql: str, parameters: Any = None) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()
