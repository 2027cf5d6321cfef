"""Where things are on the week page."""

import datetime

from playwright.sync_api import Locator, Page


def card(place: Page | Locator, title: str) -> Locator:
    return place.locator(".card", has_text=title)


def slot(page: Page, day: datetime.date, name: str) -> Locator:
    """`name` is morning, afternoon, evening, or empty for unscheduled workouts."""
    return page.locator(f'#day-{day} .slot[data-slot="{name}"]')


def total(page: Page) -> Locator:
    """The last bar of the summary."""
    return page.locator("#summary .total")


def drag(what: Locator, place: Locator) -> None:
    """Drags with the mouse. A slot that is empty appears once something is dragged."""
    page = what.page
    what.hover()
    page.mouse.down()
    middle = what.bounding_box()
    assert middle
    page.mouse.move(middle["x"] + 5, middle["y"] + 5, steps=2)
    place.hover()
    place.hover()  # the first one lets the place appear; a browser drops where the mouse has been twice
    page.mouse.up()


def open_menu(page: Page) -> None:
    """The menu of the week: filters, and what is done with the whole week."""
    page.locator(".menu > summary").click()


def toast(page: Page) -> Locator:
    return page.locator("#toast")
