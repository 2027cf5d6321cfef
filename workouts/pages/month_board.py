"""The days of a month in brief, and the sums of its weeks."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from workouts.models import Availability, Preferences, WeekTarget, Workout
from workouts.models.shown import availability_between, workouts_between
from workouts.pages.board import SLOTS
from workouts.plan.progress import grade_of_day
from workouts.plan.summary import Line, summarise
from workouts.values.compliance import Compliance
from workouts.values.days import ONE_DAY, Day, MonthConverter, monday_in, month_weeks, next_month
from workouts.values.times import slot_of

ORDER = list(SLOTS)
SHOWN = 3
"""How many workouts a day shows. The others are behind `+2 more`, but one alone takes no more place than that."""


@dataclass(frozen=True)
class Cell:
    """One day."""

    day: Day
    inside: bool
    """Whether it is in the month, not in the weeks around it."""

    away: list[Availability]
    shown: list[Workout]
    more: list[Workout]
    grade: Compliance | None


@dataclass(frozen=True)
class MonthWeek:
    """One week with its sums."""

    first: Day
    cells: list[Cell]
    total: Line


class Month:
    """The whole weeks of a month, and all that the page shows of them."""

    parts = "workouts/month_redraw.html"

    def __init__(self, first: Day) -> None:
        self.first, self.today = first, timezone.localdate()
        self.preferences = Preferences.load()
        self.weeks = month_weeks(first, self.preferences.week_start)

    @classmethod
    def shown_by(cls, page: QueryDict) -> "Month | None":
        """The month of a page that sends its `fields`. None if it sends none, or if they are invalid."""
        try:
            return cls(MonthConverter().to_python(str(page["month"])))
        except (KeyError, ValueError):
            return None

    @property
    def fields(self) -> str:
        """What the page shows, as JSON for htmx, which sends it with the page's forms."""
        return json.dumps({"month": MonthConverter().to_url(self.first), "today": self.today.isoformat()})

    @cached_property
    def by_day(self) -> dict[Day, list[Workout]]:
        days: dict[Day, list[Workout]] = defaultdict(list)
        for workout in workouts_between(self.weeks[0][0], self.weeks[-1][-1]):
            days[workout.day].append(workout)
        return days

    @cached_property
    def availability(self) -> list[Availability]:
        return availability_between(self.weeks[0][0], self.weeks[-1][-1])

    def rows(self) -> list[MonthWeek]:
        mondays = [monday_in(week[0]) for week in self.weeks]
        targets = {target.week: target for target in WeekTarget.objects.filter(week__in=mondays)}
        return [self._row(week, targets.get(monday)) for week, monday in zip(self.weeks, mondays, strict=True)]

    def context(self) -> dict[str, Any]:
        return {
            "month": self,
            "rows": self.rows(),
            "before": (self.first - ONE_DAY).replace(day=1),
            "after": next_month(self.first),
            "slots": SLOTS,
        }

    def changes(self, days: Collection[Day] | None) -> dict[str, Any]:
        """The context of the parts to redraw: the cells of `days`, or all cells, and the sums of their weeks."""
        rows = self.rows()
        shown = {cell.day: cell for row in rows for cell in row.cells}
        changed = shown if days is None else shown.keys() & set(days)
        return {
            "month": self,
            "rows": [row for row in rows if any(cell.day in changed for cell in row.cells)],
            "cells": [cell for day, cell in shown.items() if day in changed],
        }

    def _row(self, week: list[Day], target: WeekTarget | None) -> MonthWeek:
        workouts = [workout for day in week for workout in self.by_day[day]]
        return MonthWeek(week[0], [self._cell(day) for day in week], summarise(workouts, self.today, target).total)

    def _cell(self, day: Day) -> Cell:
        workouts = sorted(self.by_day[day], key=lambda workout: ORDER.index(slot_of(workout.time_of_day)))
        shown = SHOWN if len(workouts) > SHOWN + 1 else SHOWN + 1
        grade = grade_of_day(workouts, self.today)
        away = [one for one in self.availability if one.concerns(day)]
        return Cell(day, day.month == self.first.month, away, workouts[:shown], workouts[shown:], grade)
