"""The result of an import, as stored in `Upload.result` and in words."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from workouts.files.imports.decisions import DROP, KEEP, RENAME, candidate_of
from workouts.files.imports.gone import Gone
from workouts.files.imports.import_plan import ImportPlan, before
from workouts.files.imports.merge import Match

ROWS = ("new", "changed", "moved", "unchanged", "skipped")
NOT_IN_THE_FILE = "not in the file"
DECISION_WORDS = {RENAME: "renamed", DROP: "dropped", KEEP: NOT_IN_THE_FILE}


def result_of(plan: ImportPlan) -> dict[str, Any]:
    """How many rows are new, changed and unchanged, and a list each of those moved, skipped and gone."""
    return {
        "new": len(plan.merge.new),
        "changed": len(plan.merge.changed),
        "unchanged": len(plan.merge.unchanged),
        "moved": [_move(match) for match in plan.merge.moved],
        "skipped": list(plan.skipped),
        "gone": [_decided(one, plan.decisions.get(one.workout.pk, KEEP)) for one in plan.gone],
        **({"left out": plan.left_out} if plan.left_out else {}),
    }


def counts(result: Mapping[str, Any]) -> dict[str, int]:
    """How many rows were new, changed, moved, unchanged and skipped, and how many workouts are not in the file."""
    return {**_rows(result), NOT_IN_THE_FILE: len(result.get("gone", ()))}


def summary(result: Mapping[str, Any]) -> str:
    """Such as `12 new, 3 changed, 1 dropped`."""
    decisions = Counter(one["choice"] for one in result.get("gone", ()))
    made = {**_rows(result), "left out": result.get("left out", 0)}
    made |= {word: decisions[decision] for decision, word in DECISION_WORDS.items()}
    return ", ".join(f"{count} {name}" for name, count in made.items() if count)


def _rows(result: Mapping[str, Any]) -> dict[str, int]:
    return {name: result[name] if isinstance(result[name], int) else len(result[name]) for name in ROWS}


def _move(match: Match) -> dict[str, Any]:
    return {
        "row": match.row.number,
        "title": match.row.title,
        "from": before(match)["originally_planned_day"],
        "to": match.after["originally_planned_day"],
    }


def _decided(gone: Gone, decision: str) -> dict[str, Any]:
    """The workout, the decision, and the row that it has become or, if it is kept, may have become.

    `choice` is the decision. Stored results have this name, and the old version reads it.
    """
    renamed = gone.renamed if decision == KEEP else None if decision == DROP else candidate_of(gone, decision)
    return {
        "id": gone.workout.pk,
        "title": gone.workout.title,
        "day": gone.workout.originally_planned_day.isoformat(),
        "choice": decision if decision in (KEEP, DROP) else RENAME,
        "row": renamed and renamed.row.number,
        "becomes": renamed and renamed.row.title,
    }
