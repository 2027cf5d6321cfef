"""The columns of the CSV files that TrainingPeaks and intervals.icu export. Rows get TrainingPeaks' columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workouts.files.activities.sports import workout_type_of
from workouts.files.imports.cells import BadRow

Cells = dict[str, str]


@dataclass(frozen=True)
class CsvFormat:
    """`translate` turns the cells of a row into those of TrainingPeaks. It raises BadRow."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    translate: Callable[[Cells], Cells]

    def positions(self, header: Sequence[str]) -> dict[str, int]:
        """The index of each column of the format; of columns with the same name, the first."""
        by_name = {name.lower(): name for name in (*self.required, *self.optional)}
        found: dict[str, int] = {}
        for position, name in enumerate(header):
            if column := by_name.get(name.strip(' \t\r\n"').lower()):
                found.setdefault(column, position)
        return found

    def missing(self, positions: Mapping[str, int]) -> list[str]:
        return [name for name in self.required if name not in positions]


def _of_intervals(cells: Cells) -> Cells:
    """Of a planned event of the calendar, which has a category, or of an activity, which has none.

    Seconds become hours, and the intensity is a percentage. The feeling is left out: 1 is the best there.
    """
    category = cells.get("category", "WORKOUT").strip().upper()
    if not category.startswith(("WORKOUT", "RACE")):
        raise BadRow(f"{category.capitalize()[:40] or 'This'} is not a workout.")
    is_planned = "category" in cells
    names = PLANNED_NAMES if is_planned else ACTUAL_NAMES
    translated = {names[name]: text for name, text in cells.items() if name in names}
    translated["WorkoutType"] = workout_type_of(cells["type"]) if cells["type"].strip() else ""
    scales = {names["moving_time"]: 3600, "IF": 100, names["distance"]: 1}
    return {name: _divided(text, scales[name]) if name in scales else text for name, text in translated.items()}


def _divided(text: str, divisor: float) -> str:
    """With six decimals, which cannot be taken for thousands; nothing for 0, which is written where nothing is known.

    A text that is no number is left for the refusal.
    """
    try:
        return f"{float(text) / divisor:.6f}" if float(text or 0) else ""
    except ValueError:
        return text


TEXT_NAMES = {"name": "Title", "start_date_local": "WorkoutDay", "description": "WorkoutDescription"}
LOAD_NAMES = {"icu_training_load": "TSS", "icu_intensity": "IF"}
PLANNED_NAMES = {
    **TEXT_NAMES,
    **LOAD_NAMES,
    "moving_time": "PlannedDuration",
    "distance": "PlannedDistanceInMeters",
}
ACTUAL_NAMES = {
    "name": "Title",
    "start_date_local": "WorkoutDay",
    **LOAD_NAMES,
    "moving_time": "TimeTotalInHours",
    "distance": "DistanceInMeters",
    "average_heartrate": "HeartRateAverage",
    "icu_average_watts": "PowerAverage",
    "icu_rpe": "Rpe",
}
"""An activity's description is the athlete's own, not a plan."""

TRAININGPEAKS = CsvFormat(
    required=("Title", "WorkoutType", "WorkoutDay"),
    optional=(
        "WorkoutDescription",
        "PlannedDuration",
        "PlannedDistanceInMeters",
        "CoachComments",
        "IF",
        "TSS",
        "TimeTotalInHours",
        "DistanceInMeters",
        "HeartRateAverage",
        "PowerAverage",
        "Rpe",
        "Feeling",
    ),
    translate=lambda cells: cells,
)
INTERVALS = CsvFormat(
    required=("name", "type", "start_date_local"),
    optional=("category", *({*PLANNED_NAMES, *ACTUAL_NAMES} - {"name", "start_date_local"})),
    translate=_of_intervals,
)
FORMATS = (TRAININGPEAKS, INTERVALS)
