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
NO_OTHER = r"(?!\s+(?:heart|hr|pace|power|speed))"
ASIDE = re.compile(rf"^vo2\s*-?max\b|^\d+[.)]\s|(?<=%)\s*(?:of\s+)?(?:your\s+)?threshold\b{NO_OTHER}|{CADENCE}")
"""Left out: it names the set or the threshold, or says what is not drawn."""

OF_FTP = re.compile(r"(?<=%)\s*(?:of\s+)?(?:your\s+)?(?:ftp|threshold\s+power)\b")
OF_PACE = re.compile(r"(?<=%)\s*(?:of\s+)?(?:your\s+)?threshold\s+pace\b")
LISTED_PACE = re.compile(r"(?<=%)\s*pace\b")
"""What a percentage may be of: for rides, for runs, and for runs in the format of intervals.icu."""

SEPARATOR = re.compile(r"\s*(,(?!\d)|;|\.(?!\S)|\+|/|\bthen\b|\bfollowed by\b|\bw/|\bwith\b|\band\b|&|\(|\))\s*")
INSIDE = {"with", "w/", "("}
WITHIN = {"/", *INSIDE}
"""After one of these, a step belongs to the set before it. `2h with 20min` is no set, and 20 of the 120 minutes."""

AFTER = {"then", "followed by", ";"}
"""After one of these, it does not, unless it may be the rest that the set lacks."""

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

LIMIT = re.compile(r"[<>≤≥±]|%\s*\+(?!\s*\d)|^[a-z]\)")
"""No target but a limit of one, or one of several lines to choose from."""

KINDS = {
    Kind.WARM_UP: {"warm", "warmup", "wu"},
    Kind.COOL_DOWN: {"cool", "cooldown", "cd"},
    Kind.EASY: {"rest", "rests", "recovery", "recoveries", "recover", "easy", "off", "between", "each", "r", "float"},
}
RAMP = {"ramp", "build", "building", "progressive", "from"}
EACH = {"between", "each", "rests", "recoveries"}
RIDING, RUNNING = {"ride", "riding", "spin", "spinning"}, {"run", "running", "jog", "jogging"}
FILLING = {"up", "down", "at", "in", "the", "a", "an", "steady", "main", "set", "ms", "very", "active", "for", "on"}
FILLING |= {"interval", "intervals", "session", "workout"}
FILLING |= {"tempo", "threshold", "sweet", "spot", "sweetspot", "endurance", "hard", "aerobic", "moderate", "strong"}
FILLING |= {"seated", "standing", "relaxed", "gentle", "light", "smooth", "flat"}
KNOWN = FILLING | RAMP | RIDING | RUNNING | set().union(*KINDS.values())
"""Beside figures and in headings, all other words may change what is meant: `including`, `last week`, `race pace`."""

MISLEADING = {"every", "under", "below", "above", "after", "before", "until", "if", "last", "first", "per", "x", "rep"}
MISLEADING |= {"reps", "bpm", "max", "w", "watt", "watts", "race", "pace", "effort", "speed", "total", "of", "power"}
"""Not beside figures either: the step is not what they say, or its target is no part of the threshold."""

OF_OTHERS = {"or", "oder", "ou", "either", "alternatively", "alternative", "instead", "option", "optional", "week"}
OF_OTHERS |= {"including", "includes", "included", "incl", "during", "within", "repeat", "repeats", "again"}
OF_OTHERS |= {"rounds", "sets", "times", "repetitions", "twice", "thrice"}
OF_OTHERS |= {"heart", "hr", "hrmax", "maxhr", "mhr", "hrr", "lthr", "fthr", "rpe", "mas", "vam", "mmp"}
"""Nowhere: they say of other lines that these are no steps, or no parts of the threshold."""
