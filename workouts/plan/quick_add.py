"""A workout in one line, such as `Run 45min easy` or `Bike 1h30 60km 80 TSS at 18:00 intervals`. Pure."""

import re
from collections.abc import Container
from dataclasses import dataclass

from workouts.models import WorkoutType
from workouts.plan.quick_parts import BARE, HOUR, OTHER_DAY, PARTS, UNREAD, WITHOUT_FIGURE
from workouts.values import bounds
from workouts.values.measures import METRES_IN
from workouts.values.times import clock_time

TYPES = {
    **{kind.value.lower(): kind for kind in WorkoutType},
    **{kind.label.lower(): kind for kind in WorkoutType},
    **dict.fromkeys(("ride", "cycling"), WorkoutType.BIKE),
    **dict.fromkeys(("running", "jog"), WorkoutType.RUN),
    **dict.fromkeys(("gym", "weights"), WorkoutType.STRENGTH),
    **dict.fromkeys(("walking", "hike"), WorkoutType.WALK),
    "mtb": WorkoutType.MTN_BIKE,
    "swimming": WorkoutType.SWIM,
    "row": WorkoutType.ROWING,
    **dict.fromkeys(("rest", "rest day"), WorkoutType.DAY_OFF),
    **dict.fromkeys(("laufen", "lauf", "dauerlauf", "lauftraining", "trail run", "trailrun"), WorkoutType.RUN),
    **dict.fromkeys(("rad", "radfahren", "radtraining", "rennrad"), WorkoutType.BIKE),
    **dict.fromkeys(("schwimmen", "schwimmtraining"), WorkoutType.SWIM),
    **dict.fromkeys(("kraft", "krafttraining"), WorkoutType.STRENGTH),
    "rudern": WorkoutType.ROWING,
    "langlauf": WorkoutType.XC_SKI,
    "wandern": WorkoutType.WALK,
    "ruhetag": WorkoutType.DAY_OFF,
}
"""By what people write in English and German, in lower case."""

LONGEST_FIRST = "|".join(map(re.escape, sorted(TYPES, key=len, reverse=True)))
TYPE = re.compile(rf"(?<![\w-])(?:{LONGEST_FIRST})(?![\w-])", re.IGNORECASE)
AROUND = " .,:;~-\N{EN DASH}"
SHORTEST = 50
"""Metres. A distance below is hardly meant: `45m` may be minutes, and `2,400m` a thousands separator."""

HALF_A_DAY, DAY, CLOCK_LIKE = 12, 24, 5
"""Hours: `at 19` is not `19am`, and from `5:00` on a duration may also be a time of day, or minutes."""

OWN_TITLE = re.compile(r"[^\W\d]{3}")
"""How a title begins that needs no type before it, unlike `Z2` and `at 200 W`."""

KINDS = {
    "time of day": dict.fromkeys(("time", "clock", "slot"), 1.0),
    "duration": {"hm": 1.0, "h": 1.0, "min": 1 / 60},
    "distance": METRES_IN,
    "TSS": dict.fromkeys(("tss", "tss_first"), 1.0),
}
"""What a part says, and its groups with their factors: durations are in hours, distances in metres."""

MOST = {"duration": bounds.HOURS, "distance": bounds.METRES, "TSS": bounds.TSS}


class NotUnderstood(ValueError):
    """The line cannot be read. The text is for the athlete."""


@dataclass(frozen=True)
class QuickWorkout:
    """What a line says, with None for what it does not say."""

    title: str
    workout_type: str
    planned_duration: float | None = None
    """Hours."""
    planned_distance_meters: float | None = None
    tss: float | None = None
    time_of_day: str | None = None


def read(line: str) -> QuickWorkout:
    """Reads a type, a duration, a distance, a TSS and a time of day in any order. What is left is the title.

    Intervals (`6 x 400m`) and a pace (`4:30/km`) belong to the title. Raises NotUnderstood.
    """
    found: dict[str, re.Match[str]] = {}
    for part in PARTS.finditer(line):
        kind = next((kind for kind, groups in KINDS.items() if groups.keys() & _groups(part)), None)
        if kind in found:
            raise NotUnderstood(
                f"“{found[kind][0]}” and “{part[0]}”: which {kind}? A time of day is written “at 18:00”."
            )
        if kind:
            found[kind] = part
    rest = PARTS.sub(lambda part: part[0] if part["title"] else " ", line)
    _check(PARTS.sub(" ", line), rest, found)
    values = {kind: _number(kind, found[kind]) for kind in MOST if kind in found}
    title, kind_of_workout = _title_and_type(" ".join(rest.split()).strip(AROUND))
    return QuickWorkout(
        title,
        kind_of_workout,
        values.get("duration"),
        values.get("distance"),
        values.get("TSS"),
        _time(found["time of day"]) if "time of day" in found else None,
    )


def _check(unread: str, rest: str, found: Container[str]) -> None:
    """Raises NotUnderstood if what is left looks like a figure. `rest` has those that belong to the title, as well."""
    if day := OTHER_DAY.search(rest):
        raise NotUnderstood(f"“{day[0]}”: write it on the day on which you want to do it.")
    if hour := HOUR.search(rest):
        or_am = f" or {hour[0]}am" if int(hour[0].split()[1]) <= HALF_A_DAY else ""
        raise NotUnderstood(f"“{hour[0]}” is no time of day: write {hour[0]}:00{or_am}.")
    if part := UNREAD.search(unread):
        raise NotUnderstood(f"“{part[0]}” cannot be read: write one figure and its unit, such as 45min, 1h30 or 12km.")
    if "duration" in found or "distance" in found:
        return
    if part := WITHOUT_FIGURE.search(unread):
        raise NotUnderstood(f"“{part[0]}” cannot be read: a duration is written 45min or 1h30.")
    if bare := BARE.search(unread):
        raise NotUnderstood(f"“{bare[0]}” has no unit: write {bare[0]}min or {bare[0]}km.")


def _groups(part: re.Match[str]) -> set[str]:
    return {name for name, text in part.groupdict().items() if text is not None}


def _number(kind: str, part: re.Match[str]) -> float:
    if part["past"] and not part["past_s"] and int(part["whole"]) >= CLOCK_LIKE:
        hours, minutes = part["whole"], part["past"]
        or_time = f", or at {hours}:{minutes} for a time of day" if int(hours) < DAY else ""
        raise NotUnderstood(f"“{part[0]}” is not clear: write {hours}h{minutes} or {hours}min{or_time}.")
    if part["hm"]:
        value = int(part["whole"]) + int(part["past"] or part["rest"]) / 60
    else:
        name = next(iter(KINDS[kind].keys() & _groups(part)))
        value = float(part[name].replace(",", ".")) * KINDS[kind][name]
    value += int(part["past_s"] or part["rest_s"] or part["min_s"] or 0) / 3600
    if part["m"] and value < SHORTEST:
        raise NotUnderstood(f"“{part[0]}” is {value:g} metres. Minutes are written “45min”, a longer distance “1500m”.")
    if not 0 < value <= MOST[kind]:
        raise NotUnderstood(f"“{part[0]}” is no {kind} of a workout.")
    return value


def _time(part: re.Match[str]) -> str:
    text = part["time"] or part["clock"] or part["slot"]
    if not part["slot"] and clock_time(text) is None:
        raise NotUnderstood(f"“{text}” is no time of day.")
    return text.lower()


def _title_and_type(text: str) -> tuple[str, str]:
    """A type at the beginning is part of the title only if the rest is none; in `Long run` it is."""
    found = TYPE.search(text)
    kind = TYPES[found[0].lower()] if found else WorkoutType.OTHER
    title = text[found.end() :].strip(AROUND) if found and not found.start() else text
    if len(title) > bounds.TITLE:
        raise NotUnderstood(f"The title is longer than {bounds.TITLE} characters.")
    if not title and not found:
        raise NotUnderstood("Write what and how long, such as “Run 45min easy”.")
    named = title if re.search(r"\w", title) else ""
    if named and found and not found.start() and not OWN_TITLE.match(named):
        named = f"{found[0]} {named}"
    return named[:1].upper() + named[1:] or str(kind.label), kind.value
