"""Weeks and months as a planner shows them. Weeks begin on Monday (ISO 8601)."""

import datetime

Day = datetime.date
ONE_DAY, ONE_WEEK = datetime.timedelta(days=1), datetime.timedelta(weeks=1)


YEARS = range(datetime.MINYEAR + 1, datetime.MAXYEAR)
"""Of weeks and months that are shown: there the seasons around any day exist."""


class DayConverter:
    """`2026-11-23` in an address."""

    regex = r"\d{4}-\d\d-\d\d"

    def to_python(self, value: str) -> Day:
        day = Day.fromisoformat(value)
        if day.year not in YEARS:
            raise ValueError("no such week")
        return day

    def to_url(self, value: Day) -> str:
        return value.isoformat()


class MonthConverter(DayConverter):
    """`2026-11` in an address: the month's first day."""

    regex = r"\d{4}-\d\d"

    def to_python(self, value: str) -> Day:
        return super().to_python(f"{value}-01")

    def to_url(self, value: Day) -> str:
        return super().to_url(value).removesuffix("-01")


def monday_of(day: Day) -> Day:
    return day - datetime.timedelta(days=day.weekday())


def days_from(first: Day, last: Day) -> list[Day]:
    """first..last, both included."""
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


def week_of(monday: Day) -> list[Day]:
    return days_from(monday, monday + 6 * ONE_DAY)


def next_month(first: Day) -> Day:
    """The first day of the month after `first`'s."""
    return (first.replace(day=28) + 4 * ONE_DAY).replace(day=1)


def month_weeks(first: Day) -> list[list[Day]]:
    """The whole weeks that hold a month, whose first day is given."""
    last = next_month(first) - ONE_DAY
    return [week_of(monday) for monday in days_from(monday_of(first), last)[::7]]
