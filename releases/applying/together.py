"""Which operations of a migration are committed together, though it is applied operation by operation."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releases.judge.judged_operation import JudgedOperation


def spans(operations: "Sequence[JudgedOperation]") -> Mapping[int, int]:
    """The last operation by the first one: what the first drops (a view, a trigger), the last creates again."""
    found: dict[int, int] = {}
    end = -1
    for number, operation in enumerate(operations):
        last = _made_again(operation, number, operations)
        if number <= end:  # inside the span before
            first = max(found)
            found[first] = end = max(end, last)
        elif last > number:
            found[number] = end = last
    return found


def _made_again(operation: "JudgedOperation", number: int, operations: "Sequence[JudgedOperation]") -> int:
    """The last operation that creates something of what this one drops; its own number if none does."""
    later = range(number + 1, len(operations))
    return max((other for other in later if operation.drops & operations[other].creates), default=number)
