"""Logging in and out by the form."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import log_in
from tests.browser.plan import ATHLETE, WEEK


def test_logs_in_by_the_form_to_the_requested_page_and_out_again(page: Page) -> None:
    page.context.clear_cookies()
    page.goto(WEEK)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    log_in(page)
    expect(page.get_by_role("heading", name="7 January 2024")).to_be_visible()

    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_wrong_password_is_refused_with_a_message(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("is wrong")
    expect(page.get_by_label("User name")).to_have_value(ATHLETE)
    expect(page.get_by_label("Password")).to_be_focused()
