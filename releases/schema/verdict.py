"""What the comparison of the schema found, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from releases.messages.naming import repair_command
from releases.schema.differences import Difference


@dataclass(frozen=True)
class Verdict:
    """`damaged`: a migration made it, and it is missing. `unmigrated`: models declare it, and no migration makes it.

    `removed`: it is missing, and a migration that this code does not have may have removed it, for which see the name
    beside it. `digest` identifies this schema and what the models declare; once found whole, they need not be compared
    again. `shallow`: the user may not create temporary tables, so only tables and columns were compared.
    """

    digest: str
    damaged: tuple[Difference, ...] = ()
    unmigrated: tuple[Difference, ...] = ()
    apps_without_migration: tuple[str, ...] = ()
    removed: tuple[tuple[Difference, str], ...] = ()
    shallow: bool = False

    @property
    def whole(self) -> bool:
        return not self.sentences

    @property
    def sentences(self) -> list[str]:
        removed = (difference for difference, _ in self.removed)
        return [str(difference) for difference in (*self.damaged, *removed, *self.unmigrated)]

    @property
    def beyond_repair(self) -> list[str]:
        """What only other code can repair, and why."""
        return [
            f"{difference}: this code is older than the database ({migration} is applied and unknown). Release or"
            " repair from the code that has it, or restore a backup"
            for difference, migration in self.removed
        ]

    def explain(self, alias: str) -> str:
        """What is missing in the database of that alias, and what to type."""
        lines = []
        if self.damaged:
            lines += [
                "The database is not as the migrations made it:",
                *_listed(self.damaged),
                f"Run: {repair_command(alias)}",
            ]
        if self.removed:
            lines += ["This code needs what the database does not have:", *_listed(self.beyond_repair)]
        if self.unmigrated:
            lines += [
                "The models declare what no migration makes:",
                *_listed(self.unmigrated),
                f"Run: python manage.py makemigrations {' '.join(self.apps_without_migration)}",
                "Then commit the new migration and deploy again.",
            ]
        return "\n".join(lines)


def _listed(lines: Iterable[object]) -> Iterator[str]:
    return (f"- {line}" for line in lines)
