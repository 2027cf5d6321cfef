"""Weeks and months as a planner shows them. Weeks begin on Monday (ISO 8601) or where the athlete prefers."""

import datetime

from django.db.models import IntegerChoices

Day = datetime.date
ONE_DAY, ONE_WEEK = datetime.timedelta(days=1), datetime.timedelta(weeks=1)


class Weekday(IntegerChoices):
    """As `datetime.date.weekday` numbers them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class WeekStart(IntegerChoices):
    MONDAY = Weekday.MONDAY.value
    SATURDAY = Weekday.SATURDAY.value
    SUNDAY = Weekday.SUNDAY.value


YEARS = range(datetime.MINYEAR + 1, datetime.MAXYEAR)
"""Years of the weeks and months that can be shown: the season around any of their days exists in the calendar."""


class DayConverter:
    """`2026-11-23` in a URL."""

    regex = r"\d{4}-\d\d-\d\d"

    def to_python(self, value: str) -> Day:
        day = Day.fromisoformat(value)
        if day.year not in YEARS:
            raise ValueError("no such week")
        return day

    def to_url(self, value: Day) -> str:
        return value.isoformat()


class MonthConverter(DayConverter):
    """`2026-11` in a URL: the first day of the month."""

    regex = r"\d{4}-\d\d"

    def to_python(self, value: str) -> Day:
        return super().to_python(f"{value}-01")

    def to_url(self, value: Day) -> str:
        return super().to_url(value).removesuffix("-01")


def first_of_week(day: Day, start: int = WeekStart.MONDAY) -> Day:
    return day - datetime.timedelta(days=(day.weekday() - start) % 7)


def monday_of(day: Day) -> Day:
    return first_of_week(day)


def monday_in(first: Day) -> Day:
    """The Monday in the week that begins on `first`, whatever day that is."""
    return first + datetime.timedelta(days=-first.weekday() % 7)


def days_from(first: Day, last: Day) -> list[Day]:
    """The days from `first` to `last`, both included."""
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def week_of(first: Day) -> list[Day]:
    return days_from(first, first + 6 * ONE_DAY)


def next_month(first: Day) -> Day:
    """The first day of the month after that of `first`."""
    return (first.replace(day=28) + 4 * ONE_DAY).replace(day=1)


def month_weeks(first: Day, start: int = WeekStart.MONDAY) -> list[list[Day]]:
    """The whole weeks that contain the month that begins on `first`."""
    last = next_month(first) - ONE_DAY
    return [week_of(day) for day in days_from(first_of_week(first, start), last)[::7]]
