"""The board of days that the week page shows: whole when the page loads, in parts when something changes."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from workouts.models import Availability, Preferences, Workout
from workouts.models.shown import availability_between, target_of, workouts_between
from workouts.pages.filters import SOURCES, Filters
from workouts.plan.progress import grade_of_day
from workouts.plan.season import season
from workouts.plan.summary import Summary, summarise
from workouts.values.compliance import Compliance
from workouts.values.days import ONE_WEEK, Day, DayConverter, days_from, first_of_week, monday_in, week_of
from workouts.values.disciplines import Discipline
from workouts.values.times import Slot, slot_of

SLOTS = {
    Slot.UNSCHEDULED: "Unscheduled",
    Slot.MORNING: "Morning",
    Slot.AFTERNOON: "Afternoon",
    Slot.EVENING: "Evening",
}
AGENDA = datetime.timedelta(days=7)
"""How many days a phone lists after today on the first page, where the list starts with today."""


@dataclass(frozen=True)
class Column:
    """One day: its slots with the cards in each, the minutes that its cards plan, those that were done, and a grade.

    `away` is what the athlete cannot do on it. `shown` has every value that the column shows: columns with the same are
    rendered once.
    """

    shown: Any
    day: Day
    away: list[Availability]
    slots: list[tuple[str, str, list[Workout]]]
    minutes: float
    done_minutes: float
    extra_minutes: float
    """Done without a plan."""

    grade: Compliance | None
    today: bool
    past: bool
    beyond: bool
    """After the week: listed on phones only."""


def _values_of(workout: Workout) -> list[Any]:
    rows = (workout, workout.selection)
    return [row and [getattr(row, field.attname) for field in row._meta.concrete_fields] for row in rows]


def _minutes_done(workouts: Iterable[Workout]) -> float:
    return sum((workout.actual_duration or 0) * 60 for workout in workouts)


class Board:
    """The days of the week of `start`, and all that the page shows of them. Queries only what is used.

    Without `start`: this week and, for phones, the days until a week from today.
    """

    parts = "workouts/redraw.html"

    def __init__(self, start: Day | None, filters: Filters) -> None:
        self.today = timezone.localdate()
        self.is_agenda = start is None
        self.filters = filters
        self.preferences = Preferences.load()
        self.week = week_of(first_of_week(start or self.today, self.preferences.week_start))
        self.first, self.monday = self.week[0], monday_in(self.week[0])
        self.last = max(self.week[-1], self.today + AGENDA) if self.is_agenda else self.week[-1]

    @classmethod
    def shown_by(cls, page: QueryDict) -> "Board | None":
        """The board of a page that sends its `fields`. None if it sends none, or if they are invalid."""
        try:
            start = str(page["board"])
            return cls(DayConverter().to_python(start) if start else None, Filters.of(page))
        except (KeyError, ValueError):
            return None

    @property
    def fields(self) -> str:
        """What the page shows, as JSON for htmx, which sends it with the page's forms."""
        start = "" if self.is_agenda else self.first.isoformat()
        return json.dumps({"board": start, "today": self.today.isoformat(), **asdict(self.filters)})

    @cached_property
    def workouts(self) -> list[Workout]:
        return workouts_between(self.first, self.last)

    @cached_property
    def by_day(self) -> dict[Day, list[Workout]]:
        days: dict[Day, list[Workout]] = defaultdict(list)
        for workout in self.workouts:
            days[workout.day].append(workout)
        return days

    @cached_property
    def availability(self) -> list[Availability]:
        return availability_between(self.first, self.last)

    @cached_property
    def moved_out(self) -> list[Workout]:
        """Planned in this week, and moved to another one."""
        return list(Workout.objects.moved_out(self.week[0], self.week[-1]).with_selection())

    @property
    def units(self) -> tuple[str, str]:
        return self.preferences.distance_unit, self.preferences.swim_unit

    @property
    def has_past_days(self) -> bool:
        """Whether this week has days before today, which a phone leaves out of its agenda."""
        return self.is_agenda and self.first < self.today

    def columns(self, days: Iterable[Day] | None = None) -> list[Column]:
        """The columns of those of `days` that the board has, or all columns."""
        wanted = set(days_from(self.first, self.last))
        wanted &= wanted if days is None else set(days)
        return [self._column(day) for day in sorted(wanted)]

    def summary(self) -> Summary:
        workouts = (workout for workout in self.workouts if workout.day <= self.week[-1])
        return summarise(workouts, self.today, target_of(self.monday))

    def context(self) -> dict[str, Any]:
        """The template context of the whole page."""
        parts = self.changes()
        shown = (column for column in parts["columns"] if not column.past)
        cards = (card for column in shown for _, _, cards in column.slots for card in cards)
        return {
            **parts,
            "first_card": next(cards, None),
            "before": self.first - ONE_WEEK,
            "after": self.first + ONE_WEEK,
            "disciplines": Discipline.choices,
            "sources": SOURCES,
            "slots": SLOTS,
        }

    def changes(self, days: Iterable[Day] | None = None) -> dict[str, Any]:
        """The context of the parts to redraw after workouts on `days`, or on any day, have changed."""
        return {
            "board": self,
            "columns": self.columns(days),
            "summary": self.summary(),
            "season": season(self.first, self.today),
        }

    def _column(self, day: Day) -> Column:
        workouts = list(filter(self.filters.admits, self.by_day[day]))
        cards: dict[str, list[Workout]] = {slot: [] for slot in SLOTS}
        for workout in workouts:
            cards[slot_of(workout.time_of_day)].append(workout)
        away = [one for one in self.availability if one.concerns(day)]
        values = [*map(_values_of, workouts), *map(str, away)]
        return Column(
            shown=(day, self.today, self.first, self.is_agenda, self.units, values),
            day=day,
            away=away,
            slots=[(slot.value, label, cards[slot]) for slot, label in SLOTS.items()],
            minutes=sum((workout.planned_duration or 0) * 60 for workout in workouts if workout.counts),
            done_minutes=_minutes_done(workout for workout in workouts if not workout.is_recorded),
            extra_minutes=_minutes_done(workout for workout in workouts if workout.is_recorded),
            grade=grade_of_day(workouts, self.today),
            today=day == self.today,
            past=self.is_agenda and day < self.today,
            beyond=day > self.week[-1],
        )
