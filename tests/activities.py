"""Files of recorded activities, written by other libraries: Garmin's own SDK for FIT, gpxpy for GPX."""

import datetime
from typing import Any

import gpxpy.gpx
from garmin_fit_sdk import Encoder, Profile

SIX = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)
"""When an activity begins: on Monday, 23 November 2026."""

NUMBERS = Profile["mesg_num"]
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


def fit(*sessions: dict[str, Any], records: int = 10, kind: str = "activity") -> bytes:
    """A FIT file with these sessions, and some records of the first second by second."""
    encoder = Encoder()
    encoder.write_mesg({"mesg_num": NUMBERS["FILE_ID"], "type": kind, "time_created": SIX, "manufacturer": "garmin"})
    for second in range(records):
        moment = SIX + datetime.timedelta(seconds=second)
        encoder.write_mesg({"mesg_num": NUMBERS["RECORD"], "timestamp": moment, "heart_rate": 140, "distance": 3.0})
    for session in sessions:
        encoder.write_mesg({"mesg_num": NUMBERS["SESSION"], "timestamp": SIX, **session})
    return bytes(encoder.close())


def track(points: int = 100, sport: str = "running", name: str = "Morning run") -> gpxpy.gpx.GPX:
    """A track north-east, one point every ten seconds, with a pause of an hour after half of them."""
    file = gpxpy.gpx.GPX()
    whole = gpxpy.gpx.GPXTrack(name=name)
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
