"""One line as a workout: what is read, and what is refused in words."""

import time
from contextlib import suppress
from typing import Any

import pytest

from workouts.plan.quick_add import NotUnderstood, QuickWorkout, read

LINES: dict[str, dict[str, Any]] = {
    "Run 45min easy": {"title": "Easy", "workout_type": "Run", "planned_duration": 0.75},
    "Rest day": {"title": "Day Off", "workout_type": "Day Off"},
    "Bike for 1h30 at 200 W": {"title": "Bike at 200 W", "workout_type": "Bike", "planned_duration": 1.5},
    "Run 8 km in 45min": {
        "title": "Run",
        "workout_type": "Run",
        "planned_duration": 0.75,
        "planned_distance_meters": 8000,
    },
    "Bike 1:30 60km 80 TSS at 18:00 intervals": {
        "title": "Intervals",
        "workout_type": "Bike",
        "planned_duration": 1.5,
        "planned_distance_meters": 60_000,
        "tss": 80,
        "time_of_day": "18:00",
    },
    "swim 2400m technique 7am": {
        "title": "Technique",
        "workout_type": "Swim",
        "planned_distance_meters": 2400,
        "time_of_day": "7am",
    },
    "Long run 2 h 15 min Evening": {
        "title": "Long run",
        "workout_type": "Run",
        "planned_duration": 2.25,
        "time_of_day": "evening",
    },
    "Track 10 x 400m, 3x1km at 4:30/km, run 1,5h": {
        "title": "Track 10 x 400m, 3x1km at 4:30/km, run",
        "workout_type": "Run",
        "planned_duration": 1.5,
    },
    "mtb 1h30": {"title": "Mtn Bike", "workout_type": "Mtn Bike", "planned_duration": 1.5},
    "Ride 10mi @ 90 %": {"title": "Ride @ 90 %", "workout_type": "Bike", "planned_distance_meters": 16_093.44},
    "Langer Lauf über 20 km": {"title": "Langer Lauf über", "workout_type": "Run", "planned_distance_meters": 20_000},
    "Zone 2 ride 60'": {"title": "Zone 2 ride", "workout_type": "Bike", "planned_duration": 1},
    "ריצה 45min": {"title": "ריצה", "workout_type": "Other", "planned_duration": 0.75},
    "Day off": {"title": "Day Off", "workout_type": "Day Off"},
    "Run 21.1km 1:45:00": {
        "title": "Run",
        "workout_type": "Run",
        "planned_duration": 1.75,
        "planned_distance_meters": 21_100,
    },
    "Run (45mins)": {"title": "Run", "workout_type": "Run", "planned_duration": 0.75},
    "Run 45 mins: easy": {"title": "Easy", "workout_type": "Run", "planned_duration": 0.75},
    "Run 2hrs.": {"title": "Run", "workout_type": "Run", "planned_duration": 2},
    "Run ~1hr": {"title": "Run", "workout_type": "Run", "planned_duration": 1},
    "Run 1 hour and 30 minutes": {"title": "Run", "workout_type": "Run", "planned_duration": 1.5},
    "Run 2 hr 15 mins, strides of 20s": {"title": "Strides of 20s", "workout_type": "Run", "planned_duration": 2.25},
    "Run 5kms 22min 30s": {
        "title": "Run",
        "workout_type": "Run",
        "planned_duration": 0.375,
        "planned_distance_meters": 5000,
    },
    "Run 10 kilometers": {"title": "Run", "workout_type": "Run", "planned_distance_meters": 10_000},
    "Run 1h 10 x 400m": {"title": "Run 10 x 400m", "workout_type": "Run", "planned_duration": 1},
    "Bike 1h 50 TSS": {"title": "Bike", "workout_type": "Bike", "planned_duration": 1, "tss": 50},
    "Bike 1h 30/30 intervals": {"title": "Bike 30/30 intervals", "workout_type": "Bike", "planned_duration": 1},
    "Bike 1h at 30 km/h": {"title": "Bike at 30 km/h", "workout_type": "Bike", "planned_duration": 1},
    "Run 45min 4:30 min/km": {"title": "Run 4:30 min/km", "workout_type": "Run", "planned_duration": 0.75},
    "Run 1h 5'/km": {"title": "Run 5'/km", "workout_type": "Run", "planned_duration": 1},
    "Run 1h 5 min/km": {"title": "Run 5 min/km", "workout_type": "Run", "planned_duration": 1},
    "Run 1h 5'": {"title": "Run", "workout_type": "Run", "planned_duration": 65 / 60},
    "Run 1h 4'30\"/km": {"title": "Run 4'30\"/km", "workout_type": "Run", "planned_duration": 1},
    "Run 60' at 4\N{PRIME}30/km": {"title": "Run at 4\N{PRIME}30/km", "workout_type": "Run", "planned_duration": 1},
    "Ride 90min TSS 80": {"title": "Bike", "workout_type": "Bike", "planned_duration": 1.5, "tss": 80},
    "Bike tss: 80.5 1h30 hills": {"title": "Hills", "workout_type": "Bike", "planned_duration": 1.5, "tss": 80.5},
    "Bike 50 TSS 80 min": {"title": "Bike", "workout_type": "Bike", "planned_duration": 80 / 60, "tss": 50},
    "Bike for TSS 80min": {"title": "For TSS", "workout_type": "Bike", "planned_duration": 80 / 60},
    "Run 45min at 5k pace": {"title": "Run at 5k pace", "workout_type": "Run", "planned_duration": 0.75},
    "Ride 2h Z2 at 7am": {
        "title": "Ride Z2",
        "workout_type": "Bike",
        "planned_duration": 2,
        "time_of_day": "7am",
    },
    "Bike 4:30 200 TSS": {"title": "Bike", "workout_type": "Bike", "planned_duration": 4.5, "tss": 200},
    "Run 45min in the sun": {"title": "Run in the sun", "workout_type": "Run", "planned_duration": 0.75},
}
REFUSED = {
    "Run 45min at 7": "“at 7” is no time of day: write at 7:00 or at 7am.",
    "Swim 2km tomorrow": "“tomorrow”: write it on the day",
    "Thursday run 45min": "“Thursday”: write it on the day",
    "Sat long run 2h": "“Sat”: write it on the day",
    "Run 2026-11-28 45min": "“2026-11-28”: write it on the day",
    "Run 45min next week": "“next week”: write it on the day",
    "Run 45min at 19": "“at 19” is no time of day: write at 19:00.",
    "Run 3/4h": "“3/4h” cannot be read: write one figure and its unit",
    "Run 1½ hours": "“1½ hours” cannot be read: write one figure and its unit",
    "Run 30-45min": "“30-45min” cannot be read: write one figure and its unit",
    "Run 45min-1h": "“45min-1h” cannot be read: write one figure and its unit",
    "Run 1h45:30": "“1h45:30” cannot be read: write one figure and its unit",
    "6 x 3/4 mile run": "“3/4 mile” cannot be read: write one figure and its unit",
    "Run half an hour": "“an hour” cannot be read: a duration is written 45min or 1h30.",
    "Run 90s": "“90s” cannot be read: a duration is written 45min or 1h30.",
    "Run 45:00": "“45:00” is not clear: write 45h00 or 45min.",
    "Swim 2500m technique 6:30": "“6:30” is not clear: write 6h30 or 6min, or at 6:30 for a time of day.",
    " ": "Write what and how long",
    "45min": "Write what and how long",
    "Run 45": "“45” has no unit: write 45min or 45km.",
    "Run 45m": "“45m” is 45 metres. Minutes are written “45min”",
    "Swim 2,400m": "“2,400m” is 2.4 metres.",
    "Run 18:30 45min": "“18:30” and “45min”: which duration? A time of day is written “at 18:00”.",
    "Run 5km at 25:00": "“25:00” is no time of day.",
    "Ride 1h 50 TSS, TSS 80": "“50 TSS” and “TSS 80”: which TSS?",
    "Run 300h": "“300h” is no duration of a workout.",
    "Run 0min": "“0min” is no duration of a workout.",
    "Run 1h " + "x" * 501: "The title is longer than 500 characters.",
}


@pytest.mark.parametrize("line", ["Schwimmtraining 1,5 Std", "swimming 1h30", "schwimmen 1 Stunde 30 Minuten"])
def test_german_is_read_as_well(line: str) -> None:
    found = read(line)
    assert (found.workout_type, found.planned_duration) == ("Swim", 1.5)


@pytest.mark.parametrize("line", LINES)
def test_is_read(line: str) -> None:
    found = read(line)
    assert found == QuickWorkout(**LINES[line] | {"planned_distance_meters": found.planned_distance_meters})
    assert found.planned_distance_meters == pytest.approx(LINES[line].get("planned_distance_meters"))


@pytest.mark.parametrize("line", ["1" * 1_000, "a " * 500, "1h" * 500, "1:00:00" * 140, "hour " * 200, "(1 " * 333])
def test_a_line_of_any_length_is_read_or_refused_at_once(line: str) -> None:
    started = time.process_time()
    with suppress(NotUnderstood):
        read(line)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("line", REFUSED)
def test_is_refused_with_what_was_not_understood(line: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        read(line)
    assert str(refusal.value).startswith(REFUSED[line])
