"""Workout types of the sports that devices know."""

import re

from workouts.models import WorkoutType

SUB_SPORTS = {
    "mountain": WorkoutType.MTN_BIKE,
    "treadmill": WorkoutType.RUN,
    "indoor_cycling": WorkoutType.BIKE,
    "spin": WorkoutType.BIKE,
    "strength_training": WorkoutType.STRENGTH,
    "indoor_rowing": WorkoutType.ROWING,
}
"""FIT's sub-sports that differ from their sport."""

NUMBERS = {"1": "cycling", "9": "running"}
"""What Strava wrote for a sport in GPX files."""

NAMES = {
    r"motor": WorkoutType.OTHER,
    r"mountain.?bik|mtb": WorkoutType.MTN_BIKE,
    r"swim": WorkoutType.SWIM,
    r"cycl|bik|ride": WorkoutType.BIKE,
    r"run|treadmill": WorkoutType.RUN,
    r"strength|weight": WorkoutType.STRENGTH,
    r"cross.country.ski|nordic": WorkoutType.XC_SKI,
    r"row": WorkoutType.ROWING,
    r"walk|hik": WorkoutType.WALK,
}
"""Patterns for the lower-case name of a sport in any format: FIT's `running`, TCX's `Biking`, GPX's `trail_run`."""


def workout_type_of(sport: str, sub_sport: str = "") -> str:
    """The workout type, `Other` for an unknown sport."""
    if sub_sport in SUB_SPORTS:
        return SUB_SPORTS[sub_sport].value
    name = NUMBERS.get(sport.strip(), sport).lower()
    return next((kind for pattern, kind in NAMES.items() if re.search(pattern, name)), WorkoutType.OTHER).value


def title_of(sport: str, sub_sport: str) -> str:
    """FIT's name of a sport that no workout type names, such as `Yoga`; empty for others, and for one by number."""
    if workout_type_of(sport, sub_sport) != WorkoutType.OTHER:
        return ""
    named = sport if sub_sport in ("", "generic") else sub_sport
    return "" if named == "generic" or named.isdigit() else named.replace("_", " ").capitalize()
