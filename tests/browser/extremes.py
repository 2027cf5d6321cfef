"""Extreme values: the longest texts and largest numbers that a page has to fit."""

import datetime
import json
from typing import Any

from tests.browser.plan import MONDAY, add, insert
from tests.conftest import execute

WORD = "Schwellenintervalltrainingsbelastungssteuerungseinheitenplan"
LONG = (
    "Progressive long run: 3 x 20 minutes at marathon effort, 5 minutes easy between, "
    "6 strides, 10 minutes of easy cool-down"
)
EMOJI = "🏊🏽‍♀️🚴🏿‍♂️🏃🏻‍♀️ " * 8
HEBREW = "ריצה ארוכה עם 3 x 20 דקות בקצב מרתון ואחר כך 6 האצות קצרות בעלייה"
TITLES = (LONG, WORD, EMOJI, HEBREW)

UNBROKEN = "W" * 255
HUGE = 1e290
"""A number that fits the columns and that no plan means: hours, metres, TSS."""


def load(database: str) -> None:
    """One title per day from Monday on, with every other column filled to its maximum length."""
    for number, title in enumerate(TITLES):
        day = MONDAY + datetime.timedelta(days=number)
        add(database, title, day, ("Run", "Bike", "Swim", UNBROKEN[:100])[number], **_figures(title, number))
        [(workout_id,)] = execute(database, "SELECT max(id) FROM workouts")
        insert(database, "workout_selections", {"workout_id": workout_id, **_choice(title)})
        insert(database, "workout_selections_archive", _archived(title, workout_id))
    user = {"username": UNBROKEN[:150], "password": "", "date_joined": _now(), "is_active": True, "is_staff": True}
    names = dict.fromkeys(("first_name", "last_name", "email"), "")
    insert(database, "auth_user", {**user, **names, "is_superuser": False})
    [(user_id,)] = execute(database, "SELECT max(id) FROM auth_user")
    made = {"made_at": _now(), "made_by_id": user_id}
    for text in (UNBROKEN, f"{HEBREW}.csv"):
        insert(database, "changes", {**made, "summary": text, "rows": json.dumps([{"table": "x", "key": text}])})
        insert(database, "imports", {**made, "file_name": text, "content": b"", "result": json.dumps(_result(text))})


def _figures(title: str, number: int) -> dict[str, Any]:
    if number:
        figures = {"duration": 165.75, "distance_meters": 9_876_543.2}
        plan = {**{f"planned_{name}": value for name, value in figures.items()}, "tss": 9_999.5}
        rated = {
            "actual_tss": 9_999.5,
            "actual_heart_rate": 499.5,
            "actual_power": 9_999.5,
            "rpe": 9.75,
            "feeling": 4.75,
        }
        return {**plan, **rated, **{f"actual_{name}": value for name, value in figures.items()}}
    texts = dict.fromkeys(("workout_description", "coach_comments"), f"{title}\n{UNBROKEN}\n{HEBREW}")
    return {"planned_duration": HUGE, "planned_distance_meters": HUGE, "tss": HUGE, "is_custom": True, **texts}


def _choice(title: str) -> dict[str, Any]:
    texts = {"time_of_day": UNBROKEN[:50], "workout_location": UNBROKEN[:100], "user_notes": f"{title} {UNBROKEN}"}
    return {"is_selected": True, **texts, "updated_at": _now()}


def _archived(title: str, workout_id: int) -> dict[str, Any]:
    filled = json.dumps(dict.fromkeys(("time_of_day", "workout_location", "user_notes")))
    copy = {"selection_id": 2_147_483_647, "workout_id": workout_id, "filled": filled, "archived_at": _now()}
    return {**_choice(title), **copy}


def _result(text: str) -> dict[str, Any]:
    counts = dict.fromkeys(("new", "changed", "moved", "unchanged"), 10**9)
    return {**counts, "skipped": [{"row": 10**9, "reason": f"Nothing reads {text}."}]}


def _now() -> str:
    return str(datetime.datetime.now(datetime.UTC).replace(tzinfo=None))
