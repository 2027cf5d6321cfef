"""The verdict on a statement, an operation or a migration."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import total_ordering
from typing import Any

Key = tuple[str, str, str]  # of a deferral: kind, table, name
SHORT = "ACCESS EXCLUSIVE, for a moment"


@total_ordering
class Action(enum.Enum):
    """What the release does. In order: the later ones need more care."""

    AS_IS = "as it is"
    ONLINE = "online"
    BATCHES = "in batches"
    DEFERRED = "after the old version"
    REFUSED = "refused"

    @property
    def is_online(self) -> bool:
        return self not in (Action.AS_IS, Action.REFUSED)

    def __lt__(self, other: "Action") -> bool:
        return list(Action).index(self) < list(Action).index(other)


@dataclass(frozen=True)
class Step:
    """Something that is done after the transaction of its operation, and can be repeated.

    `sql` runs in a transaction together with its entry in the journal; outside of one if it is `repeatable`. With
    `where`, `sql` is what follows SET in an UPDATE of `table`, in batches, until no row matches. One that `cleans_up`
    is also done if the operation is undone before its turn has come.
    """

    sql: str
    repeatable: bool = False
    table: str = ""
    where: str = ""
    cleans_up: bool = False

    def in_one_statement(self) -> str:
        return f"UPDATE {self.table} SET {self.sql} WHERE {self.where}" if self.where else self.sql  # noqa: S608

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Deferral:
    """A change that waits in the contract until no old version is connected.

    `kind` is table, column, default, identity, "not null", fill, trigger, constraint, "primary key" or index; `name` is
    that of the column, trigger, constraint or index, and empty for a table. `restore` takes back what was done in
    preparation, if the migration is undone before that.
    """

    kind: str
    table: str
    name: str
    description: str
    steps: tuple[Step, ...]
    restore: tuple[Step, ...] = ()

    @property
    def key(self) -> Key:
        return self.kind, self.table, self.name


@dataclass
class Verdict:
    """`now` runs in the operation's transaction, `later` after it, `deferred` once the old version has gone.
    `cancelled` are keys of earlier deferrals that do not apply any more.

    A refusal that `is_final` cannot be overruled. What `is_prepared` differs from the statement as it is written.

    `reason` says why, `old_version` what becomes of the version that is running, `instead` what to write instead of
    what was refused: sentences, empty if there is nothing to say.
    """

    action: Action = Action.AS_IS
    now: list[str] = field(default_factory=list)
    later: list[Step] = field(default_factory=list)
    deferred: list[Deferral] = field(default_factory=list)
    cancelled: list[Key] = field(default_factory=list)
    lock: str = ""
    reason: str = ""
    old_version: str = ""
    instead: str = ""
    is_final: bool = False
    is_prepared: bool = False

    def defer(
        self,
        kind: str,
        table: str,
        name: str,
        description: str,
        *steps: Step,
        restore: Iterable[Step] = (),
        reason: str,
    ) -> None:
        """Enters a change in the contract."""
        self.deferred.append(Deferral(kind, table, name, description, steps, tuple(restore)))
        self.note(Action.DEFERRED, reason)

    def note(self, action: Action, reason: str, *, lock: str = "", old_version: str = "", instead: str = "") -> None:
        """Takes over the more careful of two verdicts with its reasons."""
        if action > self.action or not self.reason:
            self.action = max(action, self.action)
            self.lock, self.reason, self.old_version, self.instead = lock, reason, old_version, instead

    def then(self, other: "Verdict") -> "Verdict":
        """One verdict that does what this one does, and after that what the other one does."""
        first, second = sorted((other, self), key=lambda one: one.action, reverse=True)
        reasons = [one.reason for one in (self, other) if one.action is first.action and one.reason]
        return replace(
            first,
            now=self.now + other.now,
            later=self.later + other.later,
            deferred=self.deferred + other.deferred,
            cancelled=self.cancelled + other.cancelled,
            lock=first.lock or second.lock,
            reason=" ".join(reasons) or second.reason,
            is_prepared=bool(self.reason or self.cancelled),
        )


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """The one that needs most care; that nothing happens, if there are none."""
    return max(verdicts, key=lambda verdict: verdict.action, default=Verdict(reason="Changes no table."))
