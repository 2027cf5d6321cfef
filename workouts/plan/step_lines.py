"""Reads the lines of a description: headings, lists, and sets of steps. Pure."""

import re
from dataclasses import replace

from workouts.plan.step_parts import NoSteps, StepContext, Target, kind_of, read_part, words
from workouts.plan.step_words import (
    AFTER,
    ASIDE,
    EACH,
    INSIDE,
    KNOWN,
    LIMIT,
    LISTED_PACE,
    OF_FTP,
    OF_OTHERS,
    OF_PACE,
    SEPARATOR,
    SET,
    WITHIN,
)
from workouts.plan.steps import Block, Kind, WorkoutStep


class StepReader:
    """The blocks so far. While `is_open`, the steps of a list or between parentheses belong to the last one.

    `answers` say of each step for which it is open whether it is a part of the set before it.
    """

    def __init__(self, *, ride: bool, answers: tuple[bool, ...]) -> None:
        self.ride, self.answers, self.open_questions = ride, answers, 0
        self.blocks: list[Block] = []
        self.is_open = self.is_one_step = False
        self.section = Kind.STEADY

    def read(self, text: str) -> list[Block]:
        for line in map(str.strip, text.splitlines()):
            self._line(line, listed=line.startswith(("- ", "* ", "• ")))
        if any(not block.steps for block in self.blocks):
            raise NoSteps
        return self.blocks

    def _line(self, line: str, *, listed: bool) -> None:
        line = self._without_asides(line.lstrip("-*• "), listed=listed)
        if not listed:
            self.is_open, self.section = False, Kind.STEADY
        if LIMIT.search(line):
            raise NoSteps
        if not re.search(r"[\d%]", line):
            self._prose(line, listed=listed)
        elif (found := SET.fullmatch(line.strip(" .:"))) and not found["rest"]:
            if listed:
                raise NoSteps  # which of the items below it are repeated?
            self._begin(found)
            self.is_open = True
        elif listed and self.is_one_step:
            raise NoSteps  # a list of what the step above it consists of?
        else:
            before = len(self.blocks)
            self._parts(line.strip(" .:"), listed=listed)
            steps = [step for block in self.blocks[before:] for step in block.steps * block.times]
            self.is_one_step = not listed and [step.kind for step in steps] == [Kind.STEADY]

    def _without_asides(self, line: str, *, listed: bool) -> str:
        line = (OF_FTP if self.ride else OF_PACE).sub(" ", line)
        line = LISTED_PACE.sub(" ", line) if listed and not self.ride else line
        return ASIDE.sub(" ", line).strip()

    def _prose(self, line: str, *, listed: bool) -> None:
        """A heading or a sentence. One that says of the lines around it that they are no steps is not understood."""
        names = words(line)
        if names & OF_OTHERS or (line.endswith(":") and not names <= KNOWN):
            raise NoSteps
        if not listed and names <= KNOWN:
            self.section = kind_of(names)

    def _parts(self, line: str, *, listed: bool) -> None:
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
        within = self.is_open or (self.blocks and not self.blocks[-1].steps)
        if within or not words(found["label"]) <= KNOWN or not int(found["times"]) >= 1:
            raise NoSteps
        self.blocks.append(Block((), int(found["times"])))

    def _part(self, part: str, separator: str, *, listed: bool, starts: bool) -> None:
        if found := SET.fullmatch(part):
            if separator in INSIDE and not starts:
                raise NoSteps  # 2 h with 3 x 12min @ 90 %: within the two hours
            self._begin(found)
            part, separator = found["rest"], "("
            if not part:
                return
        step = read_part(part, StepContext(self.ride, listed, self.section))
        if isinstance(step, WorkoutStep):
            self._add(step, part, separator, starts=starts)
        elif step:
            self._aim(step, starts=starts)

    def _aim(self, target: Target, *, starts: bool) -> None:
        """`12min, 90 %` is one step."""
        steps = self.blocks[-1].steps if self.blocks and not starts else ()
        if not steps or steps[-1].first is not None:
            raise NoSteps
        aimed = replace(steps[-1], first=target[0], last=target[1])
        self.blocks[-1] = replace(self.blocks[-1], steps=(*steps[:-1], aimed))

    def _add(self, step: WorkoutStep, part: str, separator: str, *, starts: bool) -> None:
        last = self.blocks[-1] if self.blocks else Block(())
        if self.blocks and self._is_part_of(last, step, part, separator, starts=starts):
            self.blocks[-1] = replace(last, steps=(*last.steps, step))
        else:
            self.blocks.append(Block((step,)))

    def _is_part_of(self, last: Block, step: WorkoutStep, part: str, separator: str, *, starts: bool) -> bool:
        """Whether a step belongs to the last block, which is a set if it is repeated."""
        if self.is_open or not last.steps:
            return True
        if last.times == 1 or step.kind in (Kind.WARM_UP, Kind.COOL_DOWN):
            if separator in INSIDE and not starts:
                raise NoSteps  # 2 h with 20min @ 90 %: within the two hours
            return False
        if separator in WITHIN or words(part) & EACH:
            return True
        if starts or separator in AFTER:
            return step.kind == Kind.EASY and len(last.steps) == 1 and self._answer()
        return self._answer()  # 3 x 12min @ 90 %, 5min easy: once, or three times?

    def _answer(self) -> bool:
        self.open_questions += 1
        return self.answers[self.open_questions - 1] if self.open_questions <= len(self.answers) else True
