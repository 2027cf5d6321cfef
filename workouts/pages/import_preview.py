"""What the preview of an import shows, and what its form sends back."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from workouts.files.imports.decisions import KEEP, Decisions, Policy, by_policy
from workouts.files.imports.encoding import UNICODE
from workouts.files.imports.gone import Gone
from workouts.files.imports.import_plan import ImportPlan
from workouts.files.imports.results import counts, result_of
from workouts.models import Preferences, WorkoutSelection
from workouts.pages.differences import differences, unusual_values

SHOWN = 100
"""Rows of a table of the preview, of which an import may have thousands."""

DECIDED_SINGLY = 300
"""Workouts that the file does not have, each with a decision of its own. For more there is one decision for all."""

ALL_MOVES = "all"
GONE = "gone-"
"""What the fields of single decisions begin with, before the id of the workout."""


def confirmed_moves(sent: QueryDict) -> set[int] | None:
    """The rows whose moves were ticked. None for all, which is one box where there are more than are shown."""
    ticked = sent.getlist("moved")
    if ALL_MOVES in ticked:
        return None
    return {int(row) for row in ticked if _is_number(row)}


def decisions_sent(sent: QueryDict) -> Decisions | Policy:
    """What becomes of the workouts that the file does not have: of all of them, or of each."""
    policy = next((policy for policy in Policy if policy == sent.get("gone")), None)
    numbers = {name: name.removeprefix(GONE) for name in sent if name.startswith(GONE)}
    return policy or {int(number): str(sent[name]) for name, number in numbers.items() if _is_number(number)}


def context_of(plan: ImportPlan, sent: QueryDict | None) -> dict[str, Any]:
    """For the template: the plan with the decisions that were sent, else with the renames that are recognized."""
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
        "changed": [(match, differences(match, preferences)) for match in suggested.merge.changed[:SHOWN]],
        "preferences": preferences,
        "shown": SHOWN,
        "decided_singly": DECIDED_SINGLY,
        "all_moves": ALL_MOVES,
    }


def _with_decisions(gone: Sequence[Gone], decisions: Decisions) -> list[dict[str, Any]]:
    """Those that are decided one by one, each with its decision and its selection."""
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


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
