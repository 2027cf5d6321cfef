"""A move that cannot be saved: the athlete is told, and the plan stays as it was."""

import re
import signal

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site, log_in
from tests.browser.plan import FRIDAY, MONDAY, WEEK
from tests.browser.week import card, drag, slot, toast
from tests.browser.witness import Witness
from tests.conftest import execute
from tests.server import serving, web


def test_an_expired_session_redirects_to_the_login_and_back_to_the_week(page: Page, site: Site) -> None:
    page.goto(WEEK)
    execute(site.database, "DELETE FROM django_session")

    drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    log_in(page)
    expect(page).to_have_url(re.compile(WEEK))
    expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()
    drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))
    expect(card(slot(page, FRIDAY, "morning"), "Easy run")).to_be_visible()


def test_what_was_typed_stays_when_the_session_has_expired(page: Page, site: Site) -> None:
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("link").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Notes").fill("Bring gels.")
    execute(site.database, "DELETE FROM django_session")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("Nothing was saved: you are logged out.")

    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Log in").click()
    log_in(opened.value)
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("Easy run: notes changed")


def test_a_stopped_server_is_reported_and_the_card_stays(open_page: OpenPage, site: Site, witness: Witness) -> None:
    witness.tolerated += ["ERR_CONNECTION_REFUSED", "htmx:sendError", "htmx:afterRequest"]
    with serving(web(), site.environment, site.folder / "stopped.log") as server:
        page = open_page(base_url=f"http://127.0.0.1:{server.port}")
        page.goto(WEEK)
        server.process.send_signal(signal.SIGQUIT)  # at once, whatever connections the browser holds
        server.process.wait()

        drag(card(page, "Easy run"), slot(page, FRIDAY, "morning"))

        expect(toast(page)).to_contain_text("it is not known whether this was saved")
        expect(card(slot(page, MONDAY, ""), "Easy run")).to_be_visible()
        expect(card(page, "Easy run").get_by_role("button", name="Skip")).to_be_enabled()


def test_what_another_tab_changed_is_shown_when_a_change_is_refused(
    page: Page, open_page: OpenPage, witness: Witness
) -> None:
    witness.tolerated += ["status of 409", "status of 404", "htmx:responseError"]
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("button", name="Skip").click()
    undo = toast(page).get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    other = open_page()
    other.goto(f"{WEEK}?changed=1")
    other.get_by_role("button", name="Undo").click()
    expect(toast(other)).to_contain_text("Undone: Easy run: skipped")

    undo.click()
    expect(toast(page)).to_contain_text("This was already undone.")
    expect(card(page, "Easy run").get_by_role("button", name="Skip")).to_be_visible()


def test_what_another_tab_changed_is_shown_when_the_page_is_looked_at_again(page: Page, open_page: OpenPage) -> None:
    page.goto(WEEK)
    other = open_page()
    other.goto(WEEK)
    card(other, "Easy run").get_by_role("button", name="Skip").click()
    expect(card(other, "Easy run")).to_contain_text("Skipped")
    expect(card(page, "Easy run")).not_to_contain_text("Skipped")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(card(page, "Easy run")).to_contain_text("Skipped")


def test_a_refusal_is_shown_in_the_dialog_and_the_input_stays(page: Page, witness: Witness) -> None:
    witness.tolerated.append("status of 422")
    page.goto(WEEK)
    card(page, "Easy run").get_by_role("link").click()
    dialog = page.get_by_role("dialog")

    dialog.get_by_label("Notes").fill("Bring gels.")
    dialog.get_by_label("Time of day").evaluate("field => { field.removeAttribute('maxlength') }")
    dialog.get_by_label("Time of day").fill("after work, " * 10)
    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(dialog.get_by_role("status")).to_contain_text("Nothing was changed.")
    expect(dialog.get_by_label("Notes")).to_have_value("Bring gels.")
