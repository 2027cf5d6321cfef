"""The demo week: for each workout the coach's day (0 is Monday), the athlete's day if moved, selection, and workout."""

from typing import Any

TARGETS: dict[str, Any] = {
    "minutes": 9 * 60,
    "tss": 320,
    "minutes_by_discipline": {"Swim": 60, "Bike": 5 * 60 + 30, "Run": 90, "Strength": 30},
}

PLAN: list[tuple[int, int | None, dict[str, Any], dict[str, Any]]] = [
    (
        0,
        None,
        {"time_of_day": "morning", "workout_location": "outdoor"},
        {
            "title": "Easy run with strides",
            "workout_type": "Run",
            "workout_description": "40 minutes easy.\nThen 6 x 20 seconds fast, walk back.",
            "planned_duration": 0.8,
            "planned_distance_meters": 8000,
            "tss": 45,
            "intensity_factor": 0.75,
        },
    ),
    (
        1,
        None,
        {},
        {
            "title": "Technique and 8 x 100",
            "workout_type": "Swim",
            "workout_description": "400 easy, drills, 8 x 100 with 20 seconds rest, 200 easy.",
            "planned_duration": 1.0,
            "planned_distance_meters": 2400,
            "coach_comments": "Count your strokes on the last four.",
        },
    ),
    (
        1,
        None,
        {"is_selected": False},
        {
            "title": "Core circuit",
            "workout_type": "Strength",
            "workout_description": "Three rounds, no weights.",
            "planned_duration": 0.5,
        },
    ),
    (
        2,
        3,
        {"time_of_day": "evening", "workout_location": "indoor", "user_notes": "Fan, two bottles."},
        {
            "title": "3 x 12 minutes at threshold",
            "workout_type": "Bike",
            "workout_description": "Warm up 20 minutes. 3 x 12 minutes at threshold, 5 minutes easy between.",
            "planned_duration": 1.5,
            "tss": 95,
            "intensity_factor": 0.88,
        },
    ),
    (4, None, {}, {"title": "Rest", "workout_type": "Day Off", "coach_comments": "Really."}),
    (
        5,
        None,
        {"time_of_day": "7am"},
        {
            "title": "Long ride",
            "workout_type": "Bike",
            "workout_description": "Steady on rolling roads. Eat every half hour.",
            "planned_duration": 3.5,
            "planned_distance_meters": 95000,
            "tss": 180,
            "intensity_factor": 0.72,
        },
    ),
    (
        6,
        None,
        {},
        {
            "title": "Walk with the family",
            "workout_type": "Walk",
            "planned_duration": 1.25,
            "is_custom": True,
        },
    ),
]
