"""A workout is skipped or selected with one click or one key, and the summary follows."""

import re

from playwright.sync_api import Page, expect

from tests.browser.plan import MONDAY, WEEK
from tests.browser.week import card, toast, total


def test_one_click_skips_and_the_next_selects(page: Page) -> None:
    page.goto(WEEK)
    run = card(page, "Easy run")
    expect(total(page)).to_contain_text("8 h")

    run.get_by_role("button", name="Skip").click()
    expect(run).to_contain_text("Skipped")
    expect(run).to_have_class(re.compile("skipped"))
    expect(toast(page)).to_contain_text("Easy run: skipped")
    expect(total(page)).to_contain_text("7 h 15 min")
    expect(page.locator(f"#day-{MONDAY} .sum")).to_be_empty()

    run.get_by_role("button", name="Do it").click()
    expect(run).not_to_contain_text("Skipped")
    expect(total(page)).to_contain_text("8 h")


def test_the_other_workouts_stay_ticked_and_what_is_beside_the_toast_can_be_clicked(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Long ride").get_by_role("checkbox").check()
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(page, "Easy run")).to_contain_text("Skipped")
    expect(card(page, "Long ride").get_by_role("checkbox")).to_be_checked()
    beside = """dock => {
        const { x, y, height } = dock.getBoundingClientRect();
        return dock.contains(document.elementFromPoint(x + 1, y + height / 2));
    }"""
    expect(toast(page)).to_be_visible()
    assert not page.locator("#dock").evaluate(beside)


def test_one_key_skips_and_the_next_selects(page: Page) -> None:
    page.goto(WEEK)
    core = card(page, "Core circuit")
    core.get_by_role("button", name="Do it").focus()

    page.keyboard.press("Enter")
    expect(core).not_to_contain_text("Skipped")
    expect(total(page)).to_contain_text("8 h 30 min")
    expect(core.get_by_role("button", name="Skip")).to_be_focused()

    page.keyboard.press("Space")
    expect(core).to_contain_text("Skipped")
    expect(core.get_by_role("button", name="Do it")).to_be_focused()
