"""Where a piece of work keeps its place."""

from collections.abc import Sequence
from typing import Any, Protocol


class Place(Protocol):
    """`steps` are left to do, and the first of them continues at `position`; `done` counts what came before."""

    done: int
    steps: list[dict[str, Any]]
    position: Any

    def commit(self, done: int, steps: Sequence[dict[str, Any]] = (), position: Any = None) -> None:
        """Writes it down, in the transaction of the work if there is one."""
