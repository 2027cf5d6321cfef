"""Plans of other programs: calendars, and the CSV files of intervals.icu. Their rows get TrainingPeaks' columns."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trainingpeaks import read_workouts
from tests.workouts.conftest import Plan
from workouts.files.imports.import_plan import plan_import
from workouts.files.imports.importing import import_file
from workouts.files.imports.plan_calendar import MOST_EVENTS
from workouts.files.imports.row import PlannedWorkout
from workouts.files.uploads import NotImportable
from workouts.history import change_selection
from workouts.models import Workout

pytestmark = pytest.mark.either_engine

TRAININGPEAKS = (
    'DESCRIPTION:Workout type: Swim\\n200m easy\\n12x50m with pull-buoy\\, 15"R\\n'
    "Planned Time: \r\n 1:00\\nDistance Planned: 2500 m\\n\r\nDTEND;VALUE=DATE:20261125\r\n"
    "DTSTART;VALUE=DATE:20261124\r\nSUMMARY:Swim: Pull and paddles\r\nUID:a\r\n",
    "DESCRIPTION:Workout type: Run\\nPlanned Time: 0:40\\nActual Time: 0:49\\nActual Distance: 7.87 km\\n"
    "Speed: 9.56 km/h\\nPace: 6.28 min\r\n /km\\n\r\nDTEND:20261125T223701\r\nDTSTART:20261125T215701\r\n"
    "SUMMARY:Run: Easy run\r\nUID:b\r\n",
    "DTSTART;VALUE=DATE:20261129\r\nSUMMARY:Triathlon Hamburg\r\nUID:c\r\n",
)
"""As TrainingPeaks' calendar feed writes events: planned ones are whole days, those that are done have a time."""


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def brief(workout: PlannedWorkout) -> tuple[object, ...]:
    given = {name: value for name, value in workout.content.items() if value is not None}
    return str(workout.day), workout.workout_type, workout.title, given


@pytest.mark.django_db
def test_a_new_workout_of_a_calendar_has_its_time_and_place_and_no_html() -> None:
    html = "<b>Einfahren</b><br>3 x 12min @ 90 %<br><ul><li>Puls &lt; 150</li><li>Essen&nbsp;mit</li></ul>"
    event = (
        "SUMMARY:Radtraining\r\nDTSTART;TZID=Europe/Vienna:20261124T180000\r\nDTEND;TZID=Europe/Vienna:20261124T193000\r\n"
        f"LOCATION:Radstadion\\,\\nWien\r\nDESCRIPTION:{html}\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nUID:d\r\n"
    )
    with timezone.override("America/New_York"):
        first = import_file("plan.ics", calendar(event), by=None)
    workouts = Workout.objects.with_selection().order_by("originally_planned_day")
    assert [workout.originally_planned_day.day for workout in workouts] == [24, 1]
    for workout in workouts:
        assert workout.selection
        assert (workout.selection.time_of_day, workout.selection.workout_location) == ("12:00", "Radstadion, Wien")
        assert workout.workout_type == "Bike"
        assert workout.workout_description == "Einfahren\n3 x 12min @ 90 %\n\n- Puls < 150\n- Essen mit"
    change_selection(workouts[0].pk, {"time_of_day": "evening"}, by=None)
    with timezone.override("America/New_York"):
        again = import_file("plan.ics", calendar(event), by=None).result
    assert again["new"] == again["changed"] == 0
    assert Workout.objects.with_selection().get(pk=workouts[0].pk).selection.time_of_day == "evening"  # type: ignore[union-attr]
    assert first.change


@pytest.mark.parametrize("text", ["Puls < 150 > 120", "a <- b, c -> d", "3 x <5min>"])
def test_signs_that_are_no_html_stay(text: str) -> None:
    (workout,), _ = read_workouts(calendar(f"SUMMARY:Run\r\nDTSTART;VALUE=DATE:20261124\r\nDESCRIPTION:{text}\r\n"))
    assert workout.content["workout_description"] == text


@pytest.mark.django_db
def test_another_calendar_renames_nothing_of_the_plan() -> None:
    """Though on each day exactly one workout of a type is gone, and one is new."""
    plan = [f"SUMMARY:Run: Hills {day}\r\nDTSTART;VALUE=DATE:202611{day}\r\n" for day in range(20, 25)]
    club = [f"SUMMARY:Run: Club evening\r\nDTSTART;VALUE=DATE:202611{day}\r\n" for day in range(20, 25)]
    import_file("plan.ics", calendar(*plan), by=None)
    found = plan_import(calendar(*club), Workout.objects.all())
    assert len(found.gone) == 5
    assert [one.renamed for one in found.gone] == [None] * 5
    assert all(one.candidates for one in found.gone)


def test_a_calendar_of_trainingpeaks_says_what_was_planned_and_done() -> None:
    workouts, skipped = read_workouts(calendar(*TRAININGPEAKS))
    assert skipped == []
    assert [brief(workout) for workout in workouts] == [
        (
            "2026-11-24",
            "Swim",
            "Pull and paddles",
            {
                "workout_description": '200m easy\n12x50m with pull-buoy, 15"R',
                "planned_duration": 1.0,
                "planned_distance_meters": 2500.0,
            },
        ),
        (
            "2026-11-25",
            "Run",
            "Easy run",
            {
                "planned_duration": pytest.approx(0.666667),
                "actual_duration": pytest.approx(0.816667),
                "actual_distance_meters": 7870.0,
            },
        ),
        ("2026-11-29", "Other", "Triathlon Hamburg", {}),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            "SUMMARY:Long run\r\nDTSTART:20261128T080000\r\nDTEND:20261128T093000\r\n",
            ("2026-11-28", "Run", "Long run", {"planned_duration": 1.5}),
        ),
        (
            "SUMMARY:Bike: Hills: 3x\r\nDTSTART;TZID=Europe/Berlin:20261128T003000\r\nDURATION:PT45M\r\n",
            ("2026-11-27", "Bike", "Hills: 3x", {"planned_duration": 0.75}),  # in UTC, which the tests use
        ),
        (
            "SUMMARY:Session 4\r\nCATEGORIES:Training,swim\r\nDTSTART:20261128T230000Z\r\n",
            ("2026-11-28", "Swim", "Session 4", {}),
        ),
        (
            "SUMMARY:Camp: day one\r\nDTSTART;VALUE=DATE:20261128\r\nDTEND;VALUE=DATE:20261129\r\n",
            ("2026-11-28", "Other", "Camp: day one", {}),
        ),
        ("DTSTART;VALUE=DATE:20261128\r\n", ("2026-11-28", "Other", "Other", {})),
    ],
)
def test_any_calendar_says_day_type_and_length(event: str, expected: tuple[object, ...]) -> None:
    (workout,), skipped = read_workouts(calendar(event))
    assert (brief(workout), skipped) == (expected, [])


@pytest.mark.parametrize("zone", [";TZID=Europe/Vienna", ""], ids=["with a zone", "in the athlete's"])
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("20261025T013000", "20261025T043000", 4),  # the clocks go back at three
        ("20260329T013000", "20260329T043000", 2),  # and forward at two
        ("20260330T013000", "20260330T043000", 3),
        ("20260329T000000", "20260330T000000", None),
        ("20261025T000000", "20261026T000000", None),
        ("20260330T043000", "20260330T013000", None),
    ],
)
def test_an_event_is_as_long_as_it_lasts_when_the_clocks_change(
    zone: str, start: str, end: str, hours: float | None
) -> None:
    event = f"SUMMARY:Ride\r\nDTSTART{zone}:{start}\r\nDTEND{zone}:{end}\r\n"
    with timezone.override("Europe/Vienna"):
        (workout,), _ = read_workouts(calendar(event))
    assert workout.content["planned_duration"] == hours


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("SUMMARY:Run\r\n", "The event has no day."),
        ("SUMMARY:Run\r\nDTSTART:soon\r\n", "The event is not valid."),
        (
            f"SUMMARY:Run\r\nDTSTART;VALUE=DATE:20261124\r\nDESCRIPTION:<br>{'<a ' * 500}\r\n",
            "The event is not valid.",
        ),
        ("SUMMARY:Run\r\nDTSTART;VALUE=DATE:20261128\r\nSTATUS:CANCELLED\r\n", "The event is cancelled."),
        ("SUMMARY:Run\r\nDTSTART;VALUE=DATE:10661014\r\n", "A year from 1970"),
        ("SUMMARY:Camp\r\nDTSTART;VALUE=DATE:20261128\r\nDTEND;VALUE=DATE:20261201\r\n", "lasts several days"),
        ("SUMMARY:Run\r\nDTSTART:00010101T000000\r\nRRULE:FREQ=DAILY\r\n", "The event"),
        (f"DTSTART;VALUE=DATE:20261128\r\nDESCRIPTION:{'x' * 500_000}\r\n", "more than 500000 characters"),
        (f"DTSTART;VALUE=DATE{';A=B' * 200}:20261128\r\n", "much longer than any calendar's"),
    ],
)
def test_an_event_that_is_no_single_workout_is_skipped_with_the_reason(event: str, reason: str) -> None:
    workouts, skipped = read_workouts(calendar(event, *TRAININGPEAKS))
    assert len(workouts) == 3
    (row,) = skipped
    assert row["row"] == 1
    assert reason in row["reason"]


def test_calendars_that_cannot_be_imported_are_refused(athlete: Client, plan: Plan) -> None:
    plan("Run", "2026-11-24")
    many = b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1)
    for content, reason in (
        (calendar(), "The calendar has no events."),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 10_000, "The calendar has no events."),
        (many, f"more than {MOST_EVENTS} events"),
        (athlete.get("/calendar.ics").content, "This is the calendar of this planner"),
    ):
        with pytest.raises(NotImportable, match=reason):
            read_workouts(content)


PARTS = ["BEGIN:VEVENT\r\n", "END:VEVENT\r\n", "DTSTART:2026", "DTSTART;VALUE=DATE:20261124\r\n", "RRULE:X\r\n"]
PARTS += ["SUMMARY:Run: x\r\n", "DURATION:P1D\r\n", "CATEGORIES:\r\n", "DTEND:20261124\r\n", ":", ";", "\r\n ", "\x00"]
TEXTS = st.lists(st.sampled_from(PARTS) | st.text(max_size=9), max_size=12).map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_calendar_is_read_or_refused(text: str) -> None:
    try:
        workouts, skipped = read_workouts(calendar(text))
    except NotImportable:
        return
    assert workouts or skipped


EVENTS = """id,start_date_local,category,type,name,description,moving_time,distance,icu_training_load,icu_intensity
1,2026-11-24T00:00:00,WORKOUT,Ride,Threshold,"- 10m 60%
- 20m 95%",5400,,85,78.5
2,2026-11-25T00:00:00,NOTE,,Base phase,,,,,
3,2026-11-29T00:00:00,RACE_A,Run,Marathon,,12600,42195,,
"""
ACTIVITIES = """id,start_date_local,name,type,moving_time,distance,elapsed_time,average_heartrate,\
icu_average_watts,icu_training_load,icu_rpe
i1,2026-11-24T18:00:05,Evening Ride,VirtualRide,3723,30012.5,3800,141,187,62,6
"""


def test_events_of_intervals_icu_are_the_plan() -> None:
    workouts, skipped = read_workouts(EVENTS.encode())
    assert [brief(workout) for workout in workouts] == [
        (
            "2026-11-24",
            "Bike",
            "Threshold",
            {
                "workout_description": "- 10m 60%\n- 20m 95%",
                "planned_duration": 1.5,
                "tss": 85.0,
                "intensity_factor": 0.785,
            },
        ),
        ("2026-11-29", "Run", "Marathon", {"planned_duration": 3.5, "planned_distance_meters": 42195.0}),
    ]
    assert skipped == [{"row": 3, "reason": "Note is not a workout."}]


def test_activities_of_intervals_icu_were_done_without_a_plan() -> None:
    (workout,), _ = read_workouts(ACTIVITIES.encode())
    assert workout.recorded
    assert brief(workout) == (
        "2026-11-24",
        "Bike",
        "Evening Ride",
        {
            "actual_duration": pytest.approx(1.034167),
            "actual_distance_meters": 30012.5,
            "actual_tss": 62.0,
            "actual_heart_rate": 141.0,
            "actual_power": 187.0,
            "rpe": 6.0,
        },
    )


def test_zeros_of_intervals_icu_say_that_nothing_is_known() -> None:
    (workout,), _ = read_workouts(ACTIVITIES.replace(",3723,30012.5,", ",3723,0,").encode())
    assert workout.content["actual_distance_meters"] is None


RIDE = {"title": "Endurance", "workout_type": "Bike", "originally_planned_day": datetime.date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("planned", "row", "is_it"),
    [
        ({"planned_duration": 1.05}, {}, True),
        ({"planned_distance_meters": 30_000.0, "workout_type": "Mtn Bike"}, {}, True),
        ({"planned_duration": 2.0}, {}, False),
        ({"planned_duration": 1.05, "workout_type": "Run"}, {}, False),
        ({"planned_duration": 1.05, "is_dropped": True}, {}, False),
        ({"planned_duration": 1.05, "is_custom": True}, {}, False),
        ({"planned_duration": 1.05}, {"2026-11-24": "2026-11-25"}, False),
        ({"planned_duration": 1.05, "actual_duration": 0.9}, {}, False),  # another ride
        ({}, {}, False),
    ],
)
def test_an_activity_of_intervals_icu_is_the_planned_workout_that_it_clearly_was(
    db: None, planned: dict[str, object], row: dict[str, str], *, is_it: bool
) -> None:
    ride = Workout.objects.create(**{"is_custom": False, "is_recorded": False, **RIDE, **planned})
    content = ACTIVITIES
    for old, new in row.items():
        content = content.replace(old, new)

    result = import_file("activities.csv", content.encode(), by=None).result

    assert (result["new"], result["changed"]) == ((0, 1) if is_it else (1, 0))
    assert not (is_it and result["gone"])
    ride.refresh_from_db()
    assert (ride.title, ride.planned_duration) == ("Endurance", planned.get("planned_duration"))
    assert (ride.actual_heart_rate == 141) == is_it
    again = import_file("activities.csv", content.encode(), by=None).result
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)


def test_it_is_added_if_two_workouts_may_have_been_it_or_it_was_skipped_or_moved(plan: Plan) -> None:
    ride = plan("Endurance", "2026-11-24", workout_type="Bike", planned_duration=1.05, is_recorded=False)
    other = plan("Tempo", "2026-11-24", workout_type="Bike", planned_duration=1.0, is_recorded=False)
    twice = ACTIVITIES + ACTIVITIES.splitlines()[1].replace("i1", "i2").replace("Evening", "Late") + "\n"

    def found(content: str) -> tuple[int, int]:
        merged = plan_import(content.encode(), Workout.objects.all()).merge
        return len(merged.new), len(merged.changed)

    assert found(ACTIVITIES) == (1, 0)
    change_selection(other.pk, {"is_selected": False}, by=None)
    assert found(ACTIVITIES) == (0, 1)
    assert found(twice) == (2, 0)
    change_selection(ride.pk, {"current_plan_day": datetime.date(2026, 11, 25)}, by=None)
    assert found(ACTIVITIES) == (1, 0)
    assert found(ACTIVITIES.replace("24T18", "25T18") + "i3,2026-11-24T07:00:00,Run,Run,60,,,,,,\n") == (1, 1)


def test_numbers_that_are_none_are_refused_as_in_any_file() -> None:
    _, skipped = read_workouts(EVENTS.replace("5400", "long").encode())
    assert skipped[0]["row"] == 2
    assert "which is not a number" in skipped[0]["reason"]


@pytest.mark.parametrize("content", [calendar(*TRAININGPEAKS), EVENTS.encode()])
def test_imported_twice_nothing_changes_and_what_the_coach_changed_is_merged(content: bytes, db: None) -> None:
    first = import_file("plan", content, by=None).result
    again = import_file("plan", content, by=None).result
    assert (first["new"], again["new"], again["changed"]) == (Workout.objects.count(), 0, 0)

    later = content.replace(b"20261124", b"20261123").replace(b"20261125\r\nDTSTART", b"20261124\r\nDTSTART")
    moved = import_file("plan", later.replace(b"2026-11-24T", b"2026-11-23T"), by=None).result
    assert [(move["from"], move["to"]) for move in moved["moved"]] == [("2026-11-24", "2026-11-23")]


def test_the_page_previews_a_calendar(athlete: Client) -> None:
    file = SimpleUploadedFile("plan.ics", calendar(*TRAININGPEAKS), "text/calendar")
    preview = athlete.post("/imports/", {"file": file}, follow=True)
    assert "Pull and paddles" in preview.content.decode()
    assert not Workout.objects.exists()
    days = [row.day for row, _ in preview.context["new"]]
    assert days == sorted(days)
    assert datetime.date(2026, 11, 24) in {row.day for row in preview.context["plan"].merge.new}
