"""Training Stress Scores, and their estimates where none is known.

By definition TSS is hours x IF^2 x 100: an hour at an intensity factor of 1, the threshold, is 100 (Allen and Coggan,
Training and Racing with a Power Meter). Where the intensity is not known either, the usual one of the discipline holds.
"""

from typing import NamedTuple

from workouts.values import bounds
from workouts.values.disciplines import Discipline

USUAL_INTENSITY = {
    Discipline.SWIM: 0.75,
    Discipline.BIKE: 0.70,
    Discipline.RUN: 0.75,
    Discipline.STRENGTH: 0.60,
    Discipline.OTHER: 0.60,
}
"""The average IF of endurance training, most of which is easy: 56 TSS per hour of swimming and running, 49 of cycling,
36 of the rest. No more than a guess, so what is estimated by it is marked as estimated."""


class Effort(NamedTuple):
    """What determines the stress of a workout, as planned or as done: hours, TSS and intensity factor."""

    hours: float | None = None
    tss: float | None = None
    intensity: float | None = None


class Stress(NamedTuple):
    tss: float
    estimated: bool


NONE = Stress(0, estimated=False)


def stress_of(effort: Effort, discipline: Discipline | None) -> Stress:
    """The TSS if it is known, else an estimate. A day off, and an effort of unknown length, have none."""
    if effort.tss is not None:
        return Stress(effort.tss, estimated=False)
    if not effort.hours or discipline is None:
        return NONE
    intensity = effort.intensity or USUAL_INTENSITY[discipline]
    return Stress(min(effort.hours * intensity**2 * 100, bounds.TSS), estimated=True)


def done_stress(done: Effort, planned: Effort, discipline: Discipline | None) -> Stress:
    """The stress of what was done. Without an intensity of its own it was as intense as planned."""
    if done.tss is None and not done.intensity and planned.hours and planned.tss and done.hours:
        return Stress(min(planned.tss * done.hours / planned.hours, bounds.TSS), estimated=True)
    return stress_of(done._replace(intensity=done.intensity or planned.intensity), discipline)
