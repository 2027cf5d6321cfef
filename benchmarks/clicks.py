"""From a click to the redrawn card in Chromium, and what it takes: requests and bytes."""

import datetime
import shutil
import statistics
from dataclasses import dataclass
from http.cookies import SimpleCookie

from playwright.sync_api import Request, sync_playwright

from workouts.values.days import first_of_week

CLICKS = 50
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Resolves in the frame after the one in which the card is replaced, so it has been painted.
CLICK = """
() => new Promise((resolve, reject) => {
  const id = document.querySelector(".card:has([name=is_selected])").id;
  const before = document.getElementById(id);
  const painted = began => requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  const began = performance.now();
  new MutationObserver((_, observer) => {
    const now = document.getElementById(id);
    if (now && now !== before) { observer.disconnect(); painted(began); }
  }).observe(document.body, {childList: true, subtree: true});
  setTimeout(() => reject(new Error(`${id} was not redrawn within 10 s`)), 10000);
  before.querySelector("[name=is_selected]").click();
})
"""


@dataclass(frozen=True)
class Clicks:
    """Medians of all clicks, `slowest` excepted; milliseconds. `received` are bytes of bodies, compressed as sent."""

    milliseconds: float
    slowest: float
    requests: float
    received: float
    page: int
    """Bytes of the week's page, uncompressed."""


def measure(port: int, cookies: str) -> Clicks:
    """Skips and selects a workout of this week, again and again. `cookies` are a logged-in user's, as a header."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        context = browser.new_context(base_url=f"http://localhost:{port}", viewport={"width": 1440, "height": 900})
        session = SimpleCookie(cookies)["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}])
        page = context.new_page()
        week = f"/week/{first_of_week(datetime.date.today())}"  # noqa: DTZ011
        size = len(context.request.get(week).body())
        page.goto(week)
        sent = list[Request]()
        page.on("requestfinished", lambda request: sent.append(request))  # noqa: PLW0108  # Playwright marks the function
        taken, requests, received = list[float](), list[int](), list[int]()
        for _ in range(CLICKS + 1):
            with page.expect_request_finished():
                taken.append(page.evaluate(CLICK))
            requests.append(len(sent))
            received.append(sum(request.sizes()["responseBodySize"] for request in sent))
            sent.clear()
        browser.close()
    del taken[0]  # a warm-up
    return Clicks(statistics.median(taken), max(taken), statistics.median(requests), statistics.median(received), size)
