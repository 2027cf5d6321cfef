"""The rules for every page, whatever its content."""

from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser import extremes
from tests.browser.conftest import DESKTOP, PHONE, Site
from tests.browser.fitting import misfits
from tests.browser.pages import ADMIN_PAGES, EXPECTED, PAGES
from tests.browser.witness import Witness

pytestmark = pytest.mark.proof

FINGER = 44
"""Pixels, from WCAG 2.5.5."""

TOO_SMALL = """
(least) => [...document.querySelectorAll(
    "button, select, textarea, summary, a.button, nav a, input:not([type=hidden], [type=checkbox], [type=radio])"
)].filter((control) => !control.closest("#swagger-ui"))
    .map((control) => [control.textContent.trim() || control.name, control.getBoundingClientRect().height])
    .filter(([, height]) => 0 < height && height < least)
"""
"""The visible controls that are less high. Swagger UI is not ours."""

COLOURS = ["color-contrast", "link-in-text-block"]
SCHEMES: dict[Literal["light", "dark"], list[str] | None] = {"light": None, "dark": COLOURS}
"""The rules to check in each color scheme: in the dark one only those that depend on colors."""

VIOLATIONS = """
(rules) => axe.run(
    { exclude: ["#swagger-ui"] }, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) }
).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(" "))]))
"""
"""The violations of the given rules, or of all rules, and where. Swagger UI is not ours."""


@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_in_light_and_dark_and_fits_every_screen_and_touch(
    page: Page, site: Site, witness: Witness, name: str
) -> None:
    witness.tolerated += EXPECTED
    extremes.load(site.database)
    PAGES[name](page)
    page.evaluate(AXE_SCRIPT)
    found = {}
    for size, device in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(device["viewport"])
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            if violations := page.evaluate(VIOLATIONS, rules):
                found[size, scheme] = violations
    assert not found
    assert not page.evaluate(TOO_SMALL, FINGER)
    assert not misfits(page)


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_a_page_of_the_admin_fits_every_screen(page: Page, site: Site, name: str) -> None:
    extremes.load(site.database)
    ADMIN_PAGES[name](page)
    assert not misfits(page)
