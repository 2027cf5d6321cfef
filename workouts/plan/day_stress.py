"""The TSS of each day: as planned, as done, and to come."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, cast

from django.db import connection
from django.db.models import DateField, Q

from workouts.models import Workout, was_done
from workouts.models.fields import FiniteFloatField
from workouts.values.days import Day
from workouts.values.disciplines import discipline_of
from workouts.values.stress import Effort, Stress, done_stress, stress_of

PLAN = ("planned_duration", "tss", "intensity_factor")
DONE = ("actual_duration", "actual_tss", "actual_intensity_factor")
"""The columns of an effort."""

DAY: "DateField[str | Day, Day]" = DateField()

Rows = tuple[tuple[Any, ...], ...]


class Entry(NamedTuple):
    """One workout. `planned` is None if it is not in the plan's sums, `done` if it was not done."""

    day: Day
    hours: float
    planned: Stress | None
    done: Stress | None


@dataclass
class DayStress:
    """The TSS of a day, and its planned hours. `ahead` is the part of the plan that is to come."""

    planned: float = 0
    done: float = 0
    ahead: float = 0
    hours: float = 0
    planned_estimated: bool = False
    done_estimated: bool = False

    @property
    def estimated(self) -> bool:
        return self.planned_estimated or self.done_estimated

    def add(self, entry: Entry, *, to_come: bool) -> None:
        if entry.planned is not None:
            self.planned += entry.planned.tss
            self.planned_estimated |= entry.planned.estimated
            self.hours += entry.hours
        if entry.done is not None:
            self.done += entry.done.tss
            self.done_estimated |= entry.done.estimated
        elif to_come and entry.planned is not None:
            self.ahead += entry.planned.tss


def rows_between(first: Day, last: Day) -> Rows:
    """What determines the stress of the days from `first` to `last`. One query.

    As the database returns it: a season is read for every page, and converting it takes longer than reading it.
    """
    statement, parameters = _statement()
    adapt = connection.ops.adapt_datefield_value
    days = {adapt(Day.min): adapt(first), adapt(Day.max): adapt(last)}
    with connection.cursor() as cursor:
        cursor.execute(statement, [days.get(one, one) for one in parameters])
        return tuple(cursor.fetchall())


@cache
def _statement() -> tuple[str, Sequence[Any]]:
    """The query for all days. Django would compile it for every page, which takes longer than reading the rows."""
    left_out = Q(is_dropped=True) | Q(is_recorded=True) | Q(selections__is_selected=False)
    found = Workout.objects.between(Day.min, Day.max).annotate(left_out=left_out, done=was_done()).order_by()
    query = found.values_list("plan_day", "workout_type", "left_out", "done", *PLAN, *DONE).query
    return query.sql_with_params()


def stress_by_day(rows: Rows, today: Day) -> Mapping[Day, DayStress]:
    """The stress of the days of `rows`; nothing for a day without any."""
    days: dict[Day, DayStress] = defaultdict(DayStress)
    for entry in _entries(rows):
        days[entry.day].add(entry, to_come=entry.day >= today)
    return days


def _entries(rows: Rows) -> Iterator[Entry]:
    fields = [cast("FiniteFloatField[Any, Any]", Workout._meta.get_field(name)) for name in (*PLAN, *DONE)]
    for day, workout_type, is_left_out, is_done, *values in rows:
        discipline = discipline_of(workout_type)
        if discipline is None:
            continue
        figures = [field.from_db_value(value, None, connection) for field, value in zip(fields, values, strict=True)]
        planned, done = Effort(*figures[:3]), Effort(*figures[3:])
        yield Entry(
            DAY.to_python(day),
            planned.hours or 0,
            None if is_left_out else stress_of(planned, discipline),
            done_stress(done, planned, discipline) if is_done else None,
        )
