"""A file with the coach's plan, whichever program wrote it."""

from collections.abc import Iterator
from typing import Protocol

from workouts.files.imports import plan_calendar, plan_table
from workouts.files.imports.plan_table import Row
from workouts.files.kinds import CALENDAR, kind_of


class PlanFile(Protocol):
    """Its rows have TrainingPeaks' columns. `encoding` is the name of its encoding for people."""

    @property
    def encoding(self) -> str: ...

    def __iter__(self) -> Iterator[Row]: ...


def read(content: bytes) -> PlanFile:
    """A CSV file of TrainingPeaks or intervals.icu, also in a ZIP archive, or a calendar. Raises NotImportable."""
    return plan_calendar.read(content) if kind_of(content) == CALENDAR else plan_table.read(content)
