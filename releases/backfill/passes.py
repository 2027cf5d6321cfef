"""Updates the rows of a table in the order of their primary key, a batch at a time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.management import CommandError
from django.db import connections, transaction
from django.db.models import Q, QuerySet

from releases.backfill.bookmark import Bookmark
from releases.backfill.courtesy import courtesy_of
from releases.backfill.pace import Pace
from releases.backfill.report import Report
from releases.online.policies import every_row
from releases.running.progress import Say

PASSES = 5  # at most: where no trigger can be had, others may go on writing rows that match
TRIES = 3

ESTIMATE = "SELECT reltuples::float8 FROM pg_class WHERE oid = %s::regclass"


@dataclass
class Passes:
    """`rows` are those of the whole table. The last key of each batch is noted in its transaction."""

    rows: QuerySet[Any]
    update: Mapping[str, Any]
    where: Q | None
    bookmark: Bookmark
    say: Say
    _pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._connection = connections[self.rows.db]
        self._courtesy = courtesy_of(self._connection, self.say)
        self._report = Report(self.say, f"Backfill of {self._table}", "rows")

    def run(self) -> None:
        """Updates every row; with `where` those that match it, and again those that others wrote meanwhile."""
        start = self.bookmark.read()
        with every_row(self._connection):
            for _ in range(PASSES if self.where else 1):
                if not self._pass(start):
                    return
                start = None

    def _pass(self, start: tuple[Any, int] | None) -> int:
        """Returns the number of rows that were changed."""
        last, before = start or (None, 0)
        end = self.rows.order_by("-pk").values_list("pk", flat=True).first()
        changed = 0
        while keys := self._keys(last, end):
            changed += self._courtesy.patiently(self._batch, last, keys, before + len(keys))
            last, before = keys[-1], before + len(keys)
            self._report.made(len(keys), before, self._total)
        return changed

    def _keys(self, last: Any, end: Any) -> list[Any]:
        """Not only of rows that match: a bounded number of entries of the index is read, whatever `where` is.

        Up to `end`: others may insert rows as fast as they are visited.
        """
        rows = self._after(last).filter(pk__lte=end) if end is not None else self.rows.none()
        return list(rows.order_by("pk").values_list("pk", flat=True)[: self._pace.size])

    def _after(self, last: Any) -> QuerySet[Any]:
        return self.rows if last is None else self.rows.filter(pk__gt=last)

    def _batch(self, last: Any, keys: list[Any], rows: int) -> int:
        with transaction.atomic(using=self.rows.db):
            self._courtesy.begin()
            self.bookmark.write(keys[-1], rows)  # before the rows are locked
            began = time.monotonic()
            changed = self._change(self._after(last).filter(pk__lte=keys[-1]))
            written = time.monotonic()
        now = time.monotonic()
        self._pace.follow(len(keys), now - began)
        self._courtesy.pause(now - written)
        return changed

    def _change(self, rows: QuerySet[Any]) -> int:
        if self.where is None:
            return rows.update(**self.update)
        matching, changed = rows.filter(self.where), 0
        for _ in range(TRIES):
            changed += matching.update(**self.update)
            if not matching.exists():  # others may have written some meanwhile
                return changed
        raise CommandError(
            f"Backfill of {self._table}: rows match its where= even after the update, such as the one with primary key"
            f" {matching.values_list('pk', flat=True)[0]}, so it would never end. Write where= so that the update makes"
            " it false. If the update gives NULL for some rows, exclude those in where=."
        )

    @property
    def _table(self) -> str:
        return str(self.rows.model._meta.db_table)

    def _total(self) -> int:
        if self._connection.vendor != "postgresql":
            return self.rows.count()
        with self._connection.cursor() as cursor:
            cursor.execute(ESTIMATE, [self._connection.ops.quote_name(self._table)])
            return int(cursor.fetchone()[0])
