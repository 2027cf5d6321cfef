"""A file with the coach's plan, whichever program wrote it."""

from collections.abc import Iterator
from typing import Protocol

from workouts.files.archive import NotUnpacked, Wanted, contains, others, unpack
from workouts.files.imports import plan_calendar, plan_table
from workouts.files.imports.plan_table import PLEASE, Row
from workouts.files.kinds import CALENDAR, kind_of
from workouts.files.uploads import MAX_BYTES, NotImportable

ICS = Wanted((".ics",), "calendar", "calendars", PLEASE, MAX_BYTES)


class PlanFile(Protocol):
    """Its rows have TrainingPeaks' columns. `encoding` is the name of its encoding for people."""

    @property
    def encoding(self) -> str: ...

    def __iter__(self) -> Iterator[Row]: ...


def read(content: bytes) -> PlanFile:
    """A CSV file of TrainingPeaks or intervals.icu, or a calendar, also in a ZIP archive. Raises NotImportable."""
    try:
        calendar = _calendar_in(content)
    except NotUnpacked as error:
        raise NotImportable(str(error)) from error
    return plan_table.read(content) if calendar is None else plan_calendar.read(calendar)


def is_calendar(content: bytes) -> bool:
    """Whether it is imported as one."""
    return _calendar_in(content) is not None


def unread(content: bytes) -> list[str]:
    """The names of the files of an archive that are not the plan."""
    return others(content, (ICS if is_calendar(content) else plan_table.CSV).endings)


def _calendar_in(content: bytes) -> bytes | None:
    """None if it is another file. An archive with a table and a calendar is read as the table."""
    if contains(content, ICS.endings) and not contains(content, plan_table.CSV.endings):
        return unpack(content, ICS)
    return content if kind_of(content) == CALENDAR else None
