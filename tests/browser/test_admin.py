"""The page of the admin that is not Django's own. The strict CSP applies to it, too."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE


@pytest.mark.parametrize("width", [PHONE["viewport"]["width"], 768, 1440])
def test_the_applied_migrations_are_reached_and_narrowed_by_keyboard(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/admin/releases/release/")
    page.get_by_role("link", name="Applied migrations").press("Enter")

    page.get_by_role("textbox", name="Search").press_sequentially("selection")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 migrations", exact=True)).to_be_visible()

    page.get_by_role("link", name="releases", exact=True).press("Enter")
    expect(page.get_by_text("0 migrations", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
