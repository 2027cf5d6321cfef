"""Done: on a card, in the details, and how cards and days show it."""

import datetime
import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.workouts.conftest import Plan
from workouts.models import Change, Workout
from workouts.plan.progress import grade_of_day
from workouts.values.days import ONE_DAY, ONE_WEEK

pytestmark = pytest.mark.either_engine

WEEK = "/week/2025-11-24"
MONDAY, TUESDAY, SUNDAY = "2025-11-24", "2025-11-25", "2025-11-30"
SHOWN = {"board": MONDAY, "type": "", "source": ""}
HTMX = {"HX-Request": "true"}


def text_of(markup: str) -> str:
    """As it is read, without the spaces at which no line ends."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def card(client: Client, workout: Workout, address: str = WEEK) -> str:
    """The text of a card, as it is read."""
    page = client.get(address).content.decode()
    found = re.search(rf'<li class="card[^>]*id="card-{workout.pk}".*?</li>', page, re.DOTALL)
    assert found
    return text_of(found[0])


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_one_tap_marks_a_workout_as_done_and_offers_to_undo(
    athlete: Client, plan: Plan, headers: dict[str, str]
) -> None:
    run = plan("Easy run", MONDAY, planned_duration=0.75)
    assert "Done Skip" in card(athlete, run)
    sent = {"current_plan_day": MONDAY, "slot": "", **SHOWN}

    answer = athlete.post(f"/workouts/{run.pk}/done", sent, headers={**headers, "Referer": f"http://testserver{WEEK}"})

    shown = answer if headers else athlete.get(answer.headers["Location"])
    text = shown.content.decode()
    assert "Easy run: done, 45 min" in text
    assert ">Undo</button>" in text
    assert "✓ Done 45 min" in card(athlete, run)
    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    assert not Workout.objects.get().was_done


def test_rpe_and_time_of_a_workout_that_was_done_are_changed(athlete: Client, plan: Plan) -> None:
    run = plan("Easy run", MONDAY, planned_duration=1.0, is_done=True, actual_duration=45.5 / 60)
    unchanged = {"actual_duration_0": "0", "actual_duration_1": "46", "current_plan_day": MONDAY, "slot": ""}

    athlete.post(f"/workouts/{run.pk}/done", {**unchanged, "rpe": "6"})
    assert (Workout.objects.get().actual_duration, Workout.objects.get().rpe) == (45.5 / 60, 6)

    athlete.post(f"/workouts/{run.pk}/done", {**unchanged, "actual_duration_1": "30", "rpe": ""})
    assert (Workout.objects.get().actual_duration, Workout.objects.get().rpe) == (0.5, None)
    assert "~ Done (-50 %) 30 min" in card(athlete, run)


def test_a_workout_to_come_is_marked_as_done_in_its_details_alone(athlete: Client, plan: Plan) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    run = plan("Easy run", tomorrow.isoformat(), planned_duration=0.75)
    assert "Done Skip" not in card(athlete, run, "/")

    form = athlete.get(f"/workouts/{run.pk}").context["done_form"]
    assert form["actual_duration"].value() == 45
    sent = {
        "actual_duration_0": "1",
        "actual_duration_1": "0",
        "actual_distance_meters_0": "9",
        "actual_distance_meters_1": "km",
        "actual_tss": "50",
    }
    athlete.post(f"/workouts/{run.pk}/done", {**sent, "actual_heart_rate": "140", "rpe": "4", "feeling": "5"})

    now = Workout.objects.get()
    assert (now.actual_duration, now.actual_distance_meters, now.actual_tss) == (1, 9000, 50)
    assert (now.actual_heart_rate, now.rpe, now.feeling) == (140, 4, 5)
    page = athlete.get(f"/workouts/{run.pk}").content.decode()
    assert all(words in page for words in ("(+33 %)", "140 bpm", "RPE 4", "feeling 5", ">Not done</button>"))

    athlete.post(f"/workouts/{run.pk}/not-done")
    assert not Workout.objects.get().was_done


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"rpe": "11"}, "RPE, 1 to 10: Ensure this value is less than or equal to 10."),
        ({"rpe": "0"}, "RPE, 1 to 10: Ensure this value is greater than or equal to 1."),
        ({"feeling": "happy"}, "Feeling, 1 (weak) to 5 (strong): Enter a number."),
        ({"actual_tss": "nan"}, "TSS: Enter a number."),
        (
            {"actual_duration_0": "169", "actual_duration_1": ""},
            "Time: Ensure this value is less than or equal to 168.",
        ),
    ],
)
def test_an_invalid_figure_is_refused_by_name(athlete: Client, plan: Plan, sent: dict[str, str], reason: str) -> None:
    run = plan("Easy run", MONDAY)
    response = athlete.post(f"/workouts/{run.pk}/done", sent)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not Workout.objects.get().was_done


def test_an_activity_without_a_plan_is_refused_as_not_done(athlete: Client, plan: Plan) -> None:
    run = plan("Run", MONDAY, is_recorded=True, actual_duration=1.0)
    response = athlete.post(f"/workouts/{run.pk}/not-done")
    assert (response.status_code, "was never planned" in response.content.decode()) == (409, True)


def test_cards_and_days_say_how_close_done_came_to_planned(athlete: Client, plan: Plan) -> None:
    plan("Missed", MONDAY, planned_duration=1.0)
    plan("Rest", MONDAY, workout_type="Day Off")
    plan("Close", TUESDAY, planned_duration=1.0, actual_duration=1.1)
    plan("Far", TUESDAY, planned_duration=1.0, actual_duration=0.1)
    plan("Unplanned", SUNDAY, is_recorded=True, actual_duration=0.5)
    plan("Skipped", SUNDAY, {"is_selected": False}, planned_duration=1.0)

    page = athlete.get(WEEK)

    grades = {column.day.isoformat(): column.grade for column in page.context["columns"] if column.grade}
    assert grades == {MONDAY: "missed", TUESDAY: "near", SUNDAY: "unmeasured"}
    text = text_of(page.content.decode())
    near = "~ done, within 50 % 1 h 12 min of 2 h"
    for words in ("✕ Missed 1 h", near, "+ 30 min unplanned", "Done (+10 %)", "Done (-90 %)"):
        assert words in text
    for grade in ("missed", "close", "far", "unmeasured"):
        assert re.search(rf'class="card [^"]*{grade}"', page.content.decode())


def test_a_day_has_no_grade_while_anything_is_to_come(plan: Plan) -> None:
    today = datetime.date(2026, 11, 25)
    plan("done", "2026-11-25", planned_duration=1.0, actual_duration=1.0)
    assert grade_of_day(Workout.objects.all(), today) == "close"
    plan("to come", "2026-11-25", planned_duration=1.0)
    assert grade_of_day(Workout.objects.all(), today) is None
    assert grade_of_day(Workout.objects.all(), today + datetime.timedelta(days=1)) == "near"
    assert grade_of_day([], today) is None


SWIM = {"workout_type": "Swim", "planned_distance_meters": 2000.0}
SWUM = {**SWIM, "actual_duration": 0.72, "actual_distance_meters": 2000.0}
RUN, HOUR = {"planned_duration": 0.77}, {"planned_duration": 1.0}
RAN, FAR_RUN = {**RUN, "actual_duration": 0.77}, {**HOUR, "actual_duration": 0.2}
UNPLANNED = {"is_recorded": True, "actual_duration": 3.0}


@pytest.mark.parametrize(
    ("workouts", "grade"),
    [
        ([RAN, SWUM], "close"),
        ([FAR_RUN, SWUM], "far"),
        ([RAN, UNPLANNED], "close"),
        ([SWUM], "close"),
        ([SWUM, SWIM], "near"),
        ([RUN, SWUM], "far"),
        ([RUN, UNPLANNED], "far"),
        ([{**HOUR, "is_done": True}, RAN], "close"),
        ([{"tss": 50.0, "actual_tss": 65.0}], "near"),
        ([{"actual_duration": 1.0}, UNPLANNED], "unmeasured"),
        ([RUN, SWIM], "missed"),
    ],
)
def test_a_day_compares_what_has_the_same_figure_planned(
    plan: Plan, workouts: list[dict[str, object]], grade: str
) -> None:
    for fields in workouts:
        plan("Workout", MONDAY, **fields)
    assert grade_of_day(Workout.objects.with_selection(), datetime.date(2026, 1, 1)) == grade


def test_what_was_not_planned_is_added_beside_what_was_done_of_the_plan(athlete: Client, plan: Plan) -> None:
    plan("Easy run", MONDAY, planned_duration=1.0, is_done=True, actual_duration=0.75)
    plan("Ride to work", MONDAY, workout_type="Bike", is_recorded=True, actual_duration=0.5)
    plan("Ride to work", TUESDAY, workout_type="Bike", is_recorded=True, actual_duration=0.5)
    page = athlete.get(WEEK).content.decode()
    sums = [text_of(found) for found in re.findall(r'class="sum">(.*?)</div>', page, re.DOTALL)]
    assert sums[0].startswith("~ done, within 50 % 45 min of 1 h + 30 min unplanned")
    assert sums[1].startswith("+ 30 min unplanned")


def test_the_week_and_the_month_show_and_name_what_is_planned_done_and_to_come(athlete: Client, plan: Plan) -> None:
    today = timezone.localdate()
    for hours, fields in ((2.0, {"actual_duration": 1.5}), (1.0, {})):
        plan("Run", today.isoformat(), planned_duration=hours, **fields)
    plan("Swim", today.isoformat(), workout_type="Swim", is_recorded=True, actual_duration=0.5)
    plan("Run", (today + ONE_DAY).isoformat(), {"current_plan_day": today + ONE_WEEK}, planned_duration=0.5)

    week, month = (athlete.get(address).content.decode() for address in ("/", "/month"))

    days = [text_of(found) for found in re.findall(r'class="sum">(.*?)</div>', week, re.DOTALL)]
    assert any(day.startswith("plan 30 min") for day in days)
    lines = [text_of(line) for line in re.findall(r"<li class=\"\w+\"><p class=\"facts\">.*?</li>", week)]
    assert lines == [
        "Swim done 30 min",
        "Run plan 3 h done 1 h 30 min",
        "Total plan 3 h, ≈ 169 TSS done 2 h, ≈ 113 TSS to come 1 h",
    ]
    totals = [text_of(cell) for cell in re.findall(r'<td class="total".*?</td>', month)]
    [total] = [text for text in totals if "done" in text]
    assert total.endswith("plan 3:00 , ≈ 169 TSS done 2:00 , ≈ 113 TSS")


def test_a_month_shows_what_was_done_and_how_close_it_came_in_signs_and_words(athlete: Client, plan: Plan) -> None:
    done = {
        "✓ done, within 20 % 0:58": plan("Close", MONDAY, planned_duration=1.0, actual_duration=58 / 60),
        "~ done, within 50 % 0:45": plan("Near", TUESDAY, planned_duration=1.0, actual_duration=0.75),
        "≠ done, beyond 50 % 3:00": plan("Far", "2025-11-26", planned_duration=1.0, actual_duration=3.0),
        "✕ missed 1:00": plan("Missed", "2025-11-27", planned_duration=1.0),
        "• done, no plan to compare with 0:30": plan("More", SUNDAY, is_recorded=True, actual_duration=0.5),
    }
    month = athlete.get("/month/2025-11").content.decode()
    for words, workout in done.items():
        assert card(athlete, workout, "/month/2025-11").endswith(words)
        [cell] = re.findall(rf'<td id="day-{workout.day}".*?<ul>', month)
        assert words.rsplit(" ", 1)[0] in text_of(cell)
