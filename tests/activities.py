"""Files of recorded activities, written by other libraries: fit-tool for FIT, gpxpy for GPX."""

import datetime
from typing import Any

import gpxpy.gpx
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.profile_type import FileType, Sport, SubSport

SIX = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)
"""When an activity begins: on Monday, 23 November 2026."""

RUN: dict[str, Any] = {
    "start_time": SIX,
    "sport": "running",
    "sub_sport": "generic",
    "total_elapsed_time": 2800.0,
    "total_timer_time": 2700.0,
    "total_distance": 8000.0,
    "avg_heart_rate": 140,
    "avg_power": 250,
    "training_stress_score": 55.5,
    "intensity_factor": 0.86,
}


def fit(*sessions: dict[str, Any], records: int = 10) -> bytes:
    """A FIT file with these sessions, and some records second by second."""
    builder = FitFileBuilder(auto_define=True)
    builder.add(message(FileIdMessage, type=FileType.ACTIVITY, time_created=millis(SIX)))
    for second in range(records):
        moment = millis(SIX + datetime.timedelta(seconds=second))
        builder.add(message(RecordMessage, timestamp=moment, heart_rate=140, distance=3.0))
    for session in sessions:
        values = {name: coded(name, value) for name, value in session.items()}
        builder.add(message(SessionMessage, timestamp=millis(SIX), **values))
    return bytes(builder.build().to_bytes())


def message(kind: Any, **values: Any) -> Any:
    made = kind()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def coded(name: str, value: Any) -> Any:
    """The value as the library wants it: sports by number, times in milliseconds."""
    if isinstance(value, datetime.datetime):
        return millis(value)
    enumeration = {"sport": Sport, "sub_sport": SubSport}.get(name)
    return enumeration[value.upper()] if enumeration else value


def millis(moment: datetime.datetime) -> int:
    return int(moment.timestamp() * 1000)


def track(points: int = 100, sport: str = "running", name: str = "Morning run") -> gpxpy.gpx.GPX:
    """A track north-east, one point every ten seconds, with a pause of an hour after half of them."""
    file = gpxpy.gpx.GPX()
    whole: Any = gpxpy.gpx.GPXTrack(name=name)
    whole.type = sport
    file.tracks.append(whole)
    for half in range(2):
        segment = gpxpy.gpx.GPXTrackSegment()
        whole.segments.append(segment)
        for number in range(half * points // 2, (half + 1) * points // 2):
            moment = SIX + datetime.timedelta(seconds=10 * number, hours=half)
            place = 48 + number * 0.0002, 11 + number * 0.0001
            segment.points.append(gpxpy.gpx.GPXTrackPoint(*place, time=moment))
    return file


def tcx(*laps: str, sport: str = "Biking") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase'
        ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
        ' xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities>'
        f'<Activity Sport="{sport}"><Id>2026-11-23T06:00:00.000Z</Id>{"".join(laps)}</Activity>'
        "</Activities></TrainingCenterDatabase>"
    ).encode()


def lap(seconds: float, metres: float, heart_rate: int | None = 130, watts: int | None = 200) -> str:
    rate = f"<AverageHeartRateBpm><Value>{heart_rate}</Value></AverageHeartRateBpm>" if heart_rate else ""
    power = f"<Extensions><ns3:LX><ns3:AvgWatts>{watts}</ns3:AvgWatts></ns3:LX></Extensions>" if watts else ""
    point = (
        "<Trackpoint><Time>2026-11-23T06:00:01Z</Time><DistanceMeters>3.5</DistanceMeters>"
        "<HeartRateBpm><Value>120</Value></HeartRateBpm>"
        "<Extensions><ns3:TPX><ns3:Watts>180</ns3:Watts></ns3:TPX></Extensions></Trackpoint>"
    )
    return (
        f'<Lap StartTime="2026-11-23T06:00:00.000Z"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters>{rate}<Track>{point}</Track>{power}</Lap>"
    )
