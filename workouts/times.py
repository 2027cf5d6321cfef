"""The time of day that an athlete gives a workout: a slot of the week page, a clock time, or any words."""

import datetime
import re

from django.db.models import TextChoices


class Slot(TextChoices):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    UNSCHEDULED = ""


CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?\s*(?P<half>[ap])\.?m\b|\b(\d{1,2}):([0-5]\d)\b", re.IGNORECASE
)
NOON, FIVE = datetime.time(12), datetime.time(17)


def clock_time(text: str | None) -> datetime.time | None:
    """The time in `text` such as `7am`, `Saturday 8:30 pm` or `18:15`, None where there is none."""
    found = CLOCK.search(text or "")
    if not found:
        return None
    if half := found["half"]:
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    else:
        hour, minute = int(found[4]), int(found[5])
    return datetime.time(hour, minute) if hour < 24 else None


def slot_of(text: str | None) -> Slot:
    """Where on the week page a workout of this time of day stands. Words that name no time are unscheduled."""
    if time := clock_time(text):
        return Slot.MORNING if time < NOON else Slot.AFTERNOON if time < FIVE else Slot.EVENING
    words = (text or "").lower()
    return next((slot for slot in Slot if slot and slot in words), Slot.UNSCHEDULED)
