"""Checks the layout of a page: whether it scrolls sideways, and whether its links and fields can be reached."""

from typing import Any

from playwright.sync_api import Page

WIDTHS = (360, 390, 768, 1024, 1280, 1440, 1920)
DESK = 1024
HEIGHT = 900
PAPER = (718, 1062)
"""Pixels between the margins of A4, portrait and landscape."""

MISFITS = """
(desk) => {
    const name = (element) => `${element.localName}.${element.className.baseVal ?? element.className}`
        + ` ${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}`;
    const root = document.querySelector("dialog[open], .menu[open] > div") ?? document.body;
    const ours = [...root.querySelectorAll("*")].filter((element) => !element.closest("#swagger-ui"));
    const shown = ours.filter((element) => element.checkVisibility({ visibilityProperty: true }));
    const djangos = ".colMS, #changelist-form, :has(> #changelist-form), option";
    const found = [];

    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width)
        found.push("the page scrolls sideways", ...shown.filter((element) =>
            element.getBoundingClientRect().right > width + 1).slice(0, 5).map(name));

    for (const element of shown) {
        const { clientWidth, scrollWidth } = element;
        const { display, overflowX } = getComputedStyle(element);
        if (!(element instanceof HTMLElement) || element.matches(djangos)) continue;
        if (!clientWidth || scrollWidth <= clientWidth + 1 || display === "inline") continue;
        if (overflowX === "visible" || (overflowX === "auto" && width >= desk))
            found.push(`wider than its place by ${scrollWidth - clientWidth}: ${name(element)}`);
    }

    const controls = "a[href], button, summary, input, select, textarea";
    for (const control of shown.filter((element) => element.matches(controls))) {
        control.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const [box] = control.getClientRects();
        if (!box || box.right <= 0 || box.bottom <= 0 || box.width <= 1) continue;
        const middle = [box.x + box.width / 2, Math.min(box.y + box.height / 2, innerHeight - 1)];
        const there = document.elementFromPoint(...middle);
        if (!(control.contains(there) || there?.closest("label")?.control === control))
            found.push(`covered by ${there ? name(there) : "nothing"}: ${name(control)}`);
    }
    return [...new Set(found)].slice(0, 12);
}
"""
"""Of what is shown, of an open dialog or menu alone: faults in words. From the width of a desk on, nothing has to be
scrolled sideways within itself. Swagger UI is not ours, nor are the boxes of the admin that hang over on purpose."""


def misfits(page: Page) -> dict[Any, list[str]]:
    """The faults by screen width; on paper only what is wider than the paper."""
    found: dict[Any, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[width] = page.evaluate(MISFITS, DESK)
    page.emulate_media(media="print")
    for width in PAPER:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found["paper", width] = [fault for fault in page.evaluate(MISFITS, DESK) if not fault.startswith("covered")]
    page.emulate_media(media="screen")
    return {width: faults for width, faults in found.items() if faults}
