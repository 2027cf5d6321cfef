"""One line as a workout: what is read, and what is refused in words."""

from typing import Any

import pytest

from workouts.plan.quick_add import NotUnderstood, QuickWorkout, read

LINES: dict[str, dict[str, Any]] = {
    "Run 45min easy": {"title": "Easy", "workout_type": "Run", "planned_duration": 0.75},
    "Rest day": {"title": "Day Off", "workout_type": "Day Off"},
    "Bike for 1h30 at 200 W": {"title": "At 200 W", "workout_type": "Bike", "planned_duration": 1.5},
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
    "Ride 10mi @ 90 %": {"title": "@ 90 %", "workout_type": "Bike", "planned_distance_meters": 16_093.44},
    "Langer Lauf über 20 km": {"title": "Langer Lauf über", "workout_type": "Other", "planned_distance_meters": 20_000},
    "Zone 2 ride 60'": {"title": "Zone 2 ride", "workout_type": "Bike", "planned_duration": 1},
    "ריצה 45min": {"title": "ריצה", "workout_type": "Other", "planned_duration": 0.75},
    "Day off": {"title": "Day Off", "workout_type": "Day Off"},
}
REFUSED = {
    "Run 45min at 7": "“at 7” is no time of day: write at 7:00 or at 7am.",
    "Swim 2km tomorrow": "“tomorrow”: write it on the day",
    " ": "Write what and how long",
    "45min": "Write what and how long",
    "Run 45": "“45” has no unit: write 45min or 45km.",
    "Run 45m": "“45m” is 45 metres. Minutes are written “45min”",
    "Swim 2,400m": "“2,400m” is 2.4 metres.",
    "Run 18:30 45min": "“18:30” and “45min”: which duration? A time of day is written “at 18:00”.",
    "Run 5km at 25:00": "“25:00” is no time of day.",
    "Run 300h": "“300h” is no duration of a workout.",
    "Run 0min": "“0min” is no duration of a workout.",
    "Run 1h " + "x" * 501: "The title is longer than 500 characters.",
}


@pytest.mark.parametrize("line", LINES)
def test_is_read(line: str) -> None:
    found = read(line)
    assert found == QuickWorkout(**LINES[line] | {"planned_distance_meters": found.planned_distance_meters})
    assert found.planned_distance_meters == pytest.approx(LINES[line].get("planned_distance_meters"))


@pytest.mark.parametrize("line", REFUSED)
def test_is_refused_with_what_was_not_understood(line: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        read(line)
    assert str(refusal.value).startswith(REFUSED[line])
