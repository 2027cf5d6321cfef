"""What the preview of an import shows, and what its form sends."""

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date

from workouts.files.imports.decisions import KEEP, Decisions, Policy, by_policy
from workouts.files.imports.encoding import UNICODE
from workouts.files.imports.gone import Gone
from workouts.files.imports.import_plan import ImportPlan
from workouts.files.imports.results import counts, result_of
from workouts.files.imports.row import PlannedWorkout
from workouts.models import Preferences, Workout, WorkoutSelection
from workouts.pages.differences import differences, unusual_values
from workouts.plan.wording import done
from workouts.values.days import Day

SHOWN = 100
"""How many rows a table of the preview shows. An import may have thousands."""

DECIDED_SINGLY = 300
"""Up to this many gone workouts are decided one by one; if there are more, one decision holds for all."""

ALL_MOVES = "all"
GONE = "gone-"
"""Prefix of the fields of single decisions. The id of the workout follows."""


def confirmed_moves(sent: QueryDict) -> set[int] | None:
    """The numbers of the rows whose moves were ticked. None for all: one box, if there are more than are shown."""
    ticked = sent.getlist("moved")
    if ALL_MOVES in ticked:
        return None
    return {int(row) for row in ticked if _is_number(row)}


class Left:
    """The rows that are left out: those that were shown with a tick and sent without it, and those of other days."""

    def __init__(self, sent: QueryDict) -> None:
        self.numbers = {int(row) for row in {*sent.getlist("offered")} - {*sent.getlist("taken")} if _is_number(row)}
        self.first, self.last = (_day(sent.get(name, "")) for name in ("first", "last"))

    def has(self, row: PlannedWorkout) -> bool:
        is_other_day = row.day < (self.first or row.day) or row.day > (self.last or row.day)
        return is_other_day or row.number in self.numbers


def decisions_sent(sent: QueryDict) -> Decisions | Policy:
    """The decisions on gone workouts: one for all of them, or one for each."""
    policy = next((policy for policy in Policy if policy == sent.get("gone")), None)
    numbers = {name: name.removeprefix(GONE) for name in sent if name.startswith(GONE)}
    return policy or {int(number): str(sent[name]) for name, number in numbers.items() if _is_number(number)}


def context_of(plan: ImportPlan, sent: QueryDict | None) -> dict[str, Any]:
    """The template context: the plan with the decisions that were sent, or with the renames that were recognized."""
    preferences = Preferences.load()
    suggested = plan.with_decisions(Policy.RENAME)
    decisions = decisions_sent(sent) if sent else suggested.decisions
    result = result_of(suggested)
    return {
        "plan": plan,
        "suggested": suggested,
        "result": result,
        "counts": counts(result).items(),
        "unusual": unusual_values(plan.merge),
        "encoding": plan.encoding if plan.encoding != UNICODE else "",
        "gone": _with_decisions(
            plan.gone, by_policy(plan.gone, decisions) if isinstance(decisions, Policy) else decisions
        ),
        "ticked": confirmed_moves(sent) if sent else None,
        "left": Left(sent or QueryDict()),
        "changed": [(match, differences(match, preferences)) for match in suggested.merge.changed[:SHOWN]],
        "new": [(row, _done(row, preferences)) for row in sorted(suggested.merge.new, key=attrgetter("day"))[:SHOWN]],
        "preferences": preferences,
        "shown": SHOWN,
        "decided_singly": DECIDED_SINGLY,
        "all_moves": ALL_MOVES,
    }


def _done(row: PlannedWorkout, preferences: Preferences) -> str:
    """What was done of a planned workout that is new, in words."""
    return "" if row.recorded else done(Workout(**row.values()), preferences)


def _with_decisions(gone: Sequence[Gone], decisions: Decisions) -> list[dict[str, Any]]:
    """The gone workouts to show, each with its decision and its selection."""
    shown = gone[:DECIDED_SINGLY] if len(gone) <= DECIDED_SINGLY else gone[:SHOWN]
    found = WorkoutSelection.objects.filter(workout__in=[one.workout.pk for one in shown])
    selections = {selection.workout_id: selection for selection in found}
    return [
        {
            "gone": one,
            "decision": decisions.get(one.workout.pk, KEEP),
            "selection": selections.get(one.workout.pk),
        }
        for one in shown
    ]


def _day(text: str) -> Day | None:
    with suppress(ValueError):
        return parse_date(text)
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
