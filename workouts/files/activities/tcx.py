"""TCX files (Garmin's Training Center): activities of laps, which have the figures; if not, those of their points."""

import datetime

from workouts.files.activities.activity import Activity, NotAnActivity, activity_of
from workouts.files.activities.averages import Average, number_of
from workouts.files.activities.gpx import moment_of
from workouts.files.activities.sports import workout_type_of
from workouts.files.activities.xml_stream import Attributes, read_elements


class Laps:
    """Sums up the laps of one activity."""

    def __init__(self, sport: str) -> None:
        self.sport = sport
        self.started_at: datetime.datetime | None = None
        self.seconds = self.metres = self.lap_seconds = 0.0
        self.heart_rate, self.power = Average(least=1), Average()
        self.heart_rate_of_points, self.power_of_points = Average(least=1), Average()

    def activity(self) -> Activity:
        heart_rate, power = self.heart_rate.value, self.power.value
        figures = {
            "hours": self.seconds / 3600,
            "metres": self.metres,
            "heart_rate": self.heart_rate_of_points.value if heart_rate is None else heart_rate,
            "power": self.power_of_points.value if power is None else power,
        }
        return activity_of(self.started_at, workout_type_of(self.sport), figures)


class TrainingCenter:
    """Collects the activities of a file."""

    def __init__(self) -> None:
        self.activities: list[Laps] = []

    def opened(self, path: list[str], attributes: Attributes) -> None:
        match path:
            case [*_, "Activity"]:
                self.activities.append(Laps(attributes.get("Sport", "")))
            case [*_, "Activity", "Lap"]:
                laps = self.activities[-1]
                laps.lap_seconds = 0
                laps.started_at = laps.started_at or moment_of(attributes["StartTime"])

    def closed(self, path: list[str], text: str) -> None:
        if not self.activities:
            return
        laps = self.activities[-1]
        match path:
            case [*_, "Lap", "TotalTimeSeconds"]:
                laps.lap_seconds = float(text)
                laps.seconds += laps.lap_seconds
            case [*_, "Lap", "DistanceMeters"]:
                laps.metres += number_of(text) or 0
            case [*_, "Lap", "AverageHeartRateBpm", "Value"]:
                laps.heart_rate.add_text(text, laps.lap_seconds)
            case [*_, "LX", "AvgWatts"]:
                laps.power.add_text(text, laps.lap_seconds)
            case [*_, "Trackpoint", "HeartRateBpm", "Value"]:
                laps.heart_rate_of_points.add_text(text)
            case [*_, "TPX", "Watts"]:
                laps.power_of_points.add_text(text)


def read_tcx(content: bytes) -> list[Activity]:
    """The activities of a file: several for a multisport one. Raises NotAnActivity."""
    file = TrainingCenter()
    read_elements(content, file.opened, file.closed)
    if not file.activities:
        raise NotAnActivity("This TCX file has no recorded activity: it may be a course or a workout.")
    return [laps.activity() for laps in file.activities]
