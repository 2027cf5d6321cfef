"""The days of an event that repeats daily, weekly or monthly (RFC 5545, 3.3.10), within a year of today.

Day by day, so that a rule takes no longer than its days. python-dateutil searches up to the year 9999 for a day that a
rule never has.
"""

import calendar
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils import timezone
from icalendar import Component

from workouts.files.imports.cells import BadRow
from workouts.values.days import ONE_DAY

YEAR = datetime.timedelta(days=366)
LONGEST = 10 * YEAR
"""How long an event may have repeated already."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NTH = re.compile(r"(?P<nth>[+-]?[1-5])?(?P<weekday>MO|TU|WE|TH|FR|SA|SU)")
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY"}
UNKNOWN = "The event repeats in a way that is not read: only daily, weekly and monthly, on days of the week or month."
TOO_LONG = "The event has been repeated for more than ten years."
NONE_NEAR = "The event repeats, but on no day within a year of today."

Day = datetime.date
Start = datetime.date | datetime.datetime
Changed = Mapping[str, set[Start]]
"""When repeated events that have an event of their own would have started, by UID."""


@dataclass(frozen=True)
class Rule:
    """`weekdays` are from 0, each with which one of the month it is; with None it is each of them."""

    frequency: str
    first: Day
    interval: int
    count: int | None
    last: Start | None
    weekdays: frozenset[tuple[int | None, int]]
    month_days: frozenset[int]
    week_start: int

    def days(self, last: Day) -> Iterator[Day]:
        """Up to `last`. The event's own day is always one of them."""
        matches = MATCHES[self.frequency]
        every = (self.first + number * ONE_DAY for number in range((last - self.first).days + 1))
        return islice((day for day in every if day == self.first or matches(self, day)), self.count)

    def on_its_days(self, day: Day) -> bool:
        return (None, day.weekday()) in self.weekdays

    def daily(self, day: Day) -> bool:
        return (day - self.first).days % self.interval == 0 and (not self.weekdays or self.on_its_days(day))

    def weekly(self, day: Day) -> bool:
        week = self.first - (self.first.weekday() - self.week_start) % 7 * ONE_DAY
        matches = self.on_its_days(day) if self.weekdays else day.weekday() == self.first.weekday()
        return matches and (day - week).days // 7 % self.interval == 0

    def monthly(self, day: Day) -> bool:
        if ((day.year - self.first.year) * 12 + day.month - self.first.month) % self.interval:
            return False
        from_the_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
        places = {None, (day.day + 6) // 7, -((6 - from_the_end) // 7)}
        if self.weekdays and self.weekdays.isdisjoint((place, day.weekday()) for place in places):
            return False
        if self.month_days:
            return not self.month_days.isdisjoint((day.day, from_the_end))
        return bool(self.weekdays) or day.day == self.first.day


MATCHES: dict[str, Callable[[Rule, Day], bool]] = {"DAILY": Rule.daily, "WEEKLY": Rule.weekly, "MONTHLY": Rule.monthly}


def changed_starts(events: Iterable[Component]) -> Changed:
    found: dict[str, set[Start]] = {}
    for event in events:
        if "recurrence-id" in event:
            found.setdefault(str(event.get("uid", "")), set()).add(event.decoded("recurrence-id"))
    return found


def starts(event: Component, changed: Changed) -> list[Start]:
    """When it starts, each time. Raises BadRow if it never does, or if its rule is not read."""
    rule, start, today = _rule(event), event.decoded("dtstart"), timezone.localdate()
    if rule.first < today - LONGEST:
        raise BadRow(TOO_LONG)
    others = changed.get(str(event.get("uid", "")), ())
    left_out = {_moment(one, of=start) for one in (*_excluded(event), *others)}
    days = [day for day in rule.days(today + YEAR) if day >= today - YEAR]
    found = [start.replace(year=day.year, month=day.month, day=day.day) for day in days]
    found = [one for one in found if left_out.isdisjoint((_moment(one, of=start), _date(one)))]
    found = [one for one in found if rule.last is None or not _is_after(one, rule.last)]
    if not found:
        raise BadRow(NONE_NEAR)
    return found


def instant(moment: datetime.datetime) -> datetime.datetime:
    """In UTC, because times of one zone are subtracted as the clock shows them. Without a zone, it is the athlete's."""
    return (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(datetime.UTC)


def _rule(event: Component) -> Rule:
    """Raises BadRow."""
    given: Any = event["rrule"]
    parts = {name.upper(): values for name, values in given.items()}
    weekdays = [NTH.fullmatch(str(one).upper()) for one in parts.get("BYDAY", ())]
    is_read = "rdate" not in event and not parts.keys() - PARTS and parts["FREQ"][0] in MATCHES and all(weekdays)
    if parts["FREQ"][0] != "MONTHLY":
        is_read &= "BYMONTHDAY" not in parts and not any(one and one["nth"] for one in weekdays)
    interval = parts.get("INTERVAL", [1])[0]
    if not is_read or interval < 1:
        raise BadRow(UNKNOWN)
    return Rule(
        frequency=parts["FREQ"][0],
        first=_date(event.decoded("dtstart")),
        interval=interval,
        count=parts.get("COUNT", [None])[0],
        last=parts.get("UNTIL", [None])[0],
        weekdays=frozenset(
            (int(one["nth"]) if one["nth"] else None, WEEKDAYS.index(one["weekday"])) for one in weekdays if one
        ),
        month_days=frozenset(parts.get("BYMONTHDAY", ())),
        week_start=WEEKDAYS.index(str(parts.get("WKST", ["MO"])[0]).upper()),
    )


def _excluded(event: Component) -> Iterator[Start]:
    given: Any = event.get("exdate", [])
    return (one.dt for dates in (given if isinstance(given, list) else [given]) for one in dates.dts)


def _moment(start: Start, *, of: Start) -> Start:
    """To compare: the instant; the day, of an event that lasts whole days."""
    if isinstance(start, datetime.datetime) and isinstance(of, datetime.datetime):
        return instant(start)
    return _date(start)


def _date(moment: Start) -> Day:
    return moment.date() if isinstance(moment, datetime.datetime) else moment


def _is_after(start: Start, last: Start) -> bool:
    if isinstance(start, datetime.datetime) and isinstance(last, datetime.datetime):
        return instant(start) > instant(last)
    return _date(start) > _date(last)
