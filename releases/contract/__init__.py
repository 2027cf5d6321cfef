"""The contract: changes that would break the old version wait until no process of it is connected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.utils import timezone

from releases.applying.own_tables import contract_model, create, delete, exists
from releases.contract.old_sessions import Connected, Session, read_connected
from releases.judge.verdict import Deferral, Key
from releases.messages.naming import time_zone
from releases.record.pending import declared_columns, known_migrations
from releases.version import this_version

BACK = "returned "
"""Before the kind of what came back: releases.contract.came_back."""

AGAIN = "again"
"""The position of what came back and waits again."""

STANDS = {
    "table": "SELECT to_regclass(%s) IS NOT NULL",
    "index": "SELECT to_regclass(%s) IS NOT NULL",
    "primary key": "SELECT to_regclass(%s) IS NOT NULL",
    "constraint": "SELECT count(*) > 0 FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = %s",
}
COLUMN = "SELECT count(*) > 0 FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s AND NOT attisdropped"


@dataclass
class Item:
    """A pending change. It keeps its own place: see releases.online.steps. `connected` are the sessions, if read."""

    connection: BaseDatabaseWrapper
    entry: Any
    connected: Connected | None = None
    done: int = 0
    is_entered: ClassVar = True

    def __post_init__(self) -> None:
        self.key: Key = (self.entry.kind, self.entry.table, self.entry.name)
        self.steps: list[dict[str, Any]] = self.entry.steps
        self.restore: list[dict[str, Any]] = self.entry.restore
        self.position = self.entry.position
        self.version: str = self.entry.version

    def __str__(self) -> str:
        return str(self.entry.description)

    def commit(self, done: int, steps: Sequence[dict[str, Any]] = (), position: Any = None) -> None:
        """Notes what is left of it; deletes it if nothing is."""
        self.done, self.steps, self.position = done, list(steps), position
        mine = entries(self.connection).filter(pk=self.entry.pk)
        if self.steps:
            mine.update(steps=self.steps, position=position)
        else:
            delete(mine)

    @property
    def since(self) -> str:
        return f"since {self.entry.entered:%Y-%m-%d %H:%M} {time_zone()}, by {self.entry.migration}"

    @property
    def waits_again(self) -> bool:
        """Whether it had come back, and may differ from what it was."""
        return bool(self.position == AGAIN)

    @property
    def column(self) -> str:
        """Quoted."""
        return str(self.connection.ops.quote_name(self.key[2]))

    def rows_without_value(self) -> int:
        """That the old version wrote, in a column that is to be NOT NULL."""
        kind, table, _ = self.key
        if kind != "not null":
            return 0
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {self.column} IS NULL")  # noqa: S608
            return int(cursor.fetchone()[0])

    def stays(self) -> bool:
        """Whether fulfil() would leave it now."""
        if self.version == this_version() or not self.is_known:
            return True
        seen = self.seen()
        return self.is_needed(seen) or bool(self.older(seen)) or self.rows_without_value() > 0

    def is_needed(self, seen: Connected) -> bool:
        """Whether a version serves, with a session or without, that may need what this would take away."""
        return self.entry.migration in seen.unfinished or seen.older_serves(self.version, self.entry.entered)

    @property
    def is_known(self) -> bool:
        """Whether this code has the migration that entered it, or no model that may need what it would take away. An
        app may have left the project, or its migrations were squashed. Otherwise the code is older."""
        return str(self.entry.migration) in known_migrations() or not self.is_declared

    @property
    def table(self) -> str:
        """Neither quoted nor with its schema."""
        return self.key[1].rpartition(".")[2].strip('"')

    @property
    def is_declared(self) -> bool:
        """Whether this code has a model with that table; of a column, with that column. True if it cannot be told."""
        kind, _, name = self.key
        if kind == "index":  # it is not stored of which table
            return True
        columns = declared_columns().get(self.table)
        return columns is not None and (kind != "column" or name in columns)

    def renew(self) -> None:
        """As if it were entered now: the versions that were released up to now are older."""
        entries(self.connection).filter(pk=self.entry.pk).update(entered=timezone.now())

    def seen(self) -> Connected:
        return self.connected or read_connected(self.connection)

    def older(self, seen: Connected) -> list[Session]:
        """The sessions that may need what this would take away."""
        return seen.older_than(self.version, self.entry.entered)

    def stands(self) -> bool:
        """Whether there is still something to change. Of a trigger that is gone the function may be left."""
        kind, table, name = self.key
        if kind in ("fill", "trigger"):
            return True
        sql = STANDS.get(kind, COLUMN)
        with self.connection.cursor() as cursor:
            cursor.execute(sql, [table, name][: sql.count("%s")])
            return bool(cursor.fetchone()[0])


def enter(connection: BaseDatabaseWrapper, migration: str, deferrals: Iterable[Deferral]) -> None:
    """Adds to the contract, in the transaction of the operation. An item that is pending already is replaced."""
    entered = {deferral.key: deferral for deferral in deferrals}
    cancel(connection, entered)
    added = [
        contract_model()(
            **dict(zip(("kind", "table", "name"), key, strict=True)),
            description=deferral.description,
            steps=[step.to_json() for step in deferral.steps],
            restore=[step.to_json() for step in deferral.restore],
            migration=migration,
            version=this_version(),
        )
        for key, deferral in entered.items()
    ]
    create(contract_model(), connection, added)


def cancel(connection: BaseDatabaseWrapper, keys: Iterable[Key]) -> None:
    """Takes items out of the contract: their migration was undone, or what they would change is gone."""
    if of_keys := [Q(kind=kind, table=table, name=name) for kind, table, name in keys]:
        delete(entries(connection).filter(reduce(or_, of_keys)))


def pending(connection: BaseDatabaseWrapper, connected: Connected | None = None) -> list[Item]:
    """In the order in which they were entered."""
    if connection.vendor != "postgresql" or not exists(connection, contract_model()):
        return []
    return [
        Item(connection, entry, connected)
        for entry in entries(connection).exclude(kind__startswith=BACK).order_by("pk")
    ]


def in_words(connection: BaseDatabaseWrapper) -> list[str]:
    """A sentence for each pending change."""
    return [f"Pending until the old version has gone: {item} ({item.since})." for item in pending(connection)]


def entered_here(connection: BaseDatabaseWrapper) -> list[Item]:
    """Those that this version entered: its own releases do not make them."""
    return [item for item in pending(connection) if item.version == this_version()]


def waiting(connection: BaseDatabaseWrapper, connected: Connected | None = None) -> dict[Key, Item]:
    """All pending items by key, for the judge."""
    return {item.key: item for item in pending(connection, connected)}


def entries(connection: BaseDatabaseWrapper) -> QuerySet[Any]:
    return contract_model()._default_manager.using(connection.alias)
