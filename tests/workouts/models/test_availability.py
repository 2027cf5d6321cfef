"""Which days an availability concerns."""

import datetime

from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from tests.workouts.planners import days
from workouts.models import Availability
from workouts.values.bounds import AWAY, YEARS
from workouts.values.days import ONE_DAY, ONE_WEEK, Day
from workouts.values.validation import check_range, last_day_or_default

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

weekdays = st.none() | st.integers(0, 6)


def walked(first: Day, last: Day, weekday: int | None) -> list[Day]:
    """Its days, found by walking from the first to the last and reading the names of the days."""
    found, day = [], first
    while day <= last:
        if weekday is None or f"{day:%A}" == NAMES[weekday]:
            found.append(day)
        day += ONE_DAY
    return found


@given(days, st.integers(0, AWAY - 1), weekdays)
def test_concerns_every_day_of_its_span_or_those_of_its_weekday(first: Day, length: int, weekday: int | None) -> None:
    last = first + length * ONE_DAY
    one = Availability(first_day=first, last_day=last, weekday=weekday)
    expected = walked(first, last, weekday)
    around = walked(first - ONE_WEEK, last + ONE_WEEK, None)
    assert [day for day in around if one.concerns(day)] == one.days == expected


@given(days, st.integers(-9, AWAY + 9), weekdays)
def test_is_refused_if_it_is_reversed_too_long_or_concerns_no_day(first: Day, length: int, weekday: int | None) -> None:
    last = datetime.date.fromordinal(first.toordinal() + length)
    wrong = length < 0 or length >= AWAY or not walked(first, last, weekday)
    try:
        check_range(first, last, weekday)
    except ValueError:
        assert wrong
    else:
        assert not wrong


@given(days, weekdays)
@example(datetime.date(YEARS[-1], 1, 1), 3)
def test_a_last_day_that_is_left_out_is_the_first_or_the_last_that_is_possible(first: Day, weekday: int | None) -> None:
    last = last_day_or_default(None, first, weekday)
    if weekday is None:
        assert last == first
    else:
        assert last.year in YEARS
        assert (last - first).days == AWAY - 1 or last == datetime.date(YEARS[-1], 12, 31)
    assert last_day_or_default(first, first, weekday) == first


def test_what_the_old_version_enters_concerns_every_day(db: None) -> None:
    """It does not know the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO availability (first_day, last_day, discipline, reason)"
            " VALUES ('2026-11-26', '2026-11-28', 'Swim', '')"
        )
    assert [day.isoformat() for day in Availability.objects.get().days] == ["2026-11-26", "2026-11-27", "2026-11-28"]
