"""Events of a calendar that repeat: each of their days is a workout."""

import datetime
from typing import Any

import pytest
from dateutil import rrule  # type: ignore[import-untyped]
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainingpeaks import read_workouts
from tests.workouts.files.test_import_other_plans import calendar
from workouts.files.imports.importing import import_file
from workouts.files.imports.plan_calendar import MOST_EVENTS, MOST_REPEATED
from workouts.files.imports.repeating import Rule
from workouts.files.uploads import NotImportable
from workouts.models import Workout

pytestmark = pytest.mark.either_engine

MONDAY = datetime.date(2026, 11, 23)


def on_days(*lines: str) -> list[str]:
    """The days of one event, in their order."""
    workouts, skipped = read_workouts(calendar("".join(f"{line}\r\n" for line in ("SUMMARY:Swim", *lines))))
    assert skipped == []
    return sorted(str(workout.day) for workout in workouts)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["2026-11-23", "2026-11-30", "2026-12-07"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261203", ["2026-11-23", "2026-11-26", "2026-11-30", "2026-12-03"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=4", ["2026-11-23", "2026-11-29", "2026-12-07", "2026-12-13"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU;COUNT=3", ["2026-11-23", "2026-12-06", "2026-12-07"]),
        ("FREQ=DAILY;INTERVAL=3;COUNT=2", ["2026-11-23", "2026-11-26"]),
        ("FREQ=MONTHLY;COUNT=2", ["2026-11-23", "2026-12-23"]),
        ("FREQ=MONTHLY;BYDAY=1SA,-1SU;COUNT=3", ["2026-11-23", "2026-11-29", "2026-12-05"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", ["2026-11-23", "2026-11-30", "2026-12-31"]),
    ],
)
def test_each_day_of_an_event_that_repeats_is_a_workout(rule: str, days: list[str]) -> None:
    assert on_days("DTSTART;VALUE=DATE:20261123", f"RRULE:{rule}") == days


def test_it_ends_before_an_event_that_starts_later_on_that_day() -> None:
    """As calendars write it when all later ones were changed."""
    start = "DTSTART;TZID=Europe/Vienna:20261123T180000"
    assert on_days(start, "RRULE:FREQ=WEEKLY;UNTIL=20261207T165959Z") == ["2026-11-23", "2026-11-30"]
    assert on_days(start, "RRULE:FREQ=WEEKLY;UNTIL=20261207T170000Z")[-1] == "2026-12-07"
    assert on_days("DTSTART;VALUE=DATE:20261123", "RRULE:FREQ=DAILY;UNTIL=20261124T225959Z")[-1] == "2026-11-24"


def test_it_is_on_the_day_that_the_athletes_clock_shows() -> None:
    """A change of the clocks between the two."""
    with timezone.override("Europe/Vienna"):
        days = on_days("DTSTART;TZID=America/New_York:20261028T190000", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert days == ["2026-10-29", "2026-11-05"]


def test_days_that_are_left_out_or_changed() -> None:
    repeated = (
        "UID:a\r\nSUMMARY:Swim\r\nDTSTART;TZID=Europe/Vienna:20261123T180000\r\n"
        "DTEND;TZID=Europe/Vienna:20261123T193000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\n"
        "EXDATE;TZID=Europe/Vienna:20261130T180000\r\nEXDATE;TZID=Europe/Vienna:20261207T180000\r\n"
    )
    moved = (
        "UID:a\r\nSUMMARY:Swim in the lake\r\nDTSTART;TZID=Europe/Vienna:20261215T180000\r\n"
        "RECURRENCE-ID;TZID=Europe/Vienna:20261214T180000\r\n"
    )
    workouts, skipped = read_workouts(calendar(repeated, moved))
    assert skipped == []
    found = [(workout.number, str(workout.day), workout.title) for workout in workouts]
    assert found == [
        (1, "2026-11-23", "Swim"),
        (2, "2026-12-15", "Swim in the lake"),
        (3, "2026-12-21", "Swim"),
    ]
    assert workouts[2].content["planned_duration"] == 1.5


def test_what_is_left_out_or_changed_may_be_named_by_its_instant() -> None:
    """As some programs write it, in UTC: there it is the next day already."""
    repeated = (
        "UID:a\r\nSUMMARY:Ride\r\nDTSTART;TZID=America/New_York:20261208T190000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"
        "EXDATE:20261223T000000Z\r\n"
    )
    moved = "UID:a\r\nSUMMARY:Moved\r\nDTSTART:20261217T230000Z\r\nRECURRENCE-ID:20261216T000000Z\r\n"
    with timezone.override("America/New_York"):
        workouts, _ = read_workouts(calendar(repeated, moved))
    assert sorted((str(one.day), one.title) for one in workouts) == [
        ("2026-12-08", "Ride"),
        ("2026-12-17", "Moved"),
        ("2026-12-29", "Ride"),
    ]


def test_the_same_calendar_again_changes_nothing(athlete: Client) -> None:
    content = calendar("SUMMARY:Swim\r\nDTSTART;VALUE=DATE:20261123\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n")
    import_file("club.ics", content, by=None)
    assert Workout.objects.count() == 4
    again = import_file("club.ics", content, by=None).change
    assert again
    assert again.summary == "Imported club.ics: 4 unchanged"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("RRULE:FREQ=YEARLY\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=DAILY;BYMONTHDAY=15\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=WEEKLY;BYDAY=1MO\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=HOURLY\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=DAILY;BYMONTH=2\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=DAILY;INTERVAL=0\r\n", "The event repeats in a way that is not read"),
        ("RRULE:FREQ=DAILY\r\nRDATE;VALUE=DATE:20261201\r\n", "The event repeats in a way that is not read"),
        ("RRULE:INTERVAL=2\r\n", "The event is not valid."),
        ("RRULE:FREQ=DAILY;COUNT=1\r\nEXDATE;VALUE=DATE:20261123\r\n", "on no day within a year of today"),
    ],
)
def test_what_cannot_be_repeated_is_skipped_with_the_reason(lines: str, reason: str) -> None:
    single = "SUMMARY:Run\r\nDTSTART;VALUE=DATE:20261128\r\n"
    workouts, skipped = read_workouts(calendar(f"SUMMARY:Swim\r\nDTSTART;VALUE=DATE:20261123\r\n{lines}", single))
    assert len(workouts) == 1
    assert [(row["row"], reason in row["reason"]) for row in skipped] == [(1, True)]


def test_only_days_within_a_year_are_imported() -> None:
    today = timezone.localdate()
    began = today - datetime.timedelta(days=5 * 365)
    days = on_days(f"DTSTART;VALUE=DATE:{began:%Y%m%d}", "RRULE:FREQ=DAILY")
    year = datetime.timedelta(days=366)
    assert (days[0], days[-1], len(days)) == (str(today - year), str(today + year), 2 * 366 + 1)
    _, skipped = read_workouts(calendar(f"SUMMARY:Run\r\nDTSTART;VALUE=DATE:{today:%Y%m%d}\r\n", *LONG_AGO))
    assert [row["reason"] for row in skipped] == ["The event has been repeated for more than ten years."]


LONG_AGO = ("SUMMARY:Swim\r\nDTSTART;VALUE=DATE:20100101\r\nRRULE:FREQ=DAILY\r\n",)


def test_a_calendar_with_too_many_days_is_refused() -> None:
    daily = "SUMMARY:Swim\r\nDTSTART;VALUE=DATE:20261123\r\nRRULE:FREQ=DAILY\r\n"
    for number, reason in (
        (9, f"more than {MOST_EVENTS} events, each day of those that repeat included"),
        (MOST_REPEATED + 1, f"more than {MOST_REPEATED} events that repeat"),
    ):
        with pytest.raises(NotImportable, match=reason):
            read_workouts(calendar(*[daily] * number))


PLAIN = st.frozensets(st.tuples(st.none(), st.integers(0, 6)), max_size=3)
NTH = st.frozensets(st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2]), st.integers(0, 6)), max_size=3)
OFTEN: dict[str, Any] = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}


@settings(deadline=None)
@given(
    frequency=st.sampled_from(list(OFTEN)),
    first=st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
    interval=st.integers(1, 4),
    count=st.none() | st.integers(1, 9),
    weekdays=PLAIN | NTH,
    month_days=st.frozensets(st.sampled_from([1, 15, 31, -1]), max_size=2),
    week_start=st.integers(0, 6),
)
def test_days_are_those_of_dateutil(
    *,
    frequency: str,
    first: datetime.date,
    interval: int,
    count: int | None,
    weekdays: frozenset[tuple[int | None, int]],
    month_days: frozenset[int],
    week_start: int,
) -> None:
    """Of rules that have days: dateutil would look for one up to the year 9999. The event's own day may be besides.

    Of `MO,1TU` dateutil makes the Mondays that are Tuesdays.
    """
    if weekdays:
        month_days = frozenset()
    if frequency != "MONTHLY":
        weekdays, month_days = frozenset((None, weekday) for _, weekday in weekdays), frozenset()
    last = first + datetime.timedelta(days=400)
    theirs = rrule.rrule(
        OFTEN[frequency],
        dtstart=datetime.datetime.combine(first, datetime.time()),
        interval=interval,
        until=datetime.datetime.combine(last, datetime.time()),
        byweekday=[rrule.weekday(weekday, nth) for nth, weekday in weekdays] or None,
        bymonthday=month_days or None,
        wkst=week_start,
    )
    expected = [moment.date() for moment in theirs]
    rule = Rule(frequency, first, interval, count, None, weekdays, month_days, week_start)
    begins_with_it = [] if expected[:1] == [first] else [first]
    assert list(rule.days(last)) == (begins_with_it + expected)[:count]
