"""Reads steps from a description, such as `15min warm-up, 3 x 12min @ 90 % with 5min rest, cool-down 10min`. Pure.

Lines without any figures are prose. If anything that looks like a step is not understood, there are no steps at all:
half a workout would be a wrong one. The format of intervals.icu's workouts (`- 10m ramp 50-75%`) is understood, too.

Whether `5min easy` after a set is a part of it may be open. Then each reading is tried, and the planned time decides.
"""

from collections.abc import Iterator

from workouts.models import Workout
from workouts.plan.step_lines import StepReader
from workouts.plan.step_parts import NoSteps
from workouts.plan.step_words import PLAIN
from workouts.plan.steps import Block
from workouts.values.disciplines import Discipline, discipline_of

LONGEST_TEXT, MOST_STEPS, MOST_OPEN = 5_000, 200, 4
"""Characters, steps with repetitions, and steps that may be a part of the set before them or not."""

OFF_PLAN = 0.05
"""How much longer than planned the steps may be in all; and how much shorter, where the planned time decides."""


def steps_of(workout: Workout) -> tuple[Block, ...]:
    """The steps in the description of a ride or a run; none if it has none, or is not understood in every figure."""
    discipline = discipline_of(workout.workout_type)
    if discipline not in (Discipline.BIKE, Discipline.RUN):
        return ()
    hours = workout.planned_duration
    return read(workout.workout_description or "", ride=discipline == Discipline.BIKE, planned=hours and hours * 3600)


def read(description: str, *, ride: bool = True, planned: float | None = None) -> tuple[Block, ...]:
    """The steps; none if anything is not understood, or can be understood in two ways. `planned` are seconds."""
    text = description.lower().translate(PLAIN)
    try:
        found = list(_readings(text, ride=ride)) if len(text) <= LONGEST_TEXT else []
    except NoSteps:
        return ()
    if planned:
        least = 0 if len(found) == 1 else planned * (1 - OFF_PLAN)  # the rest of it may not be described
        found = [one for one in found if least <= sum(block.seconds for block in one) <= planned * (1 + OFF_PLAN)]
    return found[0] if len(found) == 1 and _is_whole(found[0]) else ()


def _readings(text: str, *, ride: bool, answers: tuple[bool, ...] = ()) -> Iterator[tuple[Block, ...]]:
    """One for each way in which the text can be understood. Raises NoSteps."""
    reader = StepReader(ride=ride, answers=answers)
    blocks = reader.read(text)
    if reader.open_questions <= len(answers):
        yield tuple(blocks)
    elif len(answers) == MOST_OPEN:
        raise NoSteps
    else:
        for answer in (True, False):
            yield from _readings(text, ride=ride, answers=(*answers, answer))


def _is_whole(blocks: tuple[Block, ...]) -> bool:
    """Whether it is said how hard each step is, and how hard in figures at least once."""
    steps = [step for block in blocks for step in block.steps]
    too_many = sum(block.times * len(block.steps) for block in blocks) > MOST_STEPS
    said = all(step.kind or step.first is not None for step in steps)
    return not too_many and said and any(step.first is not None for step in steps)
