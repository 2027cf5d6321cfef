"""Where things are on the week page."""

import contextlib
import datetime

from playwright.sync_api import Error, Locator, Page, Route


def card(place: Page | Locator, title: str) -> Locator:
    return place.locator(".card", has_text=title)


def slot(page: Page, day: datetime.date, name: str) -> Locator:
    """`name` is morning, afternoon, evening, or empty for unscheduled workouts."""
    return page.locator(f'#day-{day} .slot[data-slot="{name}"]')


def total(page: Page) -> Locator:
    """The last bar of the summary."""
    return page.locator("#summary .total")


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"] + box["height"]


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


def slow_down(page: Page, milliseconds: int) -> None:
    """Lets what is written wait before it is sent."""

    def wait(route: Route) -> None:
        page.wait_for_timeout(milliseconds)
        route.continue_()

    page.route("**/workouts/**", wait)


def slow_down_answers(page: Page, milliseconds: int) -> None:
    """What is written arrives at once, and the answer waits."""

    def wait(route: Route) -> None:
        if route.request.method == "GET":
            route.continue_()
            return
        answer = route.fetch(max_redirects=0)
        page.wait_for_timeout(milliseconds)
        with contextlib.suppress(Error):  # nobody waits for it any more
            route.fulfill(response=answer)

    page.route("**/*", wait)


def press_twice(button: Locator) -> None:
    """As a hand does it: the second press may come before or after the answer to the first."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    button.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=60)
