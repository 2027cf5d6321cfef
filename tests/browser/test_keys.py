"""Keys, and what leads to the first workout."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import PAGES
from tests.browser.plan import MONDAY, WEEK
from tests.browser.week import card


def test_one_key_each_leads_to_the_pages_and_none_takes_what_is_typed(page: Page) -> None:
    page.goto(WEEK)
    for key, address in (
        ("ArrowLeft", "/week/2023-12-25"),
        ("ArrowRight", WEEK),
        ("m", "/month"),
        ("t", "/month"),
        ("/", "/search"),
    ):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{address}$"))

    page.keyboard.type("mt?")
    expect(page.get_by_role("searchbox")).to_have_value("mt?")


def test_a_key_adds_the_first_workout_of_an_empty_planner(page: Page) -> None:
    PAGES["week, first steps"](page)
    page.goto("/")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/workouts/add$"))


def test_a_question_mark_lists_the_keys_and_they_can_be_turned_off(page: Page) -> None:
    page.goto(WEEK)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("The week or month before, after")
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")

    page.keyboard.press("?")
    page.reload()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(WEEK))
    run = card(page, "Easy run")
    run.get_by_role("link").focus()
    for key in ("x", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(run.get_by_role("checkbox")).not_to_be_checked()
    expect(page.get_by_role("dialog")).to_contain_text("Really easy.")


def test_on_other_pages_a_key_leads_to_today_and_one_to_the_list(page: Page) -> None:
    page.goto("/history/")
    page.keyboard.press("?")
    expect(page).to_have_url(re.compile("/keys$"))
    expect(page.get_by_role("heading", level=2)).to_have_text("Keys")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile("/$"))


def test_two_tabs_skip_to_the_first_workout(page: Page) -> None:
    page.goto(WEEK)
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(card(page, "Easy run").get_by_role("link")).to_be_focused()

    page.keyboard.press("ArrowRight")
    expect(page.locator(".target")).to_have_attribute("data-slot", "")
    page.keyboard.press("Escape")

    page.keyboard.press("x")
    expect(card(page, "Easy run").get_by_role("checkbox")).to_be_checked()
    expect(page.get_by_role("form", name="The ticked workouts")).to_be_visible()
    assert page.url.endswith(f"#{page.locator(f'#day-{MONDAY} .card a').get_attribute('id')}")
    page.keyboard.press("Escape")
    expect(card(page, "Easy run").get_by_role("checkbox")).not_to_be_checked()
