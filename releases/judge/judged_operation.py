"""What the judge says of one operation of a migration."""

from dataclasses import dataclass
from typing import Any

from releases.judge.objects import Object
from releases.judge.verdict import Action, Key, Verdict
from releases.judge.violations import Violation


@dataclass(frozen=True)
class TouchedTable:
    name: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class JudgedOperation:
    """`tables` are those that exist already. `accepted` is the reason why a refusal was overruled.

    `violations` are to be looked for in the database. `begins_now`: only the rest waits for the old version to go.
    `is_rewritten`: its statements may not be run as they are written, or the contract changes.
    `is_foretold`: what it does is known before it runs. `drops` and `creates` are views, triggers and the like.
    `cancels` are keys of what waits in the contract.
    """

    migration: str
    kind: str
    operation: str
    tables: tuple[TouchedTable, ...]
    verdict: Verdict
    accepted: str = ""
    violations: tuple[Violation, ...] = ()
    begins_now: bool = False
    is_rewritten: bool = False
    is_foretold: bool = True
    changes_data: bool = False
    drops: frozenset[Object] = frozenset()
    creates: frozenset[Object] = frozenset()
    cancels: frozenset[Key] = frozenset()

    @property
    def what(self) -> str:
        """What the release does, in words."""
        deferred = self.verdict.action is Action.DEFERRED
        return (
            f"now, and the rest {Action.DEFERRED.value}" if deferred and self.begins_now else self.verdict.action.value
        )

    @property
    def is_as_it_is(self) -> bool:
        return self.verdict.action is Action.AS_IS

    @property
    def is_refused(self) -> bool:
        return self.verdict.action is Action.REFUSED and not self.accepted

    def to_json(self) -> dict[str, Any]:
        """For people and programs; without what is empty."""
        verdict = self.verdict
        everything = {
            "migration": self.migration,
            "operation": self.operation,
            "tables": [vars(table) for table in self.tables],
            "verdict": verdict.action.value,
            "lock": verdict.lock,
            "reason": verdict.reason,
            "old_version": verdict.old_version,
            "instead": verdict.instead,
            "accepted": self.accepted,
        }
        return {name: value for name, value in everything.items() if value}
