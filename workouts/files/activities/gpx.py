"""GPX files: tracks of points. Time and distance are those within segments, without their pauses."""

import datetime
from contextlib import suppress
from math import asin, cos, radians, sin, sqrt

from workouts.files.activities.activity import Activity, NotAnActivity, activity_of
from workouts.files.activities.averages import Average, number_of
from workouts.files.activities.pauses import Pauses
from workouts.files.activities.sports import workout_type_of
from workouts.files.activities.xml_stream import Attributes, read_elements

EARTH = 6_371_000
"""Its mean radius in metres."""

Place = tuple[float, float]


class Track:
    """Sums up the points of all tracks of a file."""

    def __init__(self) -> None:
        self.started_at: datetime.datetime | None = None
        self.seconds = self.metres = self.way = 0.0
        self.pauses = Pauses()
        self.heart_rate, self.power = Average(least=1), Average()
        self.title = self.sport = ""
        self.place: Place | None = None
        self.moment: datetime.datetime | None = None

    def opened(self, path: list[str], attributes: Attributes) -> None:
        if path[-1] == "trkseg":
            self.place = self.moment = None
        elif path[-1] == "trkpt" and (here := _place(attributes)):
            self.way += great_circle(self.place, here) if self.place else 0
            self.place = here

    def closed(self, path: list[str], text: str) -> None:
        match path:
            case [*_, "trk", "name"]:
                self.title = self.title or text
            case [*_, "trk", "type"]:
                self.sport = self.sport or text
            case [*_, "trkpt", "time"]:
                with suppress(ValueError):
                    self._pass(moment_of(text))
            case [*_, "trkpt", "extensions", "power"] | [*_, "trkpt", "extensions", _, "power" | "PowerInWatts"]:
                self.power.add_text(text)
            case [*_, "hr"]:
                self.heart_rate.add_text(text)

    def _pass(self, moment: datetime.datetime) -> None:
        self.started_at = self.started_at or moment
        if self.moment:
            seconds = max(0, (moment - self.moment).total_seconds())
            self.seconds += seconds
            self.pauses.add(seconds, self.way)
        self.metres, self.way = self.metres + self.way, 0
        self.moment = moment


def read_gpx(content: bytes) -> list[Activity]:
    """The one activity of a file. Raises NotAnActivity."""
    track = Track()
    read_elements(content, track.opened, track.closed)
    if track.started_at is None:
        raise NotAnActivity("This GPX file has no times, so it is a route and no recorded activity.")
    pauses = list(track.pauses)
    figures = {
        "hours": (track.seconds - sum(seconds for seconds, _ in pauses)) / 3600,
        "metres": track.metres + track.way - sum(metres for _, metres in pauses),
        "heart_rate": track.heart_rate.value,
        "power": track.power.value,
    }
    return [activity_of(track.started_at, workout_type_of(track.sport), figures, track.title)]


def _place(attributes: Attributes) -> Place | None:
    latitude, longitude = (number_of(attributes.get(name, "")) for name in ("lat", "lon"))
    return None if latitude is None or longitude is None else (latitude, longitude)


def moment_of(text: str) -> datetime.datetime:
    """A time in ISO 8601. The formats require UTC, so a time without a zone is UTC. Raises ValueError."""
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def great_circle(start: Place, end: Place) -> float:
    """The distance of two places, in degrees of latitude and longitude, by the haversine formula. In metres."""
    latitude, to_latitude = radians(start[0]), radians(end[0])
    across = sin((to_latitude - latitude) / 2) ** 2
    across += cos(latitude) * cos(to_latitude) * sin(radians(end[1] - start[1]) / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1, across)))
