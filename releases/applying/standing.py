"""What of the database a version uses while a release runs, and which of its migrations must be applied online."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases import contract
from releases.applying.journal import half_run
from releases.applying.migration import Applying, is_online
from releases.applying.parts import own_operations
from releases.applying.together import spans
from releases.preflight.adopting import takes_back
from releases.record.pending import Key, is_initial
from releases.running.progress import Say

if TYPE_CHECKING:
    from releases.judge.facts import Facts
    from releases.judge.judged_operation import JudgedOperation
    from releases.judging import Judged


@dataclass
class Standing:
    """`judged` are the verdicts on what this release applies."""

    connection: BaseDatabaseWrapper
    judged: "Judged"
    half_run: dict[Key, int] = field(default_factory=dict)
    facts: "Facts | None" = None

    def __post_init__(self) -> None:
        self._look()

    def prepare(self, migration: Migration, say: Say) -> None:
        """Lets the migration be applied as its verdicts say."""
        judged = self._verdicts(migration)
        is_half_run = (migration.app_label, migration.name) in self.half_run
        # Its tables are there: --fake-initial would leave out the rest, or what takes them back.
        if is_half_run or (is_initial(migration) and self._takes_back(migration)):
            migration.initial = False  # type: ignore[misc]
        before = len(own_operations(migration)) - len(judged)  # were committed when it was judged
        together = {first + before: last + before for first, last in spans(judged).items()}
        facts = self.facts if is_half_run or is_online(judged) else None
        Applying(migration, self.connection, facts, say, together)

    def follow(self, migration: Migration, facts: "Facts | None") -> None:
        """After a migration, which may have renamed tables and columns. `facts` are those that it followed, if any."""
        if facts is not None:
            self.facts = facts
        elif any(one.accepted for one in self._verdicts(migration)):
            self._look()

    def _takes_back(self, migration: Migration) -> bool:
        return takes_back(migration, self.connection, contract.waiting(self.connection))

    def _verdicts(self, migration: Migration) -> "list[JudgedOperation]":
        return self.judged.get(str(migration), [])

    def _look(self) -> None:
        """Reads the facts; not of a database that no version uses yet."""
        self.half_run = half_run(self.connection)
        if self.connection.vendor == "postgresql" and (self.judged or self.half_run):
            from releases.applying.unfinished import served_facts

            self.facts = served_facts(self.connection)
