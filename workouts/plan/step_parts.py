"""Reads one part of a description, such as `12min @ 90 %`: a step, a target alone, or prose. Pure."""

import re
from dataclasses import dataclass

from workouts.plan.step_words import (
    DURATION,
    FIGURE,
    KINDS,
    KNOWN,
    LISTED,
    MISLEADING,
    OF_OTHERS,
    RAMP,
    RIDING,
    RUNNING,
    TARGET,
    ZONES,
)
from workouts.plan.steps import Kind, WorkoutStep

LONGEST_STEP = 6 * 3600
"""Seconds."""

LEAST, MOST = 20, 250
"""Percent of the threshold that a step can mean."""

Target = tuple[float, float]


class NoSteps(Exception):
    """The description, or a part of it, is not understood for certain."""


@dataclass(frozen=True)
class StepContext:
    """How parts are read. Zones are those of power, of rides. `section` is the kind of steps that name none."""

    ride: bool
    listed: bool = False
    section: Kind = Kind.STEADY


def read_part(part: str, context: StepContext) -> WorkoutStep | Target | None:
    """None for prose. Raises NoSteps."""
    durations = [*DURATION.finditer(part), *(LISTED.finditer(part) if context.listed else ())]
    targets = list(TARGET.finditer(part))
    if not durations and not targets:
        if FIGURE.search(part) or words(part) & (MISLEADING | OF_OTHERS):
            raise NoSteps
        return None
    rest = TARGET.sub(" ", DURATION.sub(" ", part))
    rest = LISTED.sub(" ", rest) if context.listed else rest
    known = KNOWN - (RUNNING if context.ride else RIDING)
    if len(durations) > 1 or len(targets) > 1 or re.search(r"[\d%]", rest) or not words(rest) <= known:
        raise NoSteps
    aim = _aim(targets[0], context) if targets else None
    if not durations:
        return aim
    kind = kind_of(words(rest)) or context.section
    first, last = aim or (None, None)
    ramps = kind in (Kind.WARM_UP, Kind.COOL_DOWN) or bool(words(rest) & RAMP)
    ramps = ramps and first != last and not targets[0]["zone"]
    return WorkoutStep(_seconds(durations[0]), kind, first, last, is_ramp=ramps)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text))


def kind_of(names: set[str]) -> Kind:
    return next((kind for kind, known in KINDS.items() if names & known), Kind.STEADY)


def _aim(target: re.Match[str], context: StepContext) -> Target:
    if target["zone"]:
        if not context.ride:
            raise NoSteps
        return ZONES[int(target["zone"])]
    first, last = (_number(target[name] or target["one"]) for name in ("first", "last"))
    if not (LEAST <= first <= MOST and LEAST <= last <= MOST):
        raise NoSteps
    return first, last


def _seconds(found: re.Match[str]) -> int:
    parts = found.groupdict()
    hours, most = _number(parts.get("h")), _number(parts.get("min") or parts.get("m"))
    minutes = hours * 60 + _number(parts.get("hm")) + most
    seconds = round(minutes * 60 + _number(parts.get("ms")) + _number(parts.get("s")))
    if not 0 < seconds <= LONGEST_STEP:
        raise NoSteps
    return seconds


def _number(text: str | None) -> float:
    return float((text or "0").replace(",", "."))
