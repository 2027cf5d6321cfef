"""What a verb did, for pages and the API to show."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workouts.history.rows import TABLES, RowChange
from workouts.history.settling import State, advance
from workouts.models import Availability, Change
from workouts.values.days import Day


@dataclass(frozen=True)
class Outcome:
    """`change` is the entry in the history, None if there was nothing to change.

    `workouts` are the ids of the workouts that changed or whose selection changed; `days` are their days in the plan,
    before and after, and those whose availability changed; `weeks` are the Mondays of the weeks whose targets changed.
    `state` has the rows that the verb locked, as it left them.
    """

    change: Change | None = None
    workouts: frozenset[int] = frozenset()
    days: frozenset[Day] = frozenset()
    weeks: frozenset[Day] = frozenset()
    state: State = field(default_factory=dict, compare=False, repr=False)


def outcome_of(change: Change, written: Iterable[RowChange], before: State) -> Outcome:
    """The outcome of `change`. `before` has every workout of `written` that existed, with its selection."""
    after, written = dict(before), list(written)
    for row in written:
        advance(after, row)
    workouts = {int(row.key) for row in written if row.table in ("workout", "selection") and row.key is not None}
    days = {day for state in (before, after) for workout in workouts if (day := _day(state, workout))}
    days |= {day for row in written if row.table == "availability" for day in _days_of(row, before)}
    weeks = {Day.fromisoformat(str(row.key)) for row in written if row.table == "target"}
    return Outcome(change, frozenset(workouts), frozenset(days), frozenset(weeks), after)


def _day(state: State, workout_id: int) -> Day | None:
    """The day on which the athlete has the workout, None if it does not exist."""
    workout, selection = state.get(("workout", workout_id)), state.get(("selection", workout_id), {})
    if workout is None:
        return None
    return Day.fromisoformat(selection.get("current_plan_day") or workout["originally_planned_day"])


def _days_of(row: RowChange, before: State) -> Iterable[Day]:
    """The days of an availability, before and after the change."""
    existing = before.get((row.table, row.key), {})
    for values in (row.before, row.after):
        if values is not None:
            yield from Availability(**TABLES[row.table].from_json({**existing, **values})).days
