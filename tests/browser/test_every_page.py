"""What holds on every page, whatever is on it."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import EXPECTED, PAGES
from tests.browser.witness import Witness

FINGER = 44
"""Pixels, of WCAG 2.5.5."""

TOO_SMALL = """
(least) => [...document.querySelectorAll(
    "button, select, textarea, summary, a.button, nav a, input:not([type=hidden], [type=checkbox])"
)].filter((control) => !control.closest("#swagger-ui"))
    .map((control) => [control.textContent.trim() || control.name, control.getBoundingClientRect().height])
    .filter(([, height]) => 0 < height && height < least)
"""
"""The controls that are shown and lower than that. Swagger UI is not ours."""

VIOLATIONS = """
axe.run({ exclude: ["#swagger-ui"] }, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]))
"""
"""The rules that are broken, and where. Swagger UI is not ours."""


@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_in_light_and_dark_and_fits_a_phone_and_a_finger(page: Page, witness: Witness, name: str) -> None:
    witness.tolerated += EXPECTED
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
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert not page.evaluate(TOO_SMALL, FINGER)
