"""The week page: which days and workouts it shows, its size and its queries."""

import datetime
import re
from itertools import pairwise
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.workouts.conftest import Plan
from workouts.models import Availability, Change, Preferences, Token, WeekTarget, Workout, WorkoutSelection
from workouts.pages.board import Column
from workouts.pages.unchanged import SHOWN
from workouts.values.days import monday_of

MONDAY = "2026-11-23"
BYTES = 35_000
QUERIES = 9  # session, account, state, last change, preferences, workouts, availability, target, season
if connection.vendor == "sqlite":
    QUERIES += 1  # selections: on PostgreSQL they are sent with the workouts


def titles(client: Client, address: str) -> dict[str, dict[str, list[str]]]:
    """The titles on the board by day and slot, without empty slots."""
    return titles_of(client.get(address).context["columns"])


def titles_of(columns: list[Column]) -> dict[str, dict[str, list[str]]]:
    board = {
        column.day.isoformat(): {slot: [workout.title for workout in cards] for slot, _, cards in column.slots if cards}
        for column in columns
    }
    return {day: slots for day, slots in board.items() if slots}


def test_needs_a_login(client: Client, db: None) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/")


@pytest.mark.parametrize("debug", [False, True])
def test_its_scripts_are_the_same_in_development(athlete: Client, settings: LazySettings, debug: bool) -> None:
    """The one that django-htmx adds there replaces the page by Django's own page of an error."""
    settings.DEBUG = debug
    scripts = re.findall(
        r'<script src="[^"]*/([\w.-]+?)(?:\.min)?(?:\.\w{12})?\.js"', athlete.get("/").content.decode()
    )
    assert scripts == ["htmx-2", "board", "move", "finger", "quick-add", "keys", "once"]


@pytest.mark.parametrize(
    ("monday", "title"),
    [("2026-12-28", "28 December 2026 to 3 January 2027"), ("2026-11-30", "30 November to 6 December 2026")],
)
def test_a_week_of_two_years_names_both(athlete: Client, monday: str, title: str) -> None:
    assert title in athlete.get(f"/week/{monday}").content.decode()


def test_begins_on_monday(athlete: Client) -> None:
    response = athlete.get("/week/2026-11-26")
    assert (response.status_code, response.headers["Location"]) == (302, f"/week/{MONDAY}")

    days = [column.day for column in athlete.get(f"/week/{MONDAY}").context["columns"]]
    assert (days[0].isoformat(), len(days)) == (MONDAY, 7)


def test_the_first_page_has_this_week_and_the_seven_days_after_today(athlete: Client) -> None:
    today = timezone.localdate()
    columns = athlete.get("/").context["columns"]

    days = [column.day for column in columns]
    assert all(later - earlier == datetime.timedelta(days=1) for earlier, later in pairwise(days))
    assert days[0] == today - datetime.timedelta(days=today.weekday())
    assert {today + datetime.timedelta(days=n) for n in range(8)} <= set(days)
    on_wide_screens = [column.day for column in columns if not column.beyond]
    assert on_wide_screens == days[:7]
    assert all(column.past == (column.day < today) for column in columns)


@pytest.mark.parametrize("address", ["/week/2026-02-30", "/week/0001-01-01", "/week/9999-12-31", "/month/2026-13"])
def test_a_day_that_does_not_exist_is_404(athlete: Client, address: str) -> None:
    assert athlete.get(address).status_code == 404


def test_shows_workouts_where_the_athlete_has_them(athlete: Client, plan: Plan) -> None:
    plan("early", "2026-11-22")
    plan("as planned", MONDAY)
    plan("last", "2026-11-29", {"time_of_day": "7am"})
    plan("moved in", "2026-12-20", {"current_plan_day": "2026-11-25", "time_of_day": "evening"})
    plan("moved out", MONDAY, {"current_plan_day": "2026-11-30"})
    plan("free text", MONDAY, {"time_of_day": "after work"})

    assert titles(athlete, f"/week/{MONDAY}") == {
        MONDAY: {"": ["as planned", "free text"]},
        "2026-11-25": {"evening": ["moved in"]},
        "2026-11-29": {"morning": ["last"]},
    }


def test_escapes_what_people_wrote(athlete: Client, plan: Plan) -> None:
    selection = {"is_selected": False, "time_of_day": "<i>7am</i>", "user_notes": "<b>fan</b>"}
    plan("<script>alert(1)</script>", MONDAY, selection, workout_type="<u>Run</u>")

    page = athlete.get(f"/week/{MONDAY}").content.decode()

    for escaped in ("&lt;script&gt;", "&lt;i&gt;7am", "&lt;b&gt;fan", "&lt;u&gt;Run", "Skipped"):
        assert escaped in page
    assert "<script>alert" not in page


def test_filters_choose_cards_and_leave_the_summary(athlete: Client, plan: Plan) -> None:
    plan("ride", MONDAY, workout_type="Mtn Bike", planned_duration=2.0)
    plan("run", MONDAY, planned_duration=1.0)
    plan("club run", MONDAY, planned_duration=1.0, is_custom=True)
    whole = athlete.get(f"/week/{MONDAY}").context["summary"]
    filtered = athlete.get(f"/week/{MONDAY}?type=Bike").context

    assert titles_of(filtered["columns"]) == {MONDAY: {"": ["ride"]}}
    assert titles(athlete, f"/week/{MONDAY}?type=Run&source=own") == {MONDAY: {"": ["club run"]}}
    assert titles(athlete, f"/week/{MONDAY}?source=coach") == {MONDAY: {"": ["ride", "run"]}}
    assert titles(athlete, f"/week/{MONDAY}?type=Chess&source=%00") == {MONDAY: {"": ["ride", "run", "club run"]}}
    assert filtered["summary"] == whole
    assert filtered["columns"][0].minutes == 120, "of the cards that are shown"
    assert whole.total.planned.minutes == 240


@pytest.mark.parametrize(
    ("address", "table"),
    [(f"/week/{MONDAY}", 'class="board"'), ("/month/2026-11", 'class="month"'), (f"/season/{MONDAY}", 'class="loads"')],
)
def test_an_empty_planner_shows_three_steps_instead_of_empty_tables(
    athlete: Client, plan: Plan, address: str, table: str
) -> None:
    WeekTarget.objects.create(week=datetime.date(2026, 11, 23), minutes=600)
    page = athlete.get(address)
    steps = [(step.address, step.done) for step in page.context["first_steps"]]
    this_week = monday_of(timezone.localdate()).isoformat()
    week = this_week if "month" in address else MONDAY
    assert steps == [("/imports/", False), (f"/week/{week}/targets", True), ("/settings/#feed", False)]
    assert 'href="/workouts/add"' in page.content.decode()
    for step, _ in steps:
        assert athlete.get(step.partition("#")[0]).status_code == 200
    assert table not in page.content.decode()

    plan("Next year's", "2027-11-23")
    assert table in athlete.get(address).content.decode()


def test_is_small_and_takes_a_constant_number_of_queries(
    athlete: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """5 000 workouts, 14 per week, half of them with a complete selection."""
    first = datetime.date(2026, 11, 23) - datetime.timedelta(weeks=178)
    workouts = Workout.objects.bulk_create(
        Workout(
            title=f"Intervals number {n}",
            workout_type="Bike",
            originally_planned_day=first + datetime.timedelta(days=n // 2),
            planned_duration=1.5,
            planned_distance_meters=40_000,
            tss=80,
        )
        for n in range(5000)
    )
    WorkoutSelection.objects.bulk_create(
        WorkoutSelection(workout=workout, time_of_day="morning", workout_location="indoor", user_notes="Fan, bottles.")
        for workout in workouts[::2]
    )

    with django_assert_num_queries(QUERIES):
        page = athlete.get(f"/week/{MONDAY}")

    assert sum(len(cards) for column in page.context["columns"] for _, _, cards in column.slots) == 14
    assert len(page.content) < BYTES
    compressed = athlete.get(f"/week/{MONDAY}", headers={"Accept-Encoding": "gzip"})
    assert len(compressed.content) < len(page.content) / 4


def test_parts_that_are_rendered_once_follow_every_value_that_they_show(athlete: Client, plan: Plan) -> None:
    run = plan("Run", MONDAY, {"user_notes": "Two bottles."}, planned_distance_meters=10_000, tss=50)

    def page() -> str:
        return str(athlete.get(f"/week/{MONDAY}").content.decode()).replace("\xa0", " ")

    assert "Two bottles." in page()
    WorkoutSelection.objects.update(user_notes="Three bottles.")
    assert "Three bottles." in page()
    Workout.objects.update(title="Long run", tss=77)
    assert "Long run" in page()
    assert "Week of 23 November: 77 TSS" in page()
    Preferences(pk=1, distance_unit="mi").save()
    assert "6.21 mi" in page()
    Availability.objects.create(first_day=MONDAY, last_day="2026-12-31", weekday=0, discipline="Run")
    assert "No running<" in page()
    assert 'class="clash"' in page()
    Workout.objects.update(is_done=True)
    assert 'class="clash"' not in page()
    WeekTarget.objects.create(week=datetime.date(2026, 11, 23), minutes=600)
    assert "target 10 h" in page()
    run.delete()
    assert "Long run" not in page()


def test_month_shows_every_day_of_its_weeks(athlete: Client, plan: Plan) -> None:
    plan("last of October", "2026-10-26")
    plan("moved", "2026-11-10", {"current_plan_day": "2026-12-06", "is_selected": False})

    rows = athlete.get("/month/2026-11").context["rows"]

    first, last = rows[0].cells[0], rows[-1].cells[-1]
    assert (len(rows), first.day.isoformat(), last.day.isoformat()) == (6, "2026-10-26", "2026-12-06")
    assert [workout.title for workout in first.shown] == ["last of October"]
    assert [workout.title for workout in last.shown] == ["moved"]
    assert not last.inside
    assert athlete.get("/month").context["month"].first == timezone.localdate().replace(day=1)


def test_month_sums_each_week_beside_its_target_and_folds_full_days(
    athlete: Client, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(9):
        plan(f"Run {number}", "2026-11-24" if number < 5 else "2026-11-25", planned_duration=1.0)
    WeekTarget.objects.create(week=datetime.date(2026, 11, 23), minutes=600)

    with django_assert_num_queries(QUERIES - 1):  # no season
        rows = athlete.get("/month/2026-11").context["rows"]

    week = next(row for row in rows if row.first.isoformat() == MONDAY)
    assert [(len(cell.shown), len(cell.more)) for cell in week.cells[:3]] == [(0, 0), (3, 2), (4, 0)]
    assert (week.total.planned.minutes, week.total.target_minutes) == (540, 600)


def test_month_orders_a_day_as_the_week_does(athlete: Client, plan: Plan) -> None:
    for title, time in (("Late", "evening"), ("Early", "7am"), ("Whenever", None)):
        plan(title, MONDAY, {"time_of_day": time})
    [*_, week, _] = athlete.get("/month/2026-11").context["rows"]
    assert [workout.title for workout in week.cells[0].shown] == ["Whenever", "Early", "Late"]


def test_month_redraws_the_days_that_changed_and_the_sums_of_their_weeks(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-24")
    sent = {"workout": run.pk, "verb": "move", "current_plan_day": "2026-12-02", "slot": "keep", "month": "2026-11"}

    parts = athlete.post("/workouts/selections", sent, headers={"HX-Request": "true"}).content.decode()

    for part in ("day-2026-11-24", "day-2026-12-02", "week-2026-11-23", "week-2026-11-30", "toast"):
        assert parts.count(f'id="{part}"') == 1
    assert 'id="seen"' in parts
    assert parts.count("hx-swap-oob") == 6


@pytest.mark.parametrize(("start", "first", "last"), [(6, "2026-11-22", "2026-11-28"), (5, "2026-11-21", "2026-11-27")])
def test_weeks_begin_where_the_athlete_prefers_and_keep_their_targets(
    athlete: Client, plan: Plan, start: int, first: str, last: str
) -> None:
    Preferences(pk=1, week_start=start).save()
    plan("Run", first, planned_duration=1.0)
    WeekTarget.objects.create(week=datetime.date(2026, 11, 23), minutes=600)

    page = athlete.get(f"/week/{MONDAY}?changed=3", follow=True)

    assert page.redirect_chain == [(f"/week/{first}?changed=3", 302)]
    days = [column.day.isoformat() for column in page.context["columns"]]
    assert (days[0], days[-1]) == (first, last)
    total = page.context["summary"].total
    assert (total.planned.minutes, total.target_minutes) == (60, 600)
    assert [(bar.first.isoformat(), bar.hours) for bar in page.context["season"].bars if bar.shown] == [(first, 1.0)]
    assert athlete.get("/month/2026-11").context["rows"][-1].first.weekday() == start
    name = f"Targets of the week of {first[-2:]} Nov"
    assert f"{name}ember 2026" in athlete.get(f"/week/{MONDAY}/targets").content.decode()
    athlete.post(f"/week/{MONDAY}/targets", {"total_0": "9"})
    assert str(Change.objects.get()) == f"{name} 2026"
    assert athlete.get(f"/week/{first}/targets").headers["Location"] == f"/week/{MONDAY}/targets"


@pytest.mark.parametrize("address", ["/", f"/week/{MONDAY}", "/month/2026-11"])
def test_an_unchanged_page_is_not_sent_again(
    athlete: Client, plan: Plan, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = plan("Run", MONDAY)

    def reload(page: Any) -> Any:
        return athlete.get(address, headers={"If-None-Match": page.headers["ETag"]})

    page = athlete.get(address)
    assert page.headers["Cache-Control"] == "private, no-cache"
    with django_assert_num_queries(3):  # session, account, state
        assert reload(page).status_code == 304

    athlete.post(f"/workouts/{run.pk}/selection", {"user_notes": "gels"})
    changed = reload(page)
    assert (changed.status_code, changed.headers["ETag"] != page.headers["ETag"]) == (200, True)
    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    undone = reload(changed)
    athlete.cookies["csrftoken"] = "x" * 32
    assert reload(undone).status_code == 200, "the forms of the page would be refused"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not say who wrote a row")
def test_a_page_that_is_loaded_again_is_not_rendered_again(athlete: Client, plan: Plan) -> None:
    plan("Run", MONDAY)
    for address in (f"/week/{MONDAY}", f"/week/{MONDAY}?type=Swim", "/month/2026-11"):
        first = athlete.get(address)
        with CaptureQueriesContext(connection) as queries:
            again = athlete.get(address)
        assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"]), address
        assert len(queries) == 3, "session, account, state"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not say who wrote a row")
def test_a_page_is_rendered_again_whoever_wrote_what_it_shows(athlete: Client, plan: Plan) -> None:
    plan("Run", MONDAY, {"user_notes": "Two bottles."})
    Preferences(pk=1).save()
    Availability.objects.create(first_day=MONDAY, last_day=MONDAY)
    WeekTarget.objects.create(week=MONDAY, minutes=600)
    Token.objects.create(user=User.objects.get(), purpose=Token.Purpose.FEED, digest="0" * 64)
    for model in SHOWN:
        athlete.get(f"/week/{MONDAY}")
        key = model._meta.pk.name
        model._default_manager.update(**{key: F(key)})
        with CaptureQueriesContext(connection) as queries:
            athlete.get(f"/week/{MONDAY}")
        assert len(queries) == QUERIES, model


def test_a_page_with_a_message_is_not_kept(athlete: Client, plan: Plan) -> None:
    """Neither by the browser nor by the server: the message is shown once."""
    address = f"/week/{MONDAY}"
    athlete.get(address)
    times = {"morning": "06:00", "afternoon": "12:00", "evening": "17:00"}
    athlete.post("/settings/", {"distance_unit": "km", "swim_unit": "m", "week_start": 0, **times})
    told = athlete.get(address)
    assert (b"were saved" in told.content, told.has_header("ETag")) == (True, False)
    assert b"were saved" not in athlete.get(address).content


def test_a_page_is_sent_again_after_writes_past_the_history(athlete: Client, plan: Plan) -> None:
    """The old version, which serves beside this one for a while, sends these statements."""
    run, address = plan("Run", MONDAY), f"/week/{MONDAY}"
    page = athlete.get(address)
    for statement in (
        f"INSERT INTO workout_selections (workout_id) VALUES ({run.pk})",
        "DELETE FROM workout_selections",
        f"INSERT INTO workout_selections (workout_id, updated_at) VALUES ({run.pk}, '2026-11-23 08:00:00')",
        "UPDATE workout_selections SET user_notes = 'gels', updated_at = '2026-11-23 09:00:00'",
        "DELETE FROM workout_selections",
        "DELETE FROM workouts",
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        changed = athlete.get(address, headers={"If-None-Match": page.headers["ETag"]})
        assert (changed.status_code, changed.headers["ETag"] != page.headers["ETag"]) == (200, True), statement
        page = changed
    Token.objects.create(user=User.objects.get(), purpose=Token.Purpose.FEED, digest="0" * 64)
    assert athlete.get(address, headers={"If-None-Match": page.headers["ETag"]}).status_code == 200


def test_infinite_numbers_read_as_no_value(athlete: Client, plan: Plan) -> None:
    """The old application stored such numbers."""
    endless = float("inf")
    run = plan("Run", MONDAY, planned_duration=endless, planned_distance_meters=endless, tss=endless)

    for address in (f"/week/{MONDAY}", f"/workouts/{run.pk}", "/month/2026-11"):
        assert athlete.get(address).status_code == 200
