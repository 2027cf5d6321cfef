"""What was changed can be undone: at once from the toast, later from the history."""

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.plan import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEEK
from tests.browser.week import card, drag, press_twice, slot, slow_down, toast, total
from tests.browser.witness import Witness

SEASON = "#season :is(path, rect, a, text, dd)"
DRAWN = "all => all.map((one) => one.outerHTML)"


def test_the_toast_undoes_a_move_and_redoes_it(page: Page) -> None:
    page.goto(WEEK)
    drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))
    expect(card(slot(page, FRIDAY, "morning"), "Easy run")).to_be_visible()

    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Undone: Easy run: moved to Fri 5 Jan, morning")
    expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()

    toast(page).get_by_role("button", name="Redo").click()
    expect(toast(page)).to_contain_text("Redone: Easy run: moved to Fri 5 Jan, morning")
    expect(card(slot(page, FRIDAY, "morning"), "Easy run")).to_be_visible()
    expect(toast(page).get_by_role("button", name="Undo")).to_be_visible()


def test_its_key_undoes_also_when_the_toast_has_gone(page: Page) -> None:
    page.clock.install()
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(toast(page)).to_be_visible()
    page.clock.fast_forward(31_000)
    expect(toast(page)).to_be_hidden()
    page.keyboard.press("u")
    expect(toast(page)).to_contain_text("Undone: Easy run: skipped")


def test_a_toast_waits_while_a_dialog_is_open_that_it_does_not_concern(page: Page) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(toast(page)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(toast(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(toast(page)).to_be_visible()


def test_the_history_undoes_what_was_done_earlier(page: Page) -> None:
    page.goto(WEEK)
    for title in ("Easy run", "Technique swim"):
        card(page, title).get_by_role("button", name="Skip").click()
        expect(card(page, title)).to_contain_text("Skipped")

    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Undo Easy run: skipped").click()

    expect(page.get_by_role("listitem").filter(has_text="Undone: Easy run: skipped")).to_be_visible()
    expect(page.get_by_role("button", name="Undo Easy run: skipped", exact=True)).to_have_count(0)
    page.goto(WEEK)
    expect(card(page, "Easy run")).not_to_contain_text("Skipped")
    expect(card(page, "Technique swim")).to_contain_text("Skipped")


def test_a_row_that_was_changed_since_is_not_undone_and_the_reason_is_shown(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 409")
    page.goto(WEEK)
    run = card(page, "Easy run")
    run.get_by_role("button", name="Skip").click()
    run.get_by_role("button", name="Do it").click()
    expect(run).not_to_contain_text("Skipped")

    page.goto("/history/")
    page.get_by_role("button", name="Undo Easy run: skipped").click()

    expect(page.get_by_role("alert")).to_contain_text("Changed in the meantime: Easy run. Nothing was written.")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


ALREADY = "Nothing was changed: it is so already."


@pytest.mark.parametrize("answered", [0, 300])
def test_a_second_press_leaves_the_undo(page: Page, answered: int) -> None:
    """`answered`: after how many milliseconds."""
    posts: list[str] = []

    def count(request: Request) -> None:
        posts.extend([request.url] * (request.method == "POST"))

    page.on("request", count)
    slow_down(page, answered)
    page.goto(WEEK)
    for title, name, said in (
        ("Easy run", "Done", "Easy run: done, 45 min"),
        ("Technique swim", "Skip", "Technique swim: skipped"),
    ):
        press_twice(card(page, title).get_by_role("button", name=name))
        expect(toast(page)).to_have_text(f"{said}Undo")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".card :checked")).to_have_count(0)
    card(page, "Long ride").get_by_role("checkbox").check()
    press_twice(page.get_by_role("button", name="A week later"))
    expect(toast(page)).to_contain_text("Long ride: moved to Sat 13 Jan")
    press_twice(toast(page).get_by_role("button", name="Undo"))
    expect(toast(page)).to_contain_text("Undone: Long ride: moved to Sat 13 Jan")
    page.wait_for_timeout(2 * answered)
    card(page, "Family walk").get_by_role("button", name="Done").evaluate(
        "button => { button.click(); button.click(); }"
    )
    expect(toast(page)).to_contain_text("Family walk: done, 1 h 15 min")
    page.wait_for_timeout(2 * answered)
    expect(toast(page).get_by_role("button", name="Undo")).to_be_visible()
    assert len(posts) == 5


def test_cards_that_are_pressed_before_the_first_is_answered_are_all_changed(page: Page) -> None:
    slow_down(page, 200)
    page.goto(WEEK)
    for title in ("Easy run", "Technique swim", "Long ride"):
        card(page, title).get_by_role("button", name="Skip").click()
    for title in ("Easy run", "Technique swim", "Long ride"):
        expect(card(page, title)).to_contain_text("Skipped")


def test_after_each_press_the_season_is_as_on_a_page_that_is_loaded_again(page: Page) -> None:
    """The answer leaves out what is drawn already."""
    page.goto(WEEK)

    def press(button: str, said: str) -> None:
        page.get_by_role("button", name=button, exact=True).click()
        expect(toast(page)).to_contain_text(said)
        again = page.context.new_page()
        again.goto(WEEK)
        drawn, wanted = (tab.locator(SEASON).evaluate_all(DRAWN) for tab in (page, again))
        assert drawn == wanted
        again.close()

    drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))
    press("Undo", "Undone: Easy run: moved")
    press("Redo", "Redone: Easy run: moved")
    press("Skip Long ride", "Long ride: skipped")
    press("Do it Long ride", "Long ride: selected")


def test_a_tab_that_has_not_seen_a_change_shows_it_after_the_next_press(page: Page) -> None:
    """And says if there was nothing to change."""
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(page, "Easy run")).to_contain_text("Skipped")

    card(other, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(other, "Easy run")).to_contain_text("Skipped")
    expect(toast(other)).to_contain_text(f"{ALREADY} Last change: Easy run: skipped")
    expect(total(other)).to_contain_text("7 h 15 min")

    drag(card(page, "Technique swim"), slot(page, FRIDAY, ""))
    expect(card(slot(page, FRIDAY, ""), "Technique swim")).to_be_visible()
    card(other, "Threshold ride").get_by_role("button", name="Skip").click()
    expect(card(slot(other, THURSDAY, ""), "Threshold ride")).to_contain_text("Skipped")
    expect(card(slot(other, FRIDAY, ""), "Technique swim")).to_be_visible()
    expect(card(other, "Technique swim")).to_have_count(1)
    expect(other.locator(f"#day-{TUESDAY} .sum")).to_be_empty()

    other.keyboard.press("u")
    expect(card(other, "Threshold ride")).not_to_contain_text("Skipped")


def test_a_month_that_has_not_seen_a_change_shows_it_after_the_next_press(page: Page) -> None:
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/month/2024-01")
    drag(card(page, "Easy run"), page.locator(f"#day-{FRIDAY}"))
    expect(card(page.locator(f"#day-{FRIDAY}"), "Easy run")).to_be_visible()
    drag(card(other, "Long ride"), other.locator(f"#day-{THURSDAY}"))
    expect(card(other.locator(f"#day-{THURSDAY}"), "Long ride")).to_be_visible()
    expect(card(other.locator(f"#day-{FRIDAY}"), "Easy run")).to_be_visible()
    expect(card(other.locator(f"#day-{MONDAY}"), "Easy run")).to_have_count(0)


def test_without_scripts_the_page_says_that_nothing_was_changed(unscripted: Page) -> None:
    other = unscripted.context.new_page()
    for tab in (unscripted, other):
        tab.goto(WEEK)
    for tab in (unscripted, other):
        card(tab, "Easy run").get_by_role("button", name="Skip").click()
        expect(card(tab, "Easy run")).to_contain_text("Skipped")
    expect(other.get_by_text(ALREADY)).to_be_visible()
