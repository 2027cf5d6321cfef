"""Unusual values, such as a run of 1.2 m or a swim of 40 h: marked in the preview, not refused."""

from collections.abc import Mapping
from typing import Any

from workouts.values.disciplines import Discipline, discipline_of

Span = tuple[float, float]

HOURS: Mapping[Discipline, Span] = {
    Discipline.SWIM: (0.05, 8),
    Discipline.BIKE: (0.05, 24),
    Discipline.RUN: (0.05, 24),
    Discipline.STRENGTH: (0.05, 4),
    Discipline.OTHER: (0.05, 24),
}
METRES: Mapping[Discipline, Span] = {
    Discipline.SWIM: (100, 30_000),
    Discipline.BIKE: (500, 600_000),
    Discipline.RUN: (200, 200_000),
    Discipline.STRENGTH: (200, 200_000),
    Discipline.OTHER: (200, 600_000),
}
TSS, INTENSITY_FACTOR = (1, 1_000), (0.2, 1.5)


def unusual(workout_type: str, values: Mapping[str, Any]) -> frozenset[str]:
    """The columns with an unusual value. An empty cell or 0 is usual."""
    discipline = discipline_of(workout_type) or Discipline.OTHER
    usual = {
        "planned_duration": HOURS[discipline],
        "planned_distance_meters": METRES[discipline],
        "tss": TSS,
        "intensity_factor": INTENSITY_FACTOR,
        "actual_duration": HOURS[discipline],
        "actual_distance_meters": METRES[discipline],
        "actual_tss": TSS,
        "actual_intensity_factor": INTENSITY_FACTOR,
    }
    given = {name: values[name] for name in usual if values.get(name)}
    return frozenset(name for name, value in given.items() if not usual[name][0] <= value <= usual[name][1])
