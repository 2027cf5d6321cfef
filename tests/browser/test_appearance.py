"""In the dark and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.extremes import LONG
from tests.browser.plan import MONDAY, SUNDAY, WEEK, WORKOUTS, add, insert
from tests.browser.week import card
from workouts.values.days import days_from

DARK, LIGHT = range(60), range(200, 256)


def brightness(page: Page, selector: str, colour: str) -> list[int]:
    """The red, green and blue of the first element's computed colour."""
    script = "(element, colour) => getComputedStyle(element)[colour]"
    computed = page.locator(selector).first.evaluate(script, colour)
    return [int(number) for number in re.findall(r"\d+", computed)[:3]]


@pytest.mark.parametrize(("scheme", "background", "text"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)])
def test_follows_the_devices_color_scheme(open_page: OpenPage, scheme: str, background: range, text: range) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(WEEK)

    for place in ("body", ".day", "input", "select"):
        assert set(brightness(page, place, "color")) <= set(text), place
        assert set(brightness(page, place, "backgroundColor")) <= set(background), place


@pytest.mark.parametrize(("scheme", "edge", "mark"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)])
def test_the_mark_of_a_target_is_seen_on_a_bar_of_its_own_colour(
    open_page: OpenPage, site: Site, scheme: str, edge: range, mark: range
) -> None:
    insert(site.database, "week_targets", {"week": MONDAY, "minutes": 60, "minutes_by_discipline": "{}"})
    page = open_page(color_scheme=scheme)
    page.goto(WEEK)

    assert set(brightness(page, ".total .bar path", "stroke")) <= set(edge), "below the mark, and wider"
    assert set(brightness(page, ".total .bar path + path", "stroke")) <= set(mark)


def test_a_week_of_28_workouts_with_long_titles_is_one_printed_page(page: Page, site: Site) -> None:
    for day in days_from(MONDAY, SUNDAY):
        for _ in range(3):
            add(site.database, LONG, day, tss=50)
    page.goto(WEEK)
    expect(page.locator(".card")).to_have_count(28)

    pdf = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_end_of_the_days_overflows_a_sheet_and_not_the_summary(page: Page) -> None:
    page.goto(WEEK)
    page.emulate_media(media="print")

    summary, monday = (page.locator(place).bounding_box() for place in ("#summary", f"#day-{MONDAY}"))

    assert summary
    assert monday
    assert summary["y"] + summary["height"] <= monday["y"]


def test_on_paper_there_is_the_week_and_nothing_to_click(page: Page) -> None:
    page.goto(WEEK)
    page.emulate_media(media="print")

    for workout in WORKOUTS:
        expect(card(page, workout["title"])).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_a_phone_with_letters_twice_as_large_does_not_scroll_sideways(phone: Page, site: Site) -> None:
    insert(site.database, "week_targets", {"week": MONDAY, "minutes": 600, "tss": 500, "minutes_by_discipline": "{}"})
    twice = {"fontSizes": {"standard": 32, "fixed": 26}}
    phone.context.new_cdp_session(phone).send("Page.setFontSizes", twice)
    too_wide = "document.documentElement.scrollWidth - innerWidth"

    phone.goto(f"/season/{MONDAY}")
    assert phone.evaluate(too_wide) <= 0
    phone.goto(WEEK)
    assert phone.evaluate(too_wide) <= 0
    assert card(phone, "Easy run").get_by_role("heading").evaluate("(title) => title.clientWidth / innerWidth") > 0.4


def test_a_page_that_a_browser_turns_from_right_to_left_does_not_scroll_sideways(page: Page) -> None:
    page.goto(WEEK)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
