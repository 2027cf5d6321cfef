"""The time of day of a workout as the athlete writes it: a slot of the week page, a clock time, or any words."""

import datetime
import re

from django.db.models import TextChoices


class Slot(TextChoices):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    UNSCHEDULED = ""


NOON, FIVE, MIDNIGHT = datetime.time(12), datetime.time(17), datetime.time(0)
WORDS = {"noon": NOON, "midday": NOON, "midnight": MIDNIGHT}
CLOCK = re.compile(
    r"""(?<![\d.:/]) (?:
        (?P<hour12>\d{1,2}) (?:[:.](?P<minute12>[0-5]\d))? \s* (?P<half>[ap])\.?m\b  # 7am, 8:30 p.m.
      | (?P<hour>\d{1,2}) (?: \s?(?:h|uhr)\s?(?P<minute_h>[0-5]\d)?\b  # 19h, 19h30
                           | :(?P<minute>[0-5]\d)(?!\d)  # 18:15
                           | \.(?P<minute_dot>[0-5]\d)(?![./]?\d) )  # 17.30, not a date
      | (?P<hour24>\d\d)(?P<minute24>[0-5]\d)(?![.:/]?\d|-\d\d?\b)  # 0730, not a date
      | \b(?P<word>noon|midday|midnight)\b )""",
    re.IGNORECASE | re.VERBOSE,
)
MINUTES = ("minute_h", "minute", "minute_dot", "minute24")


def clock_time(text: str | None) -> datetime.time | None:
    """The time in a text such as `7am`, `Saturday 8:30 pm`, `18:15`, `17.30`, `19h`, `0730` or `noon`, else None."""
    found = CLOCK.search(text or "")
    if not found:
        return None
    if word := found["word"]:
        return WORDS[word.lower()]
    if half := found["half"]:
        return _on_the_clock(found["hour12"], found["minute12"], half.lower())
    hour = int(found["hour"] or found["hour24"])
    minute = next((int(found[name]) for name in MINUTES if found[name]), 0)
    return datetime.time(hour, minute) if hour < 24 else None


def _on_the_clock(hour: str, minute: str | None, half: str) -> datetime.time | None:
    if not 1 <= int(hour) <= 12:
        return None
    return datetime.time(int(hour) % 12 + (12 if half == "p" else 0), int(minute or 0))


def slot_of(text: str | None) -> Slot:
    """The slot of the week page for this time of day. Words that name no time are unscheduled."""
    if time := clock_time(text):
        return Slot.MORNING if time < NOON else Slot.AFTERNOON if time < FIVE else Slot.EVENING
    words = (text or "").lower()
    return next((slot for slot in Slot if slot and slot in words), Slot.UNSCHEDULED)
