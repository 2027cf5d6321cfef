"""One obstacle to the takeover."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """`remedy` is the statement that removes it, `restore` the statement that restores it after the release.

    Either is empty if there is no such statement.
    """

    what: str
    remedy: str
    restore: str = ""

    def __str__(self) -> str:
        return f"{self.what.rstrip('.')}." + (f" Type: {self.remedy}" if self.remedy else "")
