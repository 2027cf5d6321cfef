"""FIT files, as watches and bike computers write them. Their sessions have the figures; the records are not used."""

import datetime
import io
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import fitdecode

from workouts.files.activities.activity import Activity, NotAnActivity, activity_of
from workouts.files.activities.sports import title_of, workout_type_of
from workouts.files.uploads import MAX_BYTES

MOST_VALUES = 1_500_000
"""A day and a night at one record per second, which takes about 15 s to read. A value may be 255 bytes long, so the
size of the file is limited as well, even if it was compressed."""

TRANSITION = "transition"
BROKEN = (
    fitdecode.FitError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)
"""What fitdecode raises for a corrupt file."""

FIGURES = {
    "total_distance": "metres",
    "training_stress_score": "tss",
    "intensity_factor": "intensity",
    "avg_heart_rate": "heart_rate",
    "avg_power": "power",
}
"""The fields of a session, and the activity's names for them."""


def read_fit(content: bytes) -> list[Activity]:
    """The activities of a file: several for a multisport one, without its transitions. Raises NotAnActivity."""
    if len(content) > MAX_BYTES:
        raise NotAnActivity(f"Unpacked, this FIT file is larger than {MAX_BYTES // 1024**2} MB.")
    sessions = [session for session in _sessions(content) if session.get("sport") != TRANSITION]
    if not sessions:
        raise NotAnActivity("This FIT file has no session, so it is no recorded activity or was not saved.")
    return [_activity(session) for session in sessions]


def _sessions(content: bytes) -> Iterator[dict[str, Any]]:
    left = MOST_VALUES
    try:
        with fitdecode.FitReader(
            io.BytesIO(content),
            check_crc=fitdecode.CrcCheck.RAISE,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as frames:
            for frame in frames:
                if frame.frame_type != fitdecode.FIT_FRAME_DATA:
                    continue
                left -= 1 + len(frame.fields)
                if left < 0:
                    raise NotAnActivity("This FIT file has more records than a day and a night.")
                if frame.name == "session":
                    yield {field.name: field.value for field in frame.fields}
    except BROKEN as error:
        raise NotAnActivity("This FIT file is truncated or corrupt. Export it again.") from error


def _activity(session: dict[str, Any]) -> Activity:
    numbers = {name: _number(session.get(field)) for field, name in FIGURES.items()}
    numbers |= _by_athlete(session)
    if not numbers["intensity"]:
        numbers["intensity"] = _intensity(session)
    seconds = _number(session.get("total_timer_time")) or _number(session.get("total_elapsed_time"))
    start = session.get("start_time")
    sport, sub_sport = (str(session.get(name) or "") for name in ("sport", "sub_sport"))
    return activity_of(
        start if isinstance(start, datetime.datetime) else None,
        workout_type_of(sport, sub_sport),
        {**numbers, "hours": seconds and seconds / 3600},
        str(session.get("sport_profile_name") or "").strip() or title_of(sport, sub_sport),
    )


def _by_athlete(session: Mapping[str, Any]) -> dict[str, float | None]:
    """Watches store RPE times ten, and feeling as 0 to 100 in steps of 25."""
    rpe, feel = _number(session.get("workout_rpe")), _number(session.get("workout_feel"))
    return {"rpe": rpe and rpe / 10, "feeling": None if feel is None else 1 + feel / 25}


def _intensity(session: Mapping[str, Any]) -> float | None:
    """The normalized power as a part of the threshold power."""
    normalized, threshold = _number(session.get("normalized_power")), _number(session.get("threshold_power"))
    return normalized / threshold if normalized and threshold else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
