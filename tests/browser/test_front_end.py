"""A front end at another origin, in a real browser, which decides what a script may read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, Site
from tests.browser.plan import ATHLETE, PASSWORD
from tests.browser.witness import Witness

CONVERSATION = """
async ([site, username, password]) => {
    let token = null;
    const ask = async (path, method = "GET", body = null) => {
        const headers = {"Content-Type": "application/json"};
        if (token) headers["Authorization"] = `Bearer ${token}`;
        const options = {method, headers, body: body && JSON.stringify(body)};
        const response = await fetch(`${site}/api/${path}`, options);
        return [response.status, await response.json()];
    };
    const wrong = await ask("auth/login", "POST", {username, password: "wrong"});
    const login = await ask("auth/login", "POST", {username, password});
    token = login[1].token;
    const workouts = await ask("workouts");
    const selection = await ask(`selections/${workouts[1].workouts[0].id}`, "PUT", {isSelected: false});
    const days = {startDate: "2024-01-01", endDate: "2024-01-07"};
    const exported = await ask("export/calendar", "POST", days);
    const missing = await ask("workouts/999999", "DELETE");
    return {wrong, login, workouts, selection, exported, missing};
}
"""


@pytest.fixture
def open_at(open_page: OpenPage, witness: Witness) -> Callable[[str], Page]:
    """Opens the front end's page at an origin."""

    def open_at(origin: str) -> Page:
        witness.tolerated += [f"leaves the site: {origin}", *(f"status of {status}" for status in (401, 404, 409))]
        page = open_page(storage_state=None)
        page.goto(origin)
        return page

    return open_at


def test_the_configured_front_end_logs_in_reads_and_writes(
    open_at: Callable[[str], Page], site: Site, front_end: str
) -> None:
    found = open_at(front_end).evaluate(CONVERSATION, [site.url, ATHLETE, PASSWORD])

    assert found["wrong"] == [401, {"error": "Invalid username or password."}]
    assert found["login"][1]["user"]["username"] == ATHLETE
    assert found["workouts"][1]["count"] == 7
    assert found["selection"][1]["isSelected"] is False
    assert found["exported"][0] == 409
    assert found["missing"] == [404, {"error": "Workout not found"}]


def test_a_page_of_another_origin_reads_nothing(
    open_at: Callable[[str], Page], site: Site, front_end: str, witness: Witness
) -> None:
    witness.tolerated += ["blocked by CORS policy", "net::ERR_FAILED"]
    page = open_at(front_end.replace("localhost", "127.0.0.1"))
    ask = "(site) => fetch(`${site}/api/health`).then(() => 'was answered', (error) => `${error}`)"
    assert page.evaluate(ask, site.url) == "TypeError: Failed to fetch"
