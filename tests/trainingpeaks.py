"""Exports like TrainingPeaks's: 45 columns, every cell in quotation marks, empty cells as empty strings."""

import csv
import io
from collections.abc import Iterable, Sequence

from workouts.files.imports import plan_file
from workouts.files.imports.row import PlannedWorkout, Skipped, read_rows

PLANNED = ("Title", "WorkoutType", "WorkoutDescription", "PlannedDuration", "PlannedDistanceInMeters", "WorkoutDay")
DONE = (
    "DistanceInMeters",
    "PowerAverage",
    "PowerMax",
    "Energy",
    "AthleteComments",
    "TimeTotalInHours",
    "VelocityAverage",
    "VelocityMax",
    "CadenceAverage",
    "CadenceMax",
    "HeartRateAverage",
    "HeartRateMax",
    "TorqueAverage",
    "TorqueMax",
    "IF",
    "TSS",
)
ZONES = tuple(f"{kind}Zone{number}Minutes" for kind in ("HR", "PWR") for number in range(1, 11))
COLUMNS = (*PLANNED, "CoachComments", *DONE, *ZONES, "Rpe", "Feeling")

Cells = dict[str, object]


def workout(title: str, day: str, kind: str = "Run", **cells: object) -> Cells:
    return {"Title": title, "WorkoutType": kind, "WorkoutDay": day, **cells}


def export(
    *rows: Cells,
    columns: Sequence[str] = COLUMNS,
    delimiter: str = ",",
    encoding: str = "utf-8",
    more: Iterable[str] = (),
) -> bytes:
    """A file with these rows, followed by the lines `more` unchanged."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return (text.getvalue() + "".join(f"{line}\n" for line in more)).encode(encoding)


def read_workouts(content: bytes) -> tuple[list[PlannedWorkout], list[Skipped]]:
    """The rows of a file that are workouts, and the skipped ones. Raises NotImportable."""
    return read_rows(plan_file.read(content))
