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


TOGETHER = datetime.timedelta(hours=1)
"""At most between tracks that are one activity: some devices begin a new one when they are switched on again."""

MOST = 50
"""Activities in a file."""


class Track:
    """Sums up the points of one track."""

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

    def end(self) -> None:
        """Leaves out the pauses."""
        for seconds, metres in self.pauses:
            self.seconds -= seconds
            self.way -= metres

    def is_followed_by(self, other: "Track") -> bool:
        """Whether the other one is a part of the same activity, or says nothing."""
        if not (self.moment and other.started_at):
            return True
        is_soon = datetime.timedelta(0) <= other.started_at - self.moment <= TOGETHER
        return is_soon and self.sport.lower() == other.sport.lower()

    def add(self, other: "Track") -> None:
        self.started_at, self.moment = self.started_at or other.started_at, other.moment or self.moment
        self.title, self.sport = self.title or other.title, self.sport or other.sport
        self.seconds, self.metres, self.way = (
            self.seconds + other.seconds,
            self.metres + other.metres,
            self.way + other.way,
        )
        for mine, others in ((self.heart_rate, other.heart_rate), (self.power, other.power)):
            mine.total, mine.weight = mine.total + others.total, mine.weight + others.weight

    def activity(self) -> Activity:
        figures = {
            "hours": self.seconds / 3600,
            "metres": self.metres + self.way,
            "heart_rate": self.heart_rate.value,
            "power": self.power.value,
        }
        return activity_of(self.started_at, workout_type_of(self.sport), figures, self.title)

    def _pass(self, moment: datetime.datetime) -> None:
        self.started_at = self.started_at or moment
        if self.moment:
            seconds = max(0, (moment - self.moment).total_seconds())
            self.seconds += seconds
            self.pauses.add(seconds, self.way)
        self.metres, self.way = self.metres + self.way, 0
        self.moment = moment


class Tracks:
    """The activities of a file: tracks, and those that belong to the one before them."""

    def __init__(self) -> None:
        self.found: list[Track] = []
        self._open = Track()

    def opened(self, path: list[str], attributes: Attributes) -> None:
        if path[-1] == "trk":
            self._open = Track()
        self._open.opened(path, attributes)

    def closed(self, path: list[str], text: str) -> None:
        self._open.closed(path, text)
        if path[-1] != "trk":
            return
        self._open.end()
        if self.found and self.found[-1].is_followed_by(self._open):
            self.found[-1].add(self._open)
        elif len(self.found) == MOST:
            raise NotAnActivity(f"This GPX file has more than {MOST} activities.")
        else:
            self.found.append(self._open)


def read_gpx(content: bytes) -> list[Activity]:
    """The activities of a file, mostly one. Raises NotAnActivity."""
    tracks = Tracks()
    read_elements(content, tracks.opened, tracks.closed)
    recorded = [track for track in tracks.found if track.started_at]
    if not recorded:
        raise NotAnActivity("This GPX file has no times, so it is a route and no recorded activity.")
    return [track.activity() for track in recorded]


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
