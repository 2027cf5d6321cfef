"""Where things are on the week page."""

import datetime

from playwright.sync_api import Locator, Page


def card(place: Page | Locator, title: str) -> Locator:
    return place.locator(".card", has_text=title)


def slot(page: Page, day: datetime.date, name: str) -> Locator:
    """`name` is morning, afternoon, evening, or empty for unscheduled workouts."""
    return page.locator(f'.slot[data-day="{day}"][data-slot="{name}"]')


def total(page: Page) -> Locator:
    """The last row of the summary."""
    return page.get_by_role("row", name="Total")


def toast(page: Page) -> Locator:
    return page.locator("#toast")
