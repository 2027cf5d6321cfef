"""One thing that stands in the way of the takeover."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """`remedy` is the statement that ends it, `restore` the one that brings it back after the release.

    Either is empty where there is no such statement.
    """

    what: str
    remedy: str
    restore: str = ""

    def __str__(self) -> str:
        return f"{self.what.rstrip('.')}." + (f" Type: {self.remedy}" if self.remedy else "")
