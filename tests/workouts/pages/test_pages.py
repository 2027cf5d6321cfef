"""The changes that the pages make, with htmx and without scripts."""

import datetime
import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains

from tests.workouts.conftest import Plan
from tests.workouts.outcomes import change_of
from workouts.history import change_selection, undo
from workouts.models import Change, Workout, WorkoutSelection
from workouts.pages.redraw import last_seen

WEEK = "/week/2026-11-23"
HTMX = {"HX-Request": "true"}
SHOWN = {"board": "2026-11-23", "type": "Run", "source": ""}
"""What that week's page sends with its forms if scripts run."""


def selection_of(workout: Workout) -> WorkoutSelection:
    return WorkoutSelection.objects.get(workout=workout)


def test_without_scripts_a_change_redirects_to_the_page_and_offers_to_undo(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")

    sent = {"current_plan_day": "2026-11-27", "slot": "morning"}
    response = athlete.post(
        f"/workouts/{run.pk}/selection", sent, headers={"Referer": f"http://testserver{WEEK}?source=coach"}
    )

    change = Change.objects.get()
    assert response.headers["Location"] == f"{WEEK}?source=coach&changed={change.pk}#day-2026-11-23"
    page = athlete.get(response.headers["Location"]).content.decode()
    assert "Long run: moved to Fri 27 Nov, morning" in page
    assert f'action="/history/{change.pk}/undo/"' in page
    assert (selection_of(run).current_plan_day, selection_of(run).time_of_day) == (
        datetime.date(2026, 11, 27),
        "morning",
    )


def test_the_redirect_never_leaves_the_site(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    for referer in ("https://elsewhere.example/", "//elsewhere.example", ""):
        response = athlete.post(f"/workouts/{run.pk}/selection", {"user_notes": referer}, headers={"Referer": referer})
        assert response.headers["Location"].startswith("/?changed=")


def test_with_htmx_only_the_days_that_changed_are_sent(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    plan("Ride", "2026-11-27", workout_type="Bike")

    sent = {"current_plan_day": "2026-11-27", "slot": "evening"}
    answer = athlete.post(f"/workouts/{run.pk}/selection", {**sent, **SHOWN}, headers=HTMX)

    parts = answer.content.decode()
    assert [column.day.day for column in answer.context["columns"]] == [23, 27]
    assert "<html" not in parts
    for part in ("day-2026-11-23", "day-2026-11-27", "summary", "load", "toast", "seen"):
        assert parts.count(f'id="{part}"') == 1
    assert parts.count('hx-swap-oob="true"') == 6
    assert "Ride" not in parts, "the filter of the page holds"


def test_a_drawing_that_the_page_shows_is_not_sent_again(athlete: Client, plan: Plan) -> None:
    run, week = plan("Long run", "2099-11-23", tss=80), "/week/2099-11-23"

    def parts(seen: int = 0, **sent: object) -> list[str]:
        shown = re.findall(r'data-shown="(\w+)"', athlete.get(week).content.decode())
        values = {"seen": seen or last_seen(), "shown": shown, **SHOWN, "board": "2099-11-23", **sent}
        answer = athlete.post(f"/workouts/{run.pk}/selection", values, headers=HTMX)
        return re.findall(r'id="(load|lines|loads)"', answer.content.decode())

    assert parts(user_notes="gels") == []
    assert parts(current_plan_day="2099-11-24") == ["lines", "loads"]
    assert parts(current_plan_day="2099-12-24") == ["load", "lines", "loads"]
    assert parts(user_notes="", seen=1) == ["load", "lines", "loads"], "another tab has drawn something else"


@pytest.mark.parametrize(("seen", "shown"), [("0", 7), ("", 1), ("9" * 5000, 1), ("x", 1)])
def test_a_page_that_is_behind_gets_its_whole_board(athlete: Client, plan: Plan, seen: str, shown: int) -> None:
    """And one that does not say what it has seen the days that changed."""
    for day in ("2026-11-23", "2026-11-27"):
        sent = {"is_selected": "false", "seen": seen, **SHOWN}
        answer = athlete.post(f"/workouts/{plan('Run', day).pk}/selection", sent, headers=HTMX)
    assert len(answer.context["columns"]) == shown
    assert answer.context["seen"] == Change.objects.latest("pk").pk


@pytest.mark.parametrize(("seen", "shown"), [("0", 7), ("", 0), ("9" * 18, 0)])
def test_a_refusal_draws_the_board_of_a_page_that_is_behind(athlete: Client, plan: Plan, seen: str, shown: int) -> None:
    """For there it must look as if it could not be refused."""
    run = plan("Run", "2026-11-23")
    made = change_of(change_selection(run.pk, {"is_selected": False}, by=None))
    undo(made.pk, by=None)
    sent = {**SHOWN, "seen": seen}

    answer = athlete.post(f"/history/{made.pk}/undo/", sent, headers=HTMX)

    assert answer.status_code == 409
    assert "This was already undone." in answer.content.decode()
    assert answer.content.decode().count('class="day') == shown

    Workout.objects.all().delete()
    answer = athlete.post(f"/workouts/{run.pk}/selection", {**sent, "is_selected": "false"}, headers=HTMX)
    assert answer.status_code == 404
    assert "It does not exist any more" in answer.content.decode()


def test_a_page_that_was_out_of_sight_gets_what_has_changed(athlete: Client, plan: Plan) -> None:
    run = plan("Run", "2026-11-23")
    made = change_of(change_selection(run.pk, {"is_selected": False}, by=None))
    page = {**SHOWN, "today": timezone.localdate().isoformat()}
    assert athlete.get("/history/news", {**page, "seen": str(made.pk)}, headers=HTMX).status_code == 204
    assert "skipped" in athlete.get("/history/news", {**page, "seen": "0"}, headers=HTMX).content.decode()
    of_another_day = athlete.get("/history/news", {**page, "today": "2026-11-01"}, headers=HTMX)
    assert of_another_day.headers["HX-Refresh"] == "true"


def test_a_form_without_its_token_gets_a_toast_and_no_workouts(plan: Plan) -> None:
    run = plan("Run", "2026-11-23")
    change_selection(run.pk, {"is_selected": False}, by=None)
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/workouts/{run.pk}/selection", {**SHOWN, "seen": "0"}, headers=HTMX)
    assert answer.status_code == 403
    assert "Nothing was changed. Reload the page" in answer.content.decode()
    assert "Run" not in answer.content.decode()

    page = client.post(f"/workouts/{run.pk}/selection", {**SHOWN, "seen": "0"})
    assert page.status_code == 403
    assert "Nothing was changed. Reload the page" in page.content.decode()


def test_the_page_says_what_it_shows(athlete: Client, plan: Plan) -> None:
    plan("Long run", "2026-11-23")
    for address, shown in (
        (f"{WEEK}?type=Run&source=<x>", {**SHOWN}),
        ("/?source=own", {"board": "", "type": "", "source": "own"}),
        ("/month/2026-11", {"month": "2026-11"}),
    ):
        found = re.search('hx-vals="(.*?)"', athlete.get(address).content.decode())
        assert found
        assert json.loads(html.unescape(found[1])) == {**shown, "today": timezone.localdate().isoformat()}


def test_with_htmx_the_first_page_stays_what_it_is(athlete: Client, plan: Plan) -> None:
    """It also shows the seven days after today, and its summary stays that of this week."""
    later = timezone.localdate() + datetime.timedelta(days=7)
    run = plan("Long run", later.isoformat(), is_custom=True)

    answer = athlete.post(f"/workouts/{run.pk}/delete", {**SHOWN, "board": ""}, headers=HTMX)

    assert [column.day for column in answer.context["columns"]] == [later]
    assert answer.context["board"].is_agenda


@pytest.mark.parametrize("shown", [{**SHOWN, "board": ""}, {"month": "2026-11"}])
def test_with_htmx_a_page_of_yesterday_is_loaded_again(athlete: Client, plan: Plan, shown: dict[str, str]) -> None:
    """It may show last week, and yesterday as today."""
    run = plan("Long run", "2026-11-23")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    sent = {"is_selected": "false", **shown, "today": yesterday.isoformat()}
    answer = athlete.post(f"/workouts/{run.pk}/selection", sent, headers={**HTMX, "Referer": "http://testserver/"})
    assert answer.headers["HX-Redirect"] == f"/?changed={Change.objects.get().pk}"


@pytest.mark.parametrize("board", [{}, *({"board": day} for day in ("Monday", "0001-01-01", "2026-02-30", "\0", "12"))])
def test_with_htmx_a_page_that_shows_no_board_is_loaded_again(
    athlete: Client, plan: Plan, board: dict[str, str]
) -> None:
    run = plan("Long run", "2026-11-23")
    headers = {**HTMX, "Referer": "http://testserver/history/"}
    answer = athlete.post(f"/workouts/{run.pk}/selection", {"user_notes": "gels", **board}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"/history/?changed={Change.objects.get().pk}"


def test_the_page_of_a_workout_says_what_was_changed_and_offers_to_undo(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    address = f"/workouts/{run.pk}"
    headers = {"Referer": f"http://testserver{address}"}
    answer = athlete.post(f"{address}/selection", {"user_notes": "gels"}, headers=headers, follow=True)
    change = Change.objects.get()
    assertContains(answer, "Long run: notes changed")
    assertContains(answer, f'action="/history/{change.pk}/undo/"')


def test_what_the_form_shows_unchanged_stays_as_it_was_saved_elsewhere(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"user_notes": "gels\nand water"})
    page = athlete.get(f"/workouts/{run.pk}").content.decode()
    shown = dict(re.findall(r'name="(initial-\w+)"\s+value="([^"]*)"', page))
    sent = {**shown, **{name.removeprefix("initial-"): value.replace("\n", "\r\n") for name, value in shown.items()}}
    WorkoutSelection.objects.update(user_notes="bars", time_of_day="7am")

    athlete.post(f"/workouts/{run.pk}/selection", sent)
    assert not Change.objects.exists()

    athlete.post(f"/workouts/{run.pk}/selection", {**sent, "workout_location": "Stadion"})
    assert Change.objects.get().summary == "Long run: place Stadion"
    assert (selection_of(run).user_notes, selection_of(run).time_of_day) == ("bars", "7am")


def test_the_skip_button_ignores_the_day_of_the_form(athlete: Client, plan: Plan) -> None:
    """The page is outdated: the workout has been moved since."""
    run = plan("Long run", "2026-11-23", {"current_plan_day": datetime.date(2026, 11, 25)})
    sent = {"current_plan_day": "2026-11-23", "slot": "evening", "is_selected": "false"}
    athlete.post(f"/workouts/{run.pk}/selection", sent)
    assert selection_of(run).is_selected is False
    assert selection_of(run).current_plan_day == datetime.date(2026, 11, 25)


def test_a_move_within_its_slot_keeps_the_clock_time(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"time_of_day": "7am"})
    athlete.post(f"/workouts/{run.pk}/selection", {"current_plan_day": "2026-11-24", "slot": "morning"})
    assert selection_of(run).time_of_day == "7am"
    athlete.post(f"/workouts/{run.pk}/selection", {"current_plan_day": "2026-11-24", "slot": ""})
    assert selection_of(run).time_of_day is None


def test_moving_to_the_coachs_day_clears_the_move(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"current_plan_day": datetime.date(2026, 11, 25)})
    athlete.post(f"/workouts/{run.pk}/selection", {"current_plan_day": "2026-11-23"})
    assert selection_of(run).current_plan_day is None


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"current_plan_day": "Friday"}, "Day: Enter a valid date."),
        ({"slot": "midnight"}, "Time of day: Select a valid choice."),
        ({"is_selected": "perhaps"}, "Select a valid choice."),
        ({"workout_location": "x" * 101}, "Place: Ensure this value has at most 100 characters"),
        ({"user_notes": "a\0b"}, "Notes: Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_invalid_input_is_refused_by_name_and_changes_nothing(
    athlete: Client, plan: Plan, sent: dict[str, str], reason: str, headers: dict[str, str]
) -> None:
    run = plan("Long run", "2026-11-23")
    response = athlete.post(f"/workouts/{run.pk}/selection", sent, headers=headers)
    text = response.content.decode()
    assert response.status_code == 422
    assert reason in text
    assert "Nothing was changed." in text
    assert not WorkoutSelection.objects.exists()


def test_details_are_a_page_or_a_part(athlete: Client, plan: Plan) -> None:
    run = plan(
        "Long run", "2026-11-23", {"user_notes": "gels"}, workout_description="easy\nthen hard", coach_comments="Eat."
    )
    page = athlete.get(f"/workouts/{run.pk}")
    part = athlete.get(f"/workouts/{run.pk}", headers=HTMX)
    for response in (page, part):
        text = response.content.decode()
        assert "HX-Request" in response.headers["Vary"]
        assert all(words in text for words in ("easy\nthen hard", "Eat.", ">gels<", "Save TSS"))
    assert ("<html" in page.content.decode(), "<html" in part.content.decode()) == (True, False)


def test_back_to_the_coachs_plan(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"is_selected": False})
    athlete.post(f"/workouts/{run.pk}/reset")
    assert not WorkoutSelection.objects.exists()


def test_the_athlete_estimates_tss(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    athlete.post(f"/workouts/{run.pk}/estimate", {"tss": "81.5"})
    assert Workout.objects.get().tss == 81.5
    assert athlete.post(f"/workouts/{run.pk}/estimate", {"tss": "nan"}).status_code == 422
    athlete.post(f"/workouts/{run.pk}/estimate", {"tss": ""})
    assert Workout.objects.get().tss is None


OWN = {
    "title": "Club ride",
    "workout_type": "Bike",
    "originally_planned_day": "2026-11-28",
    "planned_duration_0": "2",
    "planned_duration_1": "15",
    "planned_distance_meters_0": "60",
    "planned_distance_meters_1": "km",
    "tss": "",
    "workout_description": "",
}


def test_own_workouts_are_added_changed_and_deleted(athlete: Client) -> None:
    assert athlete.get("/workouts/add/2026-11-28").context["form"]["originally_planned_day"].value() == datetime.date(
        2026, 11, 28
    )
    response = athlete.post("/workouts/add", OWN)
    workout = Workout.objects.get()
    assert response.headers["Location"].startswith("/week/2026-11-28")
    assert (workout.title, workout.planned_duration, workout.is_custom) == ("Club ride", 2.25, True)

    edited = athlete.get(f"/workouts/{workout.pk}/edit").context["form"]
    assert edited["planned_duration"].value() == 135
    athlete.post(f"/workouts/{workout.pk}/edit", {**OWN, "title": "Hilly ride"})
    assert Workout.objects.get().title == "Hilly ride"

    athlete.post(f"/workouts/{workout.pk}/delete")
    assert not Workout.objects.exists()
    for change in Change.objects.order_by("-id"):
        athlete.post(f"/history/{change.pk}/undo/")
    assert not Workout.objects.exists()
    assert [change.summary for change in Change.objects.order_by("id")] == [
        "Club ride: added",
        "Club ride: changed",
        "Hilly ride: deleted",
        "Undone: Hilly ride: deleted",
        "Undone: Club ride: changed",
        "Undone: Club ride: added",
    ]


def moved_ride(plan: Plan) -> Workout:
    """Planned on 28 November, and moved to the next day."""
    moved = {"current_plan_day": "2026-11-29", "user_notes": "With Ann"}
    return plan("Club ride", "2026-11-28", moved, workout_type="Bike", is_custom=True)


def test_another_day_for_a_moved_workout_of_ones_own_is_where_it_is_planned(athlete: Client, plan: Plan) -> None:
    ride = moved_ride(plan)
    form = athlete.get(f"/workouts/{ride.pk}/edit").context["form"]
    assert form["originally_planned_day"].value() == datetime.date(2026, 11, 29)

    response = athlete.post(f"/workouts/{ride.pk}/edit", {**OWN, "originally_planned_day": "2026-12-01"})

    assert response.headers["Location"].startswith("/week/2026-12-01")
    now = Workout.objects.with_selection().get()
    assert (now.originally_planned_day, now.day) == (datetime.date(2026, 12, 1), datetime.date(2026, 12, 1))
    assert not Workout.objects.moved().exists()
    assert now.selection
    assert now.selection.user_notes == "With Ann"
    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    before = Workout.objects.with_selection().get()
    assert (before.originally_planned_day, before.day) == (datetime.date(2026, 11, 28), datetime.date(2026, 11, 29))


@pytest.mark.parametrize(("sent", "planned"), [("2026-11-29", "2026-11-28"), ("2026-11-28", "2026-11-28")])
def test_a_moved_workout_is_moved_back_by_the_day_of_its_plan_and_stays_without_another_day(
    athlete: Client, plan: Plan, sent: str, planned: str
) -> None:
    ride = moved_ride(plan)
    athlete.post(f"/workouts/{ride.pk}/edit", {**OWN, "title": "Hilly ride", "originally_planned_day": sent})
    now = Workout.objects.with_selection().get()
    assert (now.title, str(now.originally_planned_day), str(now.day)) == ("Hilly ride", planned, sent)


@pytest.mark.parametrize(
    "invalid", [{"title": " "}, {"planned_duration_1": "99999"}, {"originally_planned_day": ""}, {"tss": "-1"}]
)
def test_an_invalid_workout_is_not_added(athlete: Client, invalid: dict[str, str]) -> None:
    response = athlete.post("/workouts/add", OWN | invalid)
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert not Workout.objects.exists()


def test_a_coachs_workout_is_neither_edited_nor_deleted(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    assert athlete.get(f"/workouts/{run.pk}/edit").headers["Location"] == f"/workouts/{run.pk}"
    assert athlete.post(f"/workouts/{run.pk}/edit", OWN).status_code == 302
    response = athlete.post(f"/workouts/{run.pk}/delete")
    assert response.status_code == 403
    assert "can be skipped, not deleted" in response.content.decode()
    assert Workout.objects.get().title == "Long run"


def test_a_refused_undo_says_why(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    for notes in ("one", "two"):
        athlete.post(f"/workouts/{run.pk}/selection", {"user_notes": notes})
    first, second = Change.objects.order_by("id")

    stale = athlete.post(f"/history/{first.pk}/undo/")
    assert (stale.status_code, "Changed in the meantime: Long run." in stale.content.decode()) == (409, True)

    athlete.post(f"/history/{second.pk}/undo/")
    again = athlete.post(f"/history/{second.pk}/undo/")
    assert (again.status_code, "already undone" in again.content.decode()) == (409, True)
    assert selection_of(run).user_notes == "one"
    assert athlete.post("/history/999/undo/").status_code == 404


def test_history_lists_the_newest_first_and_by_pages(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23")
    for number in range(51):
        athlete.post(f"/workouts/{run.pk}/selection", {"user_notes": str(number)})
    newest = Change.objects.latest("id")

    page = athlete.get("/history/")
    assert (len(page.context["page"]), page.context["page"][0]) == (50, newest)
    assert len(athlete.get("/history/?page=2").context["page"]) == 1


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("address", ["selection", "reset", "estimate", "delete"])
def test_reading_changes_nothing(athlete: Client, plan: Plan, address: str, method: str) -> None:
    run = plan("Long run", "2026-11-23", is_custom=True)
    response: Any = getattr(athlete, method)(f"/workouts/{run.pk}/{address}")
    assert response.status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/week/2026-11-23",
        "/month",
        "/workouts/1",
        "/workouts/add",
        "/history/",
        "/week/2026-11-23/targets",
        "/keys",
        "/week/2026-11-23/figures",
    ],
)
def test_every_page_needs_a_login(client: Client, db: None, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/login/")


def test_an_unknown_address_says_so(athlete: Client) -> None:
    response = athlete.get("/workouts/999")
    assert (response.status_code, "Not found" in response.content.decode()) == (404, True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_workout_on_an_absurd_day_can_be_viewed_and_moved_back(athlete: Client, plan: Plan, day: str) -> None:
    run = plan("Long run", "2026-11-23", {"current_plan_day": day})
    assert athlete.get(f"/workouts/{run.pk}").status_code == 200
    sent = {"current_plan_day": "", **SHOWN}
    assert athlete.post(f"/workouts/{run.pk}/selection", sent, headers=HTMX).status_code == 200
    assert selection_of(run).current_plan_day is None
