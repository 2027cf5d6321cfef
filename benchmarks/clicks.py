"""From a click to the redrawn card in Chromium, and what it takes: requests and bytes."""

import shutil
import statistics
from dataclasses import dataclass

from playwright.sync_api import Request, sync_playwright

CLICKS = 50
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Resolves in the frame after the one in which the card is replaced, so it has been painted.
CLICK = """
() => new Promise(resolve => {
  const id = document.querySelector(".card:has([name=is_selected])").id;
  const before = document.getElementById(id);
  const painted = began => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  const began = performance.now();
  new MutationObserver((_, observer) => {
    const now = document.getElementById(id);
    if (now && now !== before) { observer.disconnect(); painted(began); }
  }).observe(document.body, {childList: true, subtree: true});
  before.querySelector("[name=is_selected]").click();
})
"""


@dataclass(frozen=True)
class Clicks:
    """Medians of all clicks, `slowest` excepted; milliseconds. `received` are bytes with headers, as sent."""

    milliseconds: float
    slowest: float
    requests: float
    received: float
    page: int
    """Bytes of the week's page, uncompressed."""


def measure(port: int, session: str) -> Clicks:
    """Skips and selects a workout of this week, again and again."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        context = browser.new_context(base_url=f"http://localhost:{port}", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])
        page = context.new_page()
        shown = page.goto("/")
        assert shown
        size = len(shown.body())
        sent = list[Request]()
        page.on("requestfinished", sent.append)
        taken, requests, received = list[float](), list[int](), list[int]()
        for _ in range(CLICKS + 1):
            taken.append(page.evaluate(CLICK))
            page.wait_for_load_state("networkidle")
            sizes = [request.sizes() for request in sent]
            requests.append(len(sizes))
            received.append(sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes))
            sent.clear()
        browser.close()
    first, *rest = taken
    return Clicks(statistics.median(rest), max(rest), statistics.median(requests), statistics.median(received), size)
