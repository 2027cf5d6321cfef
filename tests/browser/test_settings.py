"""Units, the calendar's address, export and restore."""

import datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.pages import send
from tests.browser.plan import WEEK, add
from tests.browser.week import card, toast


def test_the_calendars_address_is_copied_and_shown_once(open_page: OpenPage, site: Site) -> None:
    add(site.database, "Run of today", datetime.datetime.now(datetime.UTC).date())
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/")

    page.get_by_role("button", name="Create an address").click()
    address = page.get_by_label("The address, shown this once").input_value()
    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    feed = page.request.get(address)
    assert feed.ok
    assert "SUMMARY:Run of today" in feed.text()
    page.goto("/settings/")
    expect(page.get_by_role("button", name="Revoke")).to_be_visible()
    assert address not in page.content()


def test_distances_are_shown_in_the_units_of_the_athlete(page: Page) -> None:
    page.goto("/settings/")
    page.get_by_label("Distances").select_option("Miles")
    page.get_by_label("In the pool").select_option("Yards")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("saved")

    page.goto(WEEK)
    expect(card(page, "Easy run")).to_contain_text("4.97 mi")
    expect(card(page, "Technique swim")).to_contain_text("2625 yd")


def test_what_was_exported_is_restored_and_that_is_undone(page: Page) -> None:
    kept = page.request.get("/export.json").body()
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(page, "Easy run")).to_contain_text("Skipped")

    page.goto("/restore/")
    send(page, kept, "export.json")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.goto(WEEK)
    expect(card(page, "Easy run")).not_to_contain_text("Skipped")

    page.goto("/history/")
    page.get_by_role("button", name="Undo Restored").click()
    page.goto(WEEK)
    expect(card(page, "Easy run")).to_contain_text("Skipped")
    expect(toast(page)).to_be_hidden()
