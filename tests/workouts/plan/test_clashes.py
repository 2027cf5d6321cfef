"""Which workouts clash with the availability."""

import datetime

import pytest

from tests.workouts.conftest import Plan
from workouts.models import Availability
from workouts.plan.clashes import clash_of
from workouts.values.days import ONE_WEEK

THURSDAY = datetime.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("day", "selection", "values", "clashes"),
    [
        ("2026-11-26", None, {}, True),
        ("2026-11-26", {"is_selected": True}, {"workout_type": " swim"}, True),
        ("2026-11-26", {"is_selected": None}, {"is_custom": True}, True),
        ("2026-11-26", {"is_selected": False}, {}, False),
        ("2026-11-26", None, {"is_dropped": True}, False),
        ("2026-11-26", None, {"is_done": True}, False),
        ("2026-11-26", None, {"actual_duration": 1.0}, False),
        ("2026-11-26", None, {"workout_type": "Run"}, False),
        ("2026-11-26", None, {"workout_type": "Day Off"}, False),
        ("2026-11-26", {"current_plan_day": "2026-11-27"}, {}, False),
        ("2026-11-27", {"current_plan_day": "2026-12-03"}, {}, True),
        ("2026-11-27", None, {}, False),
        ("2026-12-24", None, {}, True),
        ("2026-12-31", None, {}, False),
    ],
)
def test_a_workout_clashes_if_it_is_to_be_done_on_a_day_on_which_it_cannot_be(
    plan: Plan, day: str, selection: dict[str, object] | None, values: dict[str, object], clashes: bool
) -> None:
    no_swimming = Availability(first_day=THURSDAY, last_day=THURSDAY + 4 * ONE_WEEK, weekday=3, discipline="Swim")
    drills = plan("Drills", day, selection, **{"workout_type": "Swim", **values})
    drills.refresh_from_db()
    assert clash_of(drills, [no_swimming]) == (no_swimming if clashes else None)
    assert clash_of(drills, []) is None


def test_no_training_excludes_everything_but_a_day_off(plan: Plan) -> None:
    away = Availability(first_day=THURSDAY, last_day=THURSDAY, reason="family")
    for kind, clashes in (("Yoga", True), ("Run", True), ("Day Off", False)):
        made = plan("w", str(THURSDAY), workout_type=kind)
        made.refresh_from_db()
        assert bool(clash_of(made, [away])) == clashes
