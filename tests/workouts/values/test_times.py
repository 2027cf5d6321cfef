"""Times of day as athletes wrote them, and the slots and clock times that they give."""

import datetime

import pytest

from workouts.models import Preferences
from workouts.values.times import Slot, clock_time, slot_of

TIMES = [
    ("morning", Slot.MORNING, None),
    ("Late evening", Slot.EVENING, None),
    ("7am", Slot.MORNING, datetime.time(7)),
    ("Saturday 8:30 pm", Slot.EVENING, datetime.time(20, 30)),
    ("12 a.m.", Slot.MORNING, datetime.time(0)),
    ("12pm", Slot.AFTERNOON, datetime.time(12)),
    ("18:15", Slot.EVENING, datetime.time(18, 15)),
    ("19h", Slot.EVENING, datetime.time(19)),
    ("about 6h45", Slot.MORNING, datetime.time(6, 45)),
    ("19 Uhr", Slot.EVENING, datetime.time(19)),
    ("17.30", Slot.EVENING, datetime.time(17, 30)),
    ("8.15pm", Slot.EVENING, datetime.time(20, 15)),
    ("0730", Slot.MORNING, datetime.time(7, 30)),
    ("0730-0830", Slot.MORNING, datetime.time(7, 30)),
    ("17:30-18:30", Slot.EVENING, datetime.time(17, 30)),
    ("Noon", Slot.AFTERNOON, datetime.time(12)),
    ("midnight", Slot.MORNING, datetime.time(0)),
    ("afternoon", Slot.AFTERNOON, None),
    ("23.11.2026", Slot.UNSCHEDULED, None),
    ("2026-11-23", Slot.UNSCHEDULED, None),
    ("24h", Slot.UNSCHEDULED, None),
    ("12.5 km", Slot.UNSCHEDULED, None),
    ("13pm", Slot.UNSCHEDULED, None),
    ("25:00", Slot.UNSCHEDULED, None),
    ("after work", Slot.UNSCHEDULED, None),
    ("", Slot.UNSCHEDULED, None),
    (None, Slot.UNSCHEDULED, None),
]


@pytest.mark.parametrize(("text", "slot", "time"), TIMES)
def test_slot_and_clock_time(text: str | None, slot: Slot, time: datetime.time | None) -> None:
    assert (slot_of(text), clock_time(text)) == (slot, time)


def test_a_workout_starts_at_its_clock_time_or_at_its_slots() -> None:
    preferences = Preferences(morning=datetime.time(6, 15))
    assert preferences.time_of("morning") == datetime.time(6, 15)
    assert preferences.time_of("7am") == datetime.time(7)
    assert preferences.time_of("after work") is None
