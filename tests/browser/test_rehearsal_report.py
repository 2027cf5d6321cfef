"""The report of a rehearsal with many migrations, from a phone to a large screen."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from releases.rehearsal.recording import OLD, Lock, Phase, Recording, Sample, Snapshot
from releases.rehearsal.report import Report

NAMES = """
[...document.querySelectorAll(".name")].map(name => {
    const text = document.createRange(), box = name.getBoundingClientRect();
    text.selectNodeContents(name);
    const drawn = text.getBoundingClientRect();
    return {name: name.textContent, seen: drawn.top < box.bottom, fits: drawn.right <= box.right + 1};
})
"""


def recording() -> Recording:
    """Of a minute with 40 migrations, one of which writes rows while somebody waits."""
    steps = [Phase("warm-up", 0, 3), Phase("quiet", 3, 23), Phase("release", 23, 40), Phase("overlap", 40, 60)]
    migrations = [Phase(f"shop.{n:04}_change", 24 + n / 10, 24.02 + n / 10, "release") for n in range(40)]
    for one in migrations:
        one.before = one.after = Snapshot({}, 0, 0)
    migrations[7].after = Snapshot({}, 0, 5000)
    samples = [Sample(n / 10, 10, OLD) for n in range(600)]
    return Recording(samples, [Lock(24.71, "shop_box", "AccessShareLock", waited=0.0004)], [*steps, *migrations])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("width", "named"), [(360, {"quiet", "release", "overlap"}), (1920, {"warm-up", "quiet", "release", "overlap"})]
)
def test_a_report_of_many_migrations(
    browser: Browser, tmp_path: Path, width: int, named: set[str], scheme: Any
) -> None:
    file = tmp_path / "report.html"
    file.write_text(Report(recording(), [], 99.9).page())
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        page.goto(file.as_uri())
        names = page.evaluate(NAMES)
        assert {one["name"] for one in names if one["seen"]} == named
        assert all(one["fits"] for one in names if one["seen"])
        assert page.locator(".tick").all_text_contents() == ["0 s", "20 s", "40 s"]
        assert page.locator("tbody th:visible").all_text_contents()[4:] == ["shop.0007_change"]
        assert page.locator("summary").inner_text() == "39 that wrote no row, and took less than 0.05 s"
        assert page.get_by_text("Others waited for shop_box: up to 1 ms").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate("document.documentElement.scrollHeight") < 2500
        assert page.locator("script").count() == 0
    finally:
        page.close()


def test_a_report_on_paper(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(Report(recording(), [], 99.9).page())
    page = browser.new_page(viewport={"width": 700, "height": 1000})
    try:
        page.goto(file.as_uri())
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") == 700
        assert page.evaluate("document.querySelector('tbody td.text').offsetWidth") >= 160
    finally:
        page.close()
