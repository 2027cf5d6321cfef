"""What descriptions of steps are made of, in lower case: separators, durations, targets and words."""

import re

from workouts.plan.steps import Kind

ZONES = {1: (45, 55), 2: (56, 75), 3: (76, 90), 4: (91, 105), 5: (106, 120), 6: (121, 150)}
"""Coggan's power zones, in percent of FTP."""

DASHES = "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
QUOTES = {"'": "\N{RIGHT SINGLE QUOTATION MARK}\N{PRIME}", '"': "\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE PRIME}"}
PLAIN = {
    ord("\N{MULTIPLICATION SIGN}"): "x",
    **dict.fromkeys(map(ord, DASHES), "-"),
    **{ord(letter): plain for plain, letters in QUOTES.items() for letter in letters},
    **dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " "),
}
"""For `str.translate`."""

CADENCE = r"\b(?:cadence\s*)?\d+(?:\s*-\s*\d+)?\s*rpm\b|\bcadence\s*\d+(?:\s*-\s*\d+)?"
ASIDE = re.compile(rf"\bvo2\s*-?max\b|^\d+[.)]\s|\bof (?:ftp|threshold)\b|{CADENCE}")
"""Left out: they name a step, or say what is not drawn."""

SEPARATOR = re.compile(r"\s*(,(?!\d)|;|\+|/|\bthen\b|\bfollowed by\b|\bw/|\bwith\b|\band\b|&|\(|\))\s*")
WITHIN = {"/", "with", "w/", "("}
"""After one of these, a step belongs to the set before it."""

AFTER = {"then", "followed by", ";"}
"""After one of these, it does not."""

SET = re.compile(r"(?P<label>\D*?)(?P<times>\d{1,2})\s*x\s*(?P<rest>.*)", re.DOTALL)
NUMBER = r"\d+(?:[.,]\d+)?"
DURATION = re.compile(
    rf"(?<![\w.,])(?:(?P<h>{NUMBER})\s*h(?:rs?|ours?)?(?:\s*(?P<hm>[0-5]?\d)\s*(?:min|m|')?)?"
    rf"|(?P<min>{NUMBER})\s*(?:min(?:s|utes?)?\b|'(?!'))(?:\s*(?P<ms>[0-5]?\d)\s*(?:s|sec|\"))?"
    rf"|(?P<s>\d+)\s*(?:s(?:ec(?:s|onds?)?)?\b|\"|''))(?!\w)"
)
LISTED = re.compile(r"(?<![\w.,])(?P<m>\d+)m(?:(?P<ms>[0-5]?\d)s)?(?!\w)")
PERCENT = r"\d{2,3}(?:[.,]\d)?"
TARGET = re.compile(
    rf"(?P<first>{PERCENT})\s*%?\s*(?:-|to)\s*(?P<last>{PERCENT})\s*%|(?P<one>{PERCENT})\s*%"
    r"|\bz(?:one\s*)?(?P<zone>[1-6])\b"
)
FIGURE = re.compile(r"%|\d\s*x\b|\d\s*(?:k|km|mi|m|yd|yards?|metres?|meters?|miles?|w|watts?)\b|\d:\d\d")
"""Looks like a step, and is not understood without a duration."""

KINDS = {
    Kind.WARM_UP: {"warm", "warmup", "wu"},
    Kind.COOL_DOWN: {"cool", "cooldown", "cd"},
    Kind.EASY: {"rest", "rests", "recovery", "recoveries", "recover", "easy", "off", "between", "each", "r", "float"},
}
RAMP = {"ramp", "build", "building", "progressive", "from"}
EACH = {"between", "each", "rests", "recoveries"}
FILLING = {"up", "down", "at", "in", "the", "of", "a", "an", "ftp", "steady", "main", "set", "ride", "riding", "run"}
FILLING |= {"running", "jog", "jogging", "spin", "spinning", "very", "active", "for", "interval", "intervals", "on"}
MISLEADING = {"every", "under", "below", "above", "after", "before", "until", "if", "or", "last", "per", "x", "rep"}
MISLEADING |= {"reps", "hr", "hrmax", "lthr", "hrr", "heart", "bpm", "max", "w", "watt", "watts", "mhr", "maxhr", "rpe"}
"""The step is not what its figures say, or its target is no part of the threshold."""
