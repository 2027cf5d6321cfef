"""Reads steps from a description, such as `15min warm-up, 3 x 12min @ 90 % with 5min rest, cool-down 10min`. Pure.

Lines without any figures are prose. If anything that looks like a step is not understood, there are no steps at all:
half a workout would be a wrong one. The format of intervals.icu's workouts (`- 10m ramp 50-75%`) is understood, too.
"""

import re
from dataclasses import replace

from workouts.models import Workout
from workouts.plan.step_words import (
    AFTER,
    ASIDE,
    DURATION,
    EACH,
    FIGURE,
    FILLING,
    KINDS,
    LISTED,
    MISLEADING,
    PLAIN,
    RAMP,
    SEPARATOR,
    SET,
    TARGET,
    WITHIN,
    ZONES,
)
from workouts.plan.steps import Block, Kind, WorkoutStep
from workouts.values.disciplines import Discipline, discipline_of

LONGEST_TEXT, MOST_STEPS, LONGEST_STEP = 5_000, 200, 6 * 3600
"""Characters, steps with repetitions, seconds."""

LEAST, MOST = 20, 250
"""Percent of the threshold that a step can mean."""

OFF_PLAN = 1.25
"""How much longer than planned the steps may be in all. If they are longer still, they are misunderstood."""


class _NotUnderstood(Exception):
    pass


def steps_of(workout: Workout) -> tuple[Block, ...]:
    """The steps in the description of a ride or a run; none if it has none, or is not understood in every figure."""
    discipline = discipline_of(workout.workout_type)
    if discipline not in (Discipline.BIKE, Discipline.RUN):
        return ()
    blocks = read(workout.workout_description or "", zones=discipline == Discipline.BIKE)
    longest = (workout.planned_duration or 24) * 3600 * OFF_PLAN
    return blocks if sum(block.seconds for block in blocks) <= longest else ()


def read(description: str, *, zones: bool = True) -> tuple[Block, ...]:
    """The steps; none if there is no target or anything is not understood. `zones`: Z1 to Z6 are those of power."""
    text = description.lower().translate(PLAIN)
    try:
        blocks = _Reader(zones=zones).read(text) if len(text) <= LONGEST_TEXT else []
    except _NotUnderstood:
        return ()
    steps = [step for block in blocks for step in block.steps]
    too_many = sum(block.times * len(block.steps) for block in blocks) > MOST_STEPS
    return () if too_many or all(step.first is None for step in steps) else tuple(blocks)


class _Reader:
    """The blocks so far. While `is_open`, the steps of a list or between parentheses belong to the last one."""

    def __init__(self, *, zones: bool) -> None:
        self.zones = zones
        self.blocks: list[Block] = []
        self.is_open = False
        self.section = Kind.STEADY

    def read(self, text: str) -> list[Block]:
        for line in text.splitlines():
            self._line(line.strip())
        if any(not block.steps for block in self.blocks):
            raise _NotUnderstood
        return self.blocks

    def _line(self, line: str) -> None:
        listed = line.startswith(("- ", "* ", "• "))
        line = ASIDE.sub(" ", line.lstrip("-*• ")).strip(" .:")
        if not listed:
            self.is_open = False
            self.section = _kind(_words(line)) if line and not re.search(r"\d", line) else Kind.STEADY
        if (found := SET.fullmatch(line)) and not found["rest"]:
            self._begin(found)
            self.is_open = True
            return
        separator, starts = "", True
        for part in SEPARATOR.split(line):
            if SEPARATOR.fullmatch(part):
                separator = part
                self._open_or_close(separator, listed=listed)
            elif part:
                self._part(part, separator, listed=listed, starts=starts)
                starts = False

    def _open_or_close(self, separator: str, *, listed: bool) -> None:
        """`3 x (…)` is a set."""
        if separator == "(" and self.blocks and not self.blocks[-1].steps:
            self.is_open = True
        elif separator == ")" and not listed:
            self.is_open = False

    def _begin(self, found: re.Match[str]) -> None:
        if not found["label"].isascii() or not int(found["times"]) >= 1:
            raise _NotUnderstood
        self.blocks.append(Block((), int(found["times"])))

    def _part(self, part: str, separator: str, *, listed: bool, starts: bool) -> None:
        if found := SET.fullmatch(part):
            if self.is_open or (self.blocks and not self.blocks[-1].steps):
                raise _NotUnderstood  # a set within a set
            self._begin(found)
            part, separator = found["rest"], "("
            if not part:
                return
        step = self._step(part, listed=listed)
        if isinstance(step, WorkoutStep):
            self._add(step, part, separator, starts=starts)
        elif step and self.blocks and self.blocks[-1].steps and self.blocks[-1].steps[-1].first is None and not starts:
            *before, last = self.blocks[-1].steps
            aimed = replace(last, first=step[0], last=step[1])
            self.blocks[-1] = replace(self.blocks[-1], steps=(*before, aimed))
        elif step:
            raise _NotUnderstood

    def _add(self, step: WorkoutStep, part: str, separator: str, *, starts: bool) -> None:
        """To the last block, if it is repeated and the step belongs to it; otherwise as a block of its own."""
        last = self.blocks[-1] if self.blocks else Block(())
        own = step.kind in (Kind.WARM_UP, Kind.COOL_DOWN) or separator in AFTER
        repeated = last.times > 1 and not own
        if self.is_open or not last.steps or (repeated and (separator in WITHIN or _words(part) & EACH)):
            joined = True
        elif starts or not repeated:
            joined = False
        elif step.kind == Kind.EASY:
            joined = True
        else:
            raise _NotUnderstood  # 3 x 12min @ 90 %, 5min @ 50 %: once, or three times?
        if joined and self.blocks:
            self.blocks[-1] = replace(last, steps=(*last.steps, step))
        else:
            self.blocks.append(Block((step,)))

    def _step(self, part: str, *, listed: bool) -> WorkoutStep | tuple[float, float] | None:
        """A step, a target alone, or None for prose."""
        durations = [*DURATION.finditer(part), *(LISTED.finditer(part) if listed else ())]
        targets = list(TARGET.finditer(part))
        if not durations and not targets:
            if FIGURE.search(part):
                raise _NotUnderstood
            return None
        rest = TARGET.sub(
            " ",
            LISTED.sub(" ", DURATION.sub(" ", part)) if listed else DURATION.sub(" ", part),
        )
        words = _words(rest)
        known = words <= FILLING | RAMP | set().union(*KINDS.values())
        if len(durations) > 1 or len(targets) > 1 or re.search(r"[\d%]", rest) or words & MISLEADING:
            raise _NotUnderstood
        if not (known or targets):
            raise _NotUnderstood
        aim = self._aim(targets[0]) if targets else None
        if not durations:
            return aim
        kind = _kind(words) or self.section
        first, last = aim or (None, None)
        ramps = first != last and (kind in (Kind.WARM_UP, Kind.COOL_DOWN) or bool(words & RAMP))
        return WorkoutStep(_seconds(durations[0]), kind, first, last, is_ramp=ramps)

    def _aim(self, target: re.Match[str]) -> tuple[float, float]:
        if target["zone"]:
            if not self.zones:
                raise _NotUnderstood
            return ZONES[int(target["zone"])]
        first, last = (_number(target[name] or target["one"]) for name in ("first", "last"))
        if not (LEAST <= first <= MOST and LEAST <= last <= MOST):
            raise _NotUnderstood
        return first, last


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text))


def _kind(words: set[str]) -> Kind:
    return next((kind for kind, names in KINDS.items() if words & names), Kind.STEADY)


def _seconds(found: re.Match[str]) -> int:
    parts = found.groupdict()
    hours, most = _number(parts.get("h")), _number(parts.get("min") or parts.get("m"))
    minutes = hours * 60 + _number(parts.get("hm")) + most
    seconds = round(minutes * 60 + _number(parts.get("ms")) + _number(parts.get("s")))
    if not 0 < seconds <= LONGEST_STEP:
        raise _NotUnderstood
    return seconds


def _number(text: str | None) -> float:
    return float((text or "0").replace(",", "."))
