"""Done: one tap on a card, with a keyboard, and without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.plan import WEEK
from tests.browser.week import card


def test_one_tap_marks_a_workout_as_done_and_redraws_the_sums(page: Page) -> None:
    page.goto(WEEK)
    expect(card(page, "Easy run")).to_contain_text("Missed")
    forecast = page.locator("#season .loads").inner_text()

    card(page, "Easy run").get_by_role("button", name="Done").press("Enter")

    expect(card(page, "Easy run")).to_contain_text("Done 45 min")
    expect(page.get_by_role("status")).to_contain_text("Easy run: done, 45 min")
    expect(page.locator("#season .loads")).not_to_have_text(forecast)
    expect(card(page, "Easy run").get_by_role("link", name="Easy run", exact=True)).to_be_focused()
    page.get_by_role("link", name="All figures").click()
    expect(page.get_by_role("row", name="Total")).to_contain_text("1 done")
    page.keyboard.press("Escape")

    card(page, "Easy run").get_by_role("link", name="RPE").press("Enter")
    expect(page.get_by_role("dialog").get_by_label("RPE, 1 to 10")).to_be_focused()
    page.get_by_role("dialog").get_by_label("RPE, 1 to 10").fill("7")
    minutes = page.get_by_role("dialog").get_by_label("min", exact=True)
    expect(minutes).to_have_value("45")
    minutes.fill("30")
    minutes.press("Enter")
    expect(card(page, "Easy run")).to_contain_text("RPE 7")
    expect(card(page, "Easy run")).to_contain_text("(-33 %)")

    page.get_by_role("button", name="Undo").click()
    expect(card(page, "Easy run")).to_contain_text("Done 45 min")


CLICK_TWICE = """
id => new Promise(resolve => {
  const button = () => document.getElementById(id).querySelector("[name=is_selected]");
  const first = button();
  new MutationObserver((_, observer) => {
    if (button() === first) return;
    observer.disconnect();
    button().click();
    resolve();
  }).observe(document.body, {childList: true, subtree: true});
  first.click();
})
"""


def test_a_click_on_a_card_that_was_redrawn_just_now_counts(page: Page) -> None:
    page.goto(WEEK)
    run = card(page, "Easy run")
    with page.expect_response(lambda response: "is_selected=true" in (response.request.post_data or "")) as answer:
        page.evaluate(CLICK_TWICE, run.get_attribute("id"))
    assert answer.value.status == 200
    expect(run.get_by_role("button", name="Skip")).to_be_visible()


def test_without_scripts_a_workout_is_done_and_not_done(unscripted: Page) -> None:
    unscripted.goto(WEEK)
    card(unscripted, "Easy run").get_by_role("button", name="Done").click()
    expect(card(unscripted, "Easy run")).to_contain_text("Done 45 min")
    card(unscripted, "Easy run").get_by_role("link", name="RPE").click()
    unscripted.get_by_label("RPE, 1 to 10").fill("5")
    unscripted.locator(".did").get_by_role("button", name="Save").click()
    expect(unscripted.locator("article")).to_contain_text("RPE 5")
    unscripted.get_by_role("button", name="Not done").click()
    expect(unscripted.locator("article")).to_contain_text("Missed")
