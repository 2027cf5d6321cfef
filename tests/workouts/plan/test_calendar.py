"""The calendar as another program reads it: vobject parses what icalendar wrote."""

import datetime
from typing import Any

import pytest
import vobject
from django.contrib.auth.models import User
from django.utils import timezone

from tests.workouts.outcomes import change_of
from workouts.history import add_workout, change_selection, delete_workout, edit_workout, reset_selection, undo
from workouts.models import Preferences, Workout, WorkoutSelection
from workouts.plan.calendars import calendar_of

MONDAY = datetime.date(2026, 11, 23)
FRIDAY = datetime.date(2026, 11, 27)
MADE = datetime.datetime(2026, 11, 1, 8, 30, 15, 250_000, tzinfo=datetime.UTC)

pytestmark = pytest.mark.usefixtures("db")


def plan(title: str = "Long run", workout_type: str = "Run", **fields: Any) -> Workout:
    fields = {"originally_planned_day": MONDAY, "created_at": MADE, **fields}
    return Workout.objects.create(title=title, workout_type=workout_type, **fields)


def written(**options: Any) -> bytes:
    preferences = options.get("preferences") or Preferences()
    workouts = Workout.objects.selected().with_selection().order_by("id")
    return calendar_of(workouts, preferences, options.get("time_zone", "UTC"))


def events(**options: Any) -> list[Any]:
    calendar = vobject.readOne(written(**options).decode())
    return list(calendar.contents.get("vevent", []))


def event(workout: Workout, **options: Any) -> Any:
    return next(found for found in events(**options) if found.uid.value == f"workout-{workout.pk}@workout-planner")


def test_an_event_says_what_the_athlete_needs() -> None:
    workout = plan(
        "Hilly, long",
        workout_description="20 minutes easy;\nthen 3 x 12.",
        coach_comments="Eat.",
        planned_duration=1.5,
        planned_distance_meters=16000,
        tss=95.5,
    )
    selection = {"time_of_day": "evening", "workout_location": "the woods", "user_notes": "Two bottles."}
    change_selection(workout.pk, selection, by=None)

    found = event(workout)

    assert found.summary.value == "Run: Hilly, long"
    assert found.dtstart.value == datetime.datetime(2026, 11, 23, 18, 0)  # noqa: DTZ001
    assert found.dtend.value == datetime.datetime(2026, 11, 23, 19, 30)  # noqa: DTZ001
    assert found.location.value == "the woods"
    assert found.categories.value == ["Run"]
    assert found.transp.value == "OPAQUE"
    assert found.description.value == (
        "1 h 30 min, 16 km, 95.5 TSS\n\n20 minutes easy;\nthen 3 x 12.\n\nCoach: Eat.\n\nNotes: Two bottles."
    )


def test_an_event_says_what_was_done_beside_the_plan() -> None:
    run = plan("Run", planned_duration=1.5, actual_duration=1.25, actual_distance_meters=15000, actual_tss=88, rpe=6.5)
    core = plan("Core", is_done=True)
    assert event(run).description.value == "1 h 30 min\n\nDone: 1 h 15 min, 15 km, 88 TSS, RPE 6.5"
    assert event(core).description.value == "Done"


def test_the_calendar_introduces_itself() -> None:
    calendar = vobject.readOne(written().decode())

    properties = {name: [(line.value, line.params) for line in lines] for name, lines in calendar.contents.items()}
    assert properties == {
        "prodid": [("-//Workout planner//EN", {})],
        "version": [("2.0", {})],
        "calscale": [("GREGORIAN", {})],
        "x-wr-calname": [("Workouts", {})],
        "refresh-interval": [("PT1H", {"VALUE": ["DURATION"]})],
        "x-published-ttl": [("PT1H", {})],
    }
    assert vobject.readOne(written(time_zone="Europe/Vienna").decode()).x_wr_timezone.value == "Europe/Vienna"


@pytest.mark.parametrize(
    ("time_of_day", "starts"),
    [("morning", b"T064500"), ("afternoon", b"T123000"), ("evening", b"T180000"), ("7am", b"T070000")],
)
def test_times_float_on_every_day_of_the_year(time_of_day: str, starts: bytes) -> None:
    """29 March and 25 October 2026: the clocks change in Europe."""
    preferences = Preferences(morning=datetime.time(6, 45))
    for day in ("2026-01-16", "2026-03-29", "2026-10-25"):
        change_selection(plan(originally_planned_day=day).pk, {"time_of_day": time_of_day}, by=None)

    lines = [line for line in written(preferences=preferences).splitlines() if line.startswith(b"DTSTART")]

    days = (b"20260116", b"20260329", b"20261025")
    assert lines == [b"DTSTART:" + day + starts for day in days]


@pytest.mark.parametrize("time_of_day", [None, "", "whenever"])
def test_an_unscheduled_workout_lasts_all_day_and_is_not_busy(time_of_day: str | None) -> None:
    workout = plan(planned_duration=1)
    change_selection(workout.pk, {"time_of_day": time_of_day, "current_plan_day": FRIDAY}, by=None)

    found = event(workout)

    assert found.dtstart.value == FRIDAY
    assert b"DTSTART;VALUE=DATE:20261127\r\n" in written()
    assert "dtend" not in found.contents
    assert found.transp.value == "TRANSPARENT"


def test_a_day_off_lasts_all_day() -> None:
    workout = plan("Day off", "Day Off")
    change_selection(workout.pk, {"time_of_day": "morning"}, by=None)
    assert (event(workout).summary.value, event(workout).dtstart.value) == ("Day off", MONDAY)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        (None, 60),
        (0, 60),
        (-1, 60),
        (float("inf"), 60),
        (1e300, 60),
        (0.001, 1),
        (1.0083, 60),
        (1 / 3, 20),
        (30, 1800),
    ],
)
def test_an_event_is_as_long_as_planned_or_an_hour(hours: float | None, minutes: int) -> None:
    workout = plan(planned_duration=hours)
    change_selection(workout.pk, {"time_of_day": "morning"}, by=None)

    found = event(workout)

    assert found.dtend.value - found.dtstart.value == datetime.timedelta(minutes=minutes)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_the_first_and_last_days_of_the_calendar_are_not_an_error(day: str) -> None:
    workout = plan(originally_planned_day=day, planned_duration=20)
    change_selection(workout.pk, {"time_of_day": "evening"}, by=None)
    assert event(workout).dtstart.value.date().isoformat() == day


def test_an_invalid_number_is_not_shown() -> None:
    workout = plan(planned_duration=-1, planned_distance_meters=float("inf"), tss=0, workout_type="Swim")
    assert "description" not in event(workout).contents


def test_distances_are_in_the_athletes_units() -> None:
    ride, swim = plan("Ride", "Bike", planned_distance_meters=40000), plan("Laps", "Swim", planned_distance_meters=2400)
    preferences = Preferences(distance_unit="mi", swim_unit="yd")
    assert event(ride, preferences=preferences).description.value == "24.85 mi"
    assert event(swim, preferences=preferences).description.value == "2625 yd"


@pytest.mark.parametrize(
    ("title", "workout_type", "summary"),
    [
        ("Intervals", "Bike", "Bike: Intervals"),
        ("Running", "Run", "Running"),
        ("run easy", "Run", "run easy"),
        ("", "Swim", "Swim"),
        ("two\r\nlines", "Hyrox", "Hyrox: two lines"),
    ],
)
def test_the_summary_names_the_type_once(title: str, workout_type: str, summary: str) -> None:
    assert event(plan(title, workout_type)).summary.value == summary


@pytest.mark.parametrize(
    "text",
    [
        'commas, semicolons; colons: and "quotes"',
        "back\\slash, \\n no line break, C:\\new",
        "BEGIN:VEVENT\nEND:VCALENDAR",
        "Zürich, 走る 🏃 " * 40,
        "x" * 400,
        "tab\tinside",
    ],
)
def test_texts_come_back_as_they_were(text: str) -> None:
    workout = plan(workout_description=text.strip())
    assert event(workout).description.value == text.strip()


def test_control_characters_and_strange_line_breaks_do_not_break_the_file(engine: str) -> None:
    nul = "" if engine == "postgresql" else "\x00"  # PostgreSQL stores none
    workout = plan(f"bell\x07{nul} \x1b[1m", workout_description="a\r\nb\rc\u2028d\x0be\x85f\x1fg")

    found = event(workout)

    assert found.summary.value == "Run: bell [1m"
    assert found.description.value == "a\nb\nc\nd\ne\nfg"


def test_a_backslash_before_a_capital_n_stays_one() -> None:
    assert event(plan(workout_description=r"C:\Notes")).description.value == "C:\\\u2060Notes"


def test_lines_are_folded_at_75_octets() -> None:
    plan("ü" * 300, workout_description="走る, " * 300, workout_type="Läufe; viele, lange")
    lines = written().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    for line in lines:
        line.decode()  # no character is cut


def test_only_what_is_selected_is_there() -> None:
    kept, skipped, untouched = plan("kept"), plan("skipped"), plan("untouched")
    WorkoutSelection.objects.create(workout=kept, is_selected=None)
    change_selection(skipped.pk, {"is_selected": False}, by=None)
    assert [found.summary.value for found in events()] == ["Run: kept", "Run: untouched"]
    assert event(untouched)


def test_the_time_of_the_last_change_is_the_stamp() -> None:
    workout = plan()
    assert event(workout).last_modified.value == event(workout).dtstamp.value == MADE.replace(microsecond=0)

    later = MADE + datetime.timedelta(minutes=5)
    WorkoutSelection.objects.create(workout=workout)
    WorkoutSelection.objects.update(updated_at=later)
    assert event(workout).last_modified.value == event(workout).dtstamp.value == later.replace(microsecond=0)

    Workout.objects.update(created_at=None)
    WorkoutSelection.objects.update(updated_at=None)
    assert event(workout).sequence.value == "0"
    assert event(workout).last_modified.value == datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def test_the_sequence_grows_with_everything_that_is_done() -> None:
    athlete = User.objects.create_user("athlete")
    workout = plan(created_at=timezone.now())
    seen = [int(event(workout).sequence.value)]

    def check() -> None:
        seen.append(int(event(workout).sequence.value))
        assert seen[-1] > seen[-2]

    change_selection(workout.pk, {"current_plan_day": FRIDAY}, by=athlete)
    check()
    moved = change_selection(workout.pk, {"time_of_day": "evening"}, by=athlete).change
    check()
    change_selection(workout.pk, {"is_selected": False}, by=athlete)
    change_selection(workout.pk, {"is_selected": True}, by=athlete)
    check()
    reset = change_of(reset_selection(workout.pk, by=athlete))
    check()
    edit_workout(workout.pk, {"tss": 70.0}, by=athlete)
    check()
    assert moved
    assert reset
    undo(reset.pk, by=athlete)
    check()
    assert seen[-1] < 2**31


def test_the_sequence_of_a_deleted_workout_that_comes_back_has_grown() -> None:
    workout, _ = add_workout({"title": "Swim", "workout_type": "Swim", "originally_planned_day": MONDAY}, by=None)
    edit_workout(workout.pk, {"tss": 70.0}, by=None)
    before = int(event(workout).sequence.value)

    undo(change_of(delete_workout(workout.pk, by=None)).pk, by=None)

    assert int(event(workout).sequence.value) > before


@pytest.mark.parametrize("years", [-1, 0, 1, 5, 39, 500])
def test_the_sequence_fits_into_31_bits_and_never_goes_down(years: int) -> None:
    workout = plan()
    numbers = []
    for seconds in (0, 1, 3600):
        Workout.objects.update(modified_at=MADE + datetime.timedelta(days=365 * years, seconds=seconds))
        numbers.append(int(event(workout).sequence.value))
    assert 0 <= numbers[0] <= numbers[1] <= numbers[2] < 2**31
    assert years in (-1, 500) or numbers[0] < numbers[1] < numbers[2]


def test_the_same_data_makes_the_same_bytes() -> None:
    plan()
    assert written() == written()
