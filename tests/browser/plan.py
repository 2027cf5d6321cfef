"""The plan with which every browser test starts: a past week, so that it looks the same on every day."""

import datetime
from typing import Any

from tests.conftest import execute

ATHLETE, PASSWORD = "athlete", "correct horse battery"

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (datetime.date(2024, 1, day) for day in range(1, 8))
WEEK = f"/week/{MONDAY}"

WORKOUTS: list[dict[str, Any]] = [
    {
        "title": "Easy run",
        "workout_type": "Run",
        "originally_planned_day": MONDAY,
        "planned_duration": 0.75,
        "planned_distance_meters": 8000,
        "tss": 45,
        "workout_description": "40 minutes easy.\nThen 6 x 20 seconds fast.",
        "coach_comments": "Really easy.",
    },
    {
        "title": "Technique swim",
        "workout_type": "Swim",
        "originally_planned_day": TUESDAY,
        "planned_duration": 1,
        "planned_distance_meters": 2400,
    },
    {"title": "Core circuit", "workout_type": "Strength", "originally_planned_day": TUESDAY, "planned_duration": 0.5},
    {
        "title": "Threshold ride",
        "workout_type": "Bike",
        "originally_planned_day": WEDNESDAY,
        "planned_duration": 1.5,
        "tss": 95,
    },
    {"title": "Rest", "workout_type": "Day Off", "originally_planned_day": FRIDAY},
    {
        "title": "Long ride",
        "workout_type": "Bike",
        "originally_planned_day": SATURDAY,
        "planned_duration": 3.5,
        "planned_distance_meters": 95000,
        "tss": 180,
    },
    {
        "title": "Family walk",
        "workout_type": "Walk",
        "originally_planned_day": SUNDAY,
        "planned_duration": 1.25,
        "is_custom": True,
    },
]
SELECTIONS: dict[str, dict[str, Any]] = {
    "Core circuit": {"is_selected": False},
    "Threshold ride": {
        "current_plan_day": THURSDAY,
        "time_of_day": "evening",
        "workout_location": "indoor",
        "user_notes": "Fan, two bottles.",
    },
}


def add(database: str, title: str, day: datetime.date, workout_type: str = "Run", **columns: Any) -> None:
    """One more workout, written to the database as the coach's import would."""
    insert(
        database,
        "workouts",
        {"title": title, "originally_planned_day": day, "workout_type": workout_type, "planned_duration": 1, **columns},
    )


def load(database: str) -> None:
    for workout in WORKOUTS:
        insert(database, "workouts", workout)
    for title, columns in SELECTIONS.items():
        [(workout_id,)] = execute(database, "SELECT id FROM workouts WHERE title = %s", title)
        insert(database, "workout_selections", {"is_selected": True, **columns, "workout_id": workout_id})


def insert(database: str, table: str, row: dict[str, Any]) -> None:
    values = [str(value) if isinstance(value, datetime.date) else value for value in row.values()]
    places = ", ".join(["%s"] * len(values))
    execute(database, f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *values)
