"""How far a release has got."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.migrations import Migration

Say = Callable[[str], None]  # takes a line for the operator


@dataclass(frozen=True)
class Progress:
    """The migration that is being applied, the names of those already committed by this release, and the changes of the
    contract that it made."""

    migration: Migration | None = None
    done: Sequence[str] = ()
    made: Sequence[str] = ()

    def what_stays(self) -> str:
        """Sentences; empty if nothing was committed."""
        contract = f"Of the contract this was done before, and stays: {', '.join(self.made)}." if self.made else ""
        return " ".join(filter(None, (contract, self._migrations())))

    def _migrations(self) -> str:
        if len(self.done) > 3:
            return f"{len(self.done)} migrations, {self.done[0]} to {self.done[-1]}, were applied before and stay."
        if len(self.done) > 1:
            return f"Migrations {', '.join(self.done)} were applied before and stay."
        return f"Migration {self.done[0]} was applied before and stays." if self.done else ""


@dataclass(frozen=True)
class Doing:
    """The current operation of a release: its description, and the name of its class."""

    operation: str = ""
    kind: str = ""
