"""Which row goes with which workout: looked up, and the same as if every row were compared with every workout."""

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workouts.imports import merge as module
from workouts.imports.merge import MOVE_DAYS, merge
from workouts.imports.row import PlannedWorkout
from workouts.models import Workout

MONDAY = datetime.date(2026, 11, 23)
DAYS = st.sampled_from([0, 0, 0, 1, 3, 15]).map(lambda days: MONDAY + datetime.timedelta(days))
TSS, HOURS = st.sampled_from([None, 0.0, 50.0, 60.0]), st.sampled_from([None, 1.0, 1.5])
COLUMNS = st.sampled_from(
    [("planned_duration", "tss"), ("tss",), ("planned_duration",), ("workout_description", "tss")]
)
VALUES = {"tss": TSS, "planned_duration": HOURS, "workout_description": st.sampled_from([None, "Easy"])}
WORKOUTS = st.lists(
    st.builds(
        Workout,
        title=st.sampled_from(["Run", "run "]),
        workout_type=st.just("Run"),
        originally_planned_day=DAYS,
        tss=TSS,
        planned_duration=HOURS,
        workout_description=st.sampled_from([None, "", "Easy"]),
    ),
    max_size=10,
)


@st.composite
def files(draw: st.DrawFn) -> list[PlannedWorkout]:
    columns = draw(COLUMNS)

    def row(number: int) -> PlannedWorkout:
        content = {column: draw(VALUES[column]) for column in columns}
        computed = draw(st.sampled_from([None, 50.0, 70.0])) if content.get("tss") is None else None
        return PlannedWorkout(number, draw(DAYS), "Run", draw(st.sampled_from(["Run", "RUN"])), content, computed)

    return [row(number) for number in range(2, 2 + draw(st.integers(0, 10)))]


def compared(rows: list[PlannedWorkout], workouts: list[Workout]) -> dict[int, int]:
    """Row: workout. Every row is compared with every workout that is left, in the order of the rules."""
    pairs, left = dict[int, int](), list(workouts)
    rows = sorted(rows, key=lambda row: row.content.get("tss") is None and row.computed_tss is None)
    days = sorted(range(-MOVE_DAYS, MOVE_DAYS + 1), key=abs)[1:]
    for fits, shift in [
        (is_identical, 0),
        (is_unchanged, 0),
        (lambda *_: True, 0),
        *((is_unchanged, day) for day in days),
    ]:
        for row in rows:
            day = row.day + datetime.timedelta(shift)
            found = (one for one in left if one.originally_planned_day == day and fits(row, one))
            if row.row not in pairs and (workout := next(found, None)):
                pairs[row.row] = workout.pk
                left.remove(workout)
    return pairs


def is_identical(row: PlannedWorkout, workout: Workout) -> bool:
    content = row.content if row.computed_tss is None else {**row.content, "tss": row.computed_tss}
    return all(value == (getattr(workout, name) or value_of_nothing(workout, name)) for name, value in content.items())


def value_of_nothing(workout: Workout, name: str) -> Any:
    value = getattr(workout, name)
    return None if value == "" else value


def is_unchanged(row: PlannedWorkout, workout: Workout) -> bool:
    return not module._differences(row, workout)


@settings(max_examples=300, deadline=None)
@given(files(), WORKOUTS)
def test_looking_up_finds_what_comparing_all_finds(rows: list[PlannedWorkout], workouts: list[Workout]) -> None:
    for pk, workout in enumerate(workouts, start=1):
        workout.pk = pk
    merged = merge(rows, workouts)

    pairs = compared(rows, workouts)
    found = {match.row.row: match.workout.pk for match in (*merged.changed, *merged.moved)}
    assert found.items() <= pairs.items()
    assert {row.row for row in merged.new} == {row.row for row in rows} - pairs.keys()
    assert merged.unchanged == len(pairs) - len(found)
