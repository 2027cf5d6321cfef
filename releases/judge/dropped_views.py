"""Refuses to drop a view that the old version may read, unless its migration creates it again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from releases.judge.judged_operation import JudgedOperation
from releases.judge.objects import Object, named
from releases.judge.verdict import Action

STILL_READ = (
    "The old version may read {}, which this drops. Create it again in the same migration; or release code that does"
    " not read it first, and accept this in the release after that."
)


def with_dropped_views(
    judged: Sequence[JudgedOperation], accepts: Mapping[str, Mapping[str, str]]
) -> Iterator[JudgedOperation]:
    """The operations, each refused that leaves a view dropped. `accepts` has reasons by migration and operation."""
    for number, one in enumerate(judged):
        views = _left_dropped(number, judged)
        if not views or one.is_refused:
            yield one
            continue
        refusal = replace(one.verdict, action=Action.REFUSED, reason=STILL_READ.format(named(views)))
        yield replace(one, verdict=refusal, accepted=accepts[one.migration].get(one.kind, ""))


def _left_dropped(number: int, judged: Sequence[JudgedOperation]) -> Iterable[Object]:
    """Views that this operation drops: not those that this release created, nor those that its migration will."""
    one = judged[number]
    others = [*judged[:number], *(other for other in judged[number:] if other.migration == one.migration)]
    made = {each for other in others for each in other.creates}
    return {each for each in one.drops - made if each[0] == "view"}
