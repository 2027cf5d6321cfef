"""The ticked workouts, a whole week, and a line: as forms and with htmx."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.workouts.conftest import Plan
from workouts.models import Change, Preferences, Workout, WorkoutSelection
from workouts.values.days import ONE_DAY, ONE_WEEK

WEEK = "/week/2026-11-23"
HTMX = {"HX-Request": "true"}
SHOWN = {"board": "2026-11-23", "type": "", "source": ""}


def days() -> dict[str, list[str]]:
    """The days of each title, as day and time of day."""
    found: dict[str, list[str]] = {}
    for workout in Workout.objects.with_selection().order_by("id"):
        found.setdefault(workout.title, []).append(f"{workout.day:%-d %b} {workout.time_of_day or ''}".strip())
    return found


def test_ticked_workouts_are_moved_copied_and_skipped(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2026-11-23", {"time_of_day": "7am"})
    ride = plan("Ride", "2026-11-24")
    ticked = {"workout": [run.pk, ride.pk]}

    def send(verb: str, day: str = "", slot: str = "keep") -> str:
        athlete.post("/workouts/selections", {**ticked, "verb": verb, "current_plan_day": day, "slot": slot})
        return str(Change.objects.latest("id"))

    assert send("move", "2026-11-27") == "2 workouts: moved to Fri 27 Nov"
    assert days() == {"Long run": ["27 Nov 7am"], "Ride": ["27 Nov"]}
    assert send("move", slot="evening") == "2 workouts: evening"
    assert send("move", "2026-11-24", "") == "2 workouts: moved to Tue 24 Nov, no time of day"
    assert send("later") == "2 workouts: moved a week later"
    assert days() == {"Long run": ["1 Dec"], "Ride": ["1 Dec"]}
    assert send("earlier") == "2 workouts: moved a week earlier"
    assert send("copy", "2026-11-28", "morning") == "2 workouts: copied to Sat 28 Nov"
    assert days() == {"Long run": ["24 Nov", "28 Nov morning"], "Ride": ["24 Nov", "28 Nov morning"]}
    assert send("skip") == "2 workouts: skipped"
    assert send("select") == "2 workouts: selected"
    for change in Change.objects.order_by("-id"):
        athlete.post(f"/history/{change.pk}/undo/")
    assert days() == {"Long run": ["23 Nov 7am"], "Ride": ["24 Nov"]}


def test_ticked_workouts_are_done_as_planned_in_one_step(athlete: Client, plan: Plan) -> None:
    run = plan("Long run", "2025-11-24", {"is_selected": False}, planned_duration=1.5)
    swim = plan("Swim", "2025-11-25", planned_distance_meters=2000.0)
    ride = plan("Ride", "2025-11-25", is_done=True, actual_duration=0.5, planned_duration=2.0)
    rest = plan("Rest", "2025-11-26", workout_type="Day Off")
    sent = {"workout": [run.pk, swim.pk, ride.pk, rest.pk], "verb": "done"}

    athlete.post("/workouts/selections", sent)

    figures = {one.title: (one.actual_duration, one.actual_distance_meters) for one in Workout.objects.all()}
    assert figures == {"Long run": (1.5, None), "Swim": (None, 2000), "Ride": (0.5, None), "Rest": (None, None)}
    assert not Workout.objects.with_selection().get(pk=run.pk).skipped
    change = Change.objects.get()
    assert str(change) == "2 workouts: done"
    athlete.post("/workouts/selections", sent)
    athlete.post(f"/history/{change.pk}/undo/")
    assert [one.title for one in Workout.objects.all() if one.was_done] == ["Ride"]


def test_nothing_is_done_on_a_day_to_come(athlete: Client, plan: Plan) -> None:
    today = timezone.localdate()
    done = plan("Long run", today.isoformat(), is_done=True, is_custom=True)
    earlier = plan("Swim", (today + ONE_DAY).isoformat(), {"current_plan_day": today}, is_done=True)
    to_come = plan("Ride", (today + ONE_WEEK).isoformat())
    moves = [
        ("/workouts/selections", {"workout": done.pk, "verb": "move", "current_plan_day": today + ONE_DAY}),
        ("/workouts/selections", {"workout": done.pk, "verb": "later"}),
        ("/workouts/selections", {"workout": [done.pk, to_come.pk], "verb": "done"}),
        (f"/workouts/{done.pk}/selection", {"current_plan_day": today + ONE_DAY}),
        (f"/workouts/{earlier.pk}/reset", {}),
        (f"/workouts/{done.pk}/edit", {"title": "x", "workout_type": "Run", "originally_planned_day": today + ONE_DAY}),
    ]
    for address, sent in moves:
        refused = athlete.post(address, sent)
        assert refused.status_code in (409, 422)
        assert "to come." in refused.content.decode()
    assert not Change.objects.exists()
    athlete.post("/workouts/selections", {"workout": done.pk, "verb": "earlier"})
    athlete.post("/workouts/selections", {"workout": done.pk, "verb": "later"})
    assert Change.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"verb": "move", "slot": "keep"}, "Day: To which day do you want to move them?"),
        ({"verb": "copy", "slot": "morning"}, "Day: To which day do you want to copy them?"),
        ({"verb": "skip", "workout": []}, "Workouts: Tick one first."),
        ({"verb": "skip", "workout": "999"}, "Workouts: One that is ticked no longer exists."),
        ({"verb": "burn"}, "Select a valid choice."),
        ({"verb": "move", "current_plan_day": "9999-12-31"}, "Day: A year from 1970 to 2199 is needed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_invalid_input_is_refused_by_name_and_changes_nothing(
    athlete: Client, plan: Plan, sent: dict[str, Any], reason: str, headers: dict[str, str]
) -> None:
    run = plan("Long run", "2026-11-23")
    response = athlete.post("/workouts/selections", {"workout": run.pk, **sent}, headers=headers)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not Change.objects.exists()


def test_a_week_is_copied_or_moved_and_its_page_shown(athlete: Client, plan: Plan) -> None:
    plan("Long run", "2026-11-23", {"time_of_day": "7am"})
    plan("Ride", "2026-12-20", {"current_plan_day": datetime.date(2026, 11, 29)})
    plan("Skipped", "2026-11-25", {"is_selected": False})
    plan("Recorded", "2026-11-25", is_recorded=True)
    plan("Last week's", "2026-11-22")
    plan("Done", "2026-11-25", is_done=True)
    others = {"Skipped": ["25 Nov"], "Recorded": ["25 Nov"], "Last week's": ["22 Nov"]}

    response = athlete.post(f"{WEEK}/change", {"verb": "copy", "first": "2026-12-07"})
    copied = Change.objects.get()
    assert response.headers["Location"] == f"/week/2026-12-07?changed={copied.pk}#day-2026-12-07"
    assert str(copied) == "3 workouts: copied to the week of 7 Dec"
    assert days() == {
        "Long run": ["23 Nov 7am", "7 Dec 7am"],
        "Ride": ["29 Nov", "13 Dec"],
        "Done": ["25 Nov", "9 Dec"],
        **others,
    }

    athlete.post(f"/history/{copied.pk}/undo/")
    athlete.post(f"{WEEK}/change", {"verb": "shift", "first": "2026-11-24"})
    assert days() == {"Long run": ["24 Nov 7am"], "Ride": ["30 Nov"], "Done": ["25 Nov"], **others}
    assert str(Change.objects.latest("id")) == "2 workouts: moved to the days from Tue 24 Nov to Mon 30 Nov"


def test_a_week_that_is_moved_where_it_is_stays_and_the_page_says_so(athlete: Client, plan: Plan) -> None:
    plan("Long run", "2026-11-23")
    page = athlete.post(f"{WEEK}/change", {"verb": "shift", "first": "2026-11-23"}, follow=True)
    assert page.redirect_chain == [(WEEK, 302)]
    assert "Nothing was changed: it is so already." in page.content.decode()
    assert not Change.objects.exists()


def test_a_week_that_begins_on_sunday_is_named_as_one(athlete: Client, plan: Plan) -> None:
    Preferences(pk=1, week_start=6).save()
    for title, day in (("Long run", "2026-11-22"), ("Ride", "2026-11-28")):
        plan(title, day)
    athlete.post("/week/2026-11-22/change", {"verb": "copy", "first": "2026-12-06"})
    assert str(Change.objects.latest("id")) == "2 workouts: copied to the week of 6 Dec"


def test_a_week_in_which_everything_is_done_is_not_moved_and_the_page_says_why(athlete: Client, plan: Plan) -> None:
    plan("Long run", "2026-11-23", is_done=True)
    refused = athlete.post(f"{WEEK}/change", {"verb": "shift", "first": "2026-12-07"})
    assert refused.status_code == 422
    assert "Everything in this week is done. Nothing was changed." in refused.content.decode()


@pytest.mark.parametrize(
    ("day", "sent", "reason"),
    [
        ("2026-01-05", {"verb": "copy", "first": "2026-12-07"}, "Nothing is planned in this week."),
        ("2026-11-23", {"verb": "shift", "first": ""}, "Day: This field is required."),
        *(
            ("2026-11-23", {"verb": verb, "first": first}, "Day: A year from 1970 to 2199 is needed.")
            for verb in ("copy", "shift")
            for first in ("2199-12-26", "9999-12-31")
        ),
    ],
)
def test_a_week_that_cannot_go_there_stays(
    athlete: Client, plan: Plan, day: str, sent: dict[str, str], reason: str
) -> None:
    plan("Long run", "2026-11-24")
    response = athlete.post(f"/week/{day}/change", sent)
    assert (response.status_code, reason in response.content.decode()) == (422, True)
    assert not Change.objects.exists()


def test_a_line_adds_a_workout_with_its_time_of_day(athlete: Client) -> None:
    sent = {"day": "2026-11-27", "line": "Run 45min easy 7am"}
    preview = athlete.get("/workouts/quick", sent).content.decode()
    assert [part in preview for part in ("Easy", "Run", "45 min", "7am")] == [True] * 4
    assert not Workout.objects.exists()

    response = athlete.post("/workouts/quick", sent)
    assert response.headers["Location"].startswith("/week/2026-11-27?changed=")
    parts = athlete.post("/workouts/quick", {**sent, **SHOWN, "line": "Swim 2000m <b>"}, headers=HTMX)
    assert 'id="day-2026-11-27"' in parts.content.decode()
    assert days() == {"Easy": ["27 Nov 7am"], "Swim <b>": ["27 Nov"]}
    assert not WorkoutSelection.objects.filter(workout__title="Swim <b>").exists()


def test_a_line_that_is_not_understood_adds_nothing_and_says_why(athlete: Client) -> None:
    sent = {"day": "2026-11-27", "line": "Run 45"}
    for response in (athlete.get("/workouts/quick", sent), athlete.post("/workouts/quick", sent)):
        assert "“45” has no unit: write 45min or 45km." in response.content.decode()
    assert response.status_code == 422
    assert not Workout.objects.exists()


def test_a_button_that_is_pressed_twice_without_scripts_adds_one_workout(athlete: Client) -> None:
    line = {"day": "2026-11-27", "line": "Run 45min easy 7am"}
    form = {"title": "Long run", "workout_type": "Run", "originally_planned_day": "2026-11-27"}
    for address, sent in (("/workouts/quick", line), ("/workouts/add", form)):
        first = athlete.post(address, sent).headers["Location"]
        athlete.post("/week/2026-11-23/targets", {"tss": str(len(sent))})
        assert athlete.post(address, sent).headers["Location"] == first, "not the other change"
    assert days() == {"Easy": ["27 Nov 7am"], "Long run": ["27 Nov"]}
    athlete.post("/workouts/add", {**form, "title": "Ride"})
    Workout.objects.update(created_at=timezone.now() - ONE_DAY)
    athlete.post("/workouts/add", form)
    assert Workout.objects.count() == 4
