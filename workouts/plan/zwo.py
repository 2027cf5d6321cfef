"""A workout as ZWO, the XML that Zwift and other trainer applications read. Pure.

Elements and attributes are those of Zwift's own workouts, as
https://github.com/h4l/zwift-workout-file-reference lists them. Durations are in seconds, powers are parts of the
threshold: of FTP for rides, of the threshold pace for runs.
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from workouts.models import Workout
from workouts.plan.steps import Block, Kind, WorkoutStep
from workouts.values.disciplines import Discipline, discipline_of

SPORTS = {Discipline.BIKE: "bike", Discipline.RUN: "run"}
RAMPS = {Kind.WARM_UP: "Warmup", Kind.COOL_DOWN: "Cooldown"}
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def zwo_of(workout: Workout, blocks: Sequence[Block]) -> bytes:
    """The file of a ride or a run with these steps."""
    sport = SPORTS[Discipline(discipline_of(workout.workout_type) or "")]
    file = Element("workout_file")
    texts = {
        "author": "Workout planner",
        "name": workout.title,
        "description": workout.workout_description or "",
        "sportType": sport,
    }
    for name, text in texts.items():
        SubElement(file, name).text = NOT_XML.sub("", text)
    SubElement(file, "tags")
    steps = SubElement(file, "workout")
    for block in blocks:
        steps.extend(_elements(block))
    indent(file)
    return bytes(tostring(file, encoding="utf-8", xml_declaration=True))


def _elements(block: Block) -> Iterator[Element]:
    """Repetitions of two steady steps are one element; anything else is written as often as it is done."""
    powers = [_power(step.middle) for step in block.steps if step.middle is not None and not step.is_ramp]
    if block.times > 1 and len(block.steps) == len(powers) == 2:
        on, off = block.steps
        durations = {"OnDuration": str(on.seconds), "OffDuration": str(off.seconds)}
        yield Element(
            "IntervalsT", {"Repeat": str(block.times), **durations, "OnPower": powers[0], "OffPower": powers[1]}
        )
        return
    for _ in range(block.times):
        yield from map(_element, block.steps)


def _element(step: WorkoutStep) -> Element:
    """A step without a target is ridden freely: nothing is made up."""
    duration = {"Duration": str(step.seconds)}
    if step.first is None or step.last is None or step.middle is None:
        return Element("FreeRide", duration)
    if step.is_ramp:  # PowerLow is where it begins, also of a cool-down
        powers = {"PowerLow": _power(step.first), "PowerHigh": _power(step.last)}
        return Element(RAMPS.get(step.kind, "Ramp"), {**duration, **powers})
    return Element("SteadyState", {**duration, "Power": _power(step.middle)})


def _power(percent: float) -> str:
    return f"{percent / 100:.4g}"
