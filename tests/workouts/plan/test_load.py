"""CTL, ATL and TSB against their closed form, and over the season."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from django.test import Client
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.conftest import Plan
from workouts.history import change_selection
from workouts.plan.load import Load, loads
from workouts.plan.load_chart import HEIGHT, draw
from workouts.plan.season import season
from workouts.values.days import ONE_DAY, Day, days_from

MONDAY, TODAY = Day(2026, 11, 23), Day(2026, 11, 25)


def weighted(daily: list[float], days: int) -> list[float]:
    """The average of each day as a sum over all days before it, in exact arithmetic."""
    left = 1 - Fraction(1, days)
    return [
        float(sum(Fraction(tss) * left ** (last - day) for day, tss in enumerate(daily[: last + 1])) / days)
        for last in range(len(daily))
    ]


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=80))
def test_fitness_and_fatigue_are_exponentially_weighted_and_form_is_yesterdays_difference(daily: list[float]) -> None:
    found = list(loads(daily))
    ctl, atl = weighted(daily, 42), weighted(daily, 7)
    assert [load.ctl for load in found] == pytest.approx(ctl, abs=1e-9)
    assert [load.atl for load in found] == pytest.approx(atl, abs=1e-9)
    assert found[0].tsb == 0
    assert [load.tsb for load in found[1:]] == pytest.approx(
        [fitness - fatigue for fitness, fatigue in zip(ctl, atl, strict=True)][:-1], abs=1e-9
    )


@given(st.floats(0, 1000), st.integers(1, 500))
def test_a_constant_load_is_approached_from_zero(tss: float, days: int) -> None:
    *_, last = loads([tss] * days)
    assert last.ctl == pytest.approx(tss * (1 - (41 / 42) ** days))
    assert last.atl == pytest.approx(tss * (1 - (6 / 7) ** days))


def test_a_season_goes_by_what_was_done_before_today_and_by_the_plan_from_then_on(plan: Plan) -> None:
    plan("done less", "2026-11-23", tss=100.0, actual_tss=60.0)
    plan("missed", "2026-11-24", tss=100.0)
    plan("unplanned", "2026-11-24", is_recorded=True, is_custom=True, actual_tss=10.0)
    plan("done this morning", "2026-11-25", tss=30.0, actual_tss=35.0)
    plan("this evening", "2026-11-25", tss=40.0)
    plan("skipped", "2026-11-26", {"is_selected": False}, tss=500.0)
    plan("moved", "2026-11-01", {"current_plan_day": "2026-11-27"}, tss=50.0)
    plan("dropped", "2026-11-27", is_dropped=True, tss=500.0)
    plan("ages ago", "2026-01-05", actual_tss=420.0)

    found = season(MONDAY, TODAY)

    since = (MONDAY - Day(2026, 1, 5)).days
    expected = list(loads([420, *[0] * (since - 1), 60, 10, 75, 0, 50, 0, 0]))
    assert [found.loads[MONDAY + n * ONE_DAY] for n in range(7)] == [pytest.approx(load) for load in expected[-7:]]
    assert found.this_morning == pytest.approx(expected[-6])
    assert found.after_the_week == pytest.approx(expected[-1])
    assert found.is_forecast
    assert not season(MONDAY, MONDAY + 7 * ONE_DAY).is_forecast
    assert [(bar.tss, bar.done) for bar in found.bars if bar.shown] == [(320, 105)]


def test_a_move_changes_the_forecast(plan: Plan) -> None:
    run = plan("Long run", "2026-11-26", tss=100.0)
    before = season(MONDAY, TODAY)
    change_selection(run.pk, {"current_plan_day": Day(2026, 11, 28)}, by=None)
    after = season(MONDAY, TODAY)
    assert after.after_the_week.atl > before.after_the_week.atl
    assert after.chart != before.chart
    assert after.this_morning == before.this_morning


def points(path: str) -> list[tuple[int, int]]:
    """The points of a path such as `M0 192l1-4 1 2`."""
    start, _, steps = path.removeprefix("M").partition("l")
    x, y = map(int, start.split())
    found = [(x, y)]
    for right, down in re.findall(r"(\d+) ?(-?\d+)", steps):
        x, y = x + int(right), y + int(down)
        found.append((x, y))
    return found


def test_the_lines_meet_where_the_plan_begins() -> None:
    days = days_from(MONDAY, MONDAY + 20 * ONE_DAY)
    load = dict(zip(days, loads([50] * 10 + [150] * 11), strict=True))

    chart = draw(load, days[12])

    for line in chart.lines:
        done, ahead = points(line.done), points(line.ahead)
        assert done[-1] == ahead[0]
        drawn = done[:-1] + ahead
        assert [x for x, _ in drawn] == list(range(21))
        assert all(0 <= y <= HEIGHT for _, y in drawn)
        assert all(after[0] - before[0] == 1 for before, after in pairwise(drawn))
    assert 0 < chart.zero < HEIGHT, "form is below zero"


def test_a_season_wholly_ahead_or_over_has_one_kind_of_line() -> None:
    load = dict.fromkeys(days_from(MONDAY, MONDAY + 6 * ONE_DAY), Load(0, 0, 0))
    over, ahead = draw(load, MONDAY + 7 * ONE_DAY), draw(load, MONDAY)
    assert [(bool(line.done), bool(line.ahead)) for line in over.lines] == [(True, False)] * 3
    assert [(bool(line.done), bool(line.ahead)) for line in ahead.lines] == [(False, True)] * 3


def test_the_season_can_be_read_as_a_table(athlete: Client, plan: Plan) -> None:
    plan("Run", "2026-11-24", planned_duration=2.0, intensity_factor=0.5)
    link = re.search(r'href="(/season/[\d-]+)"', athlete.get("/week/2026-11-23").content.decode())
    assert link
    page = athlete.get(link[1])
    text = page.content.decode()
    rows = page.context["season"].weeks
    assert sum(len(days) for _, days in rows) == 26 * 7
    assert '<abbr title="estimated">≈</abbr>50' in text
    assert "partly estimated" in text
    words = " ".join(strip_tags(text).split())
    assert "Week of 23 November 2026: ≈50 TSS planned in 2 h, 0 done" in words
    assert "Week of 30 November 2026: 0 TSS planned, 0 done" in words
    assert athlete.get("/season/2026-11-25").headers["Location"] == "/season/2026-11-23"


def test_the_first_and_the_last_week_that_can_be_shown_have_a_season(db: None) -> None:
    for day in (Day(2, 1, 7), Day(9998, 12, 28)):
        assert len(season(day, TODAY).bars) == 26
