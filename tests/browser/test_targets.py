"""A week's targets."""

from playwright.sync_api import Page, expect

from tests.browser.plan import WEEK
from tests.browser.week import total


def test_the_summary_compares_the_week_with_its_targets_in_words(page: Page) -> None:
    page.goto(WEEK)
    page.get_by_role("link", name="Targets").click()
    for name, hours, minutes in (("Total", "9", "10"), ("Bike", "5", "0"), ("Run", "0", "30")):
        group = page.get_by_role("group", name=name, exact=True)
        group.get_by_label("h", exact=True).fill(hours)
        group.get_by_label("min", exact=True).fill(minutes)
    page.get_by_label("TSS").fill("300")
    page.get_by_role("button", name="Save").click()

    expect(total(page)).to_contain_text("plan 8 h, ≈421 TSS target 9 h 10 min, 300 TSS")
    page.get_by_role("link", name="All figures").click()
    expect(page.get_by_role("row", name="Total")).to_contain_text("1 h 10 min under")
    expect(page.get_by_role("row", name="Total")).to_contain_text("121 over")
    expect(page.get_by_role("row", name="Bike")).to_contain_text("on target")
    expect(page.get_by_role("row", name="Run")).to_contain_text("15 min over")
