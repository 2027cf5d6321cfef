"""What holds on every page, whatever is on it."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import EXPECTED, PAGES
from tests.browser.witness import Witness

CONTROLS = "button, select, textarea, summary, a.button, nav a, input:not([type=hidden], [type=checkbox])"
FINGER = 44
"""Pixels, of WCAG 2.5.5."""

VIOLATIONS = """
axe.run({ exclude: ["#swagger-ui"] }, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]))
"""
"""The rules that are broken, and where. Swagger UI is not ours."""


@pytest.fixture(autouse=True)
def errors_are_expected(witness: Witness) -> None:
    witness.tolerated += EXPECTED


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_or_dark_on_desktop_or_phone(page: Page, name: str) -> None:
    PAGES[name](page)
    page.evaluate(AXE_SCRIPT)
    found = {}
    for size, device in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(device["viewport"])
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if violations := page.evaluate(VIOLATIONS):
                found[size, scheme] = violations
    assert not found


@pytest.mark.parametrize("name", PAGES)
def test_fits_a_phone_and_a_finger(phone: Page, name: str) -> None:
    PAGES[name](phone)

    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    small = {
        control.inner_text() or control.get_attribute("name"): box["height"]
        for control in phone.locator(CONTROLS).all()
        if (box := control.bounding_box()) and box["height"] < FINGER
    }
    assert not small
