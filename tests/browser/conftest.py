"""Debian's Chromium against the real gunicorn. One browser and one server for all; a fresh plan for each test."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests import forks
from tests.browser import plan
from tests.browser.witness import Witness
from tests.conftest import ROOT, container
from tests.server import serving, web

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

OpenPage = Callable[..., Page]

PATIENCE = 10_000
"""Milliseconds. A busy machine is slow; a person would have given up."""

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """The server and its database."""

    url: str
    folder: Path
    environment: dict[str, str]

    @property
    def database(self) -> str:
        return self.environment["DATABASE_URL"]

    def keep(self) -> None:
        self._copy("db.sqlite3", "kept.sqlite3")

    def restore(self) -> None:
        """Restores the database as it was saved, in milliseconds and under the running server."""
        self._copy("kept.sqlite3", "db.sqlite3")

    def _copy(self, source: str, target: str) -> None:
        with (
            closing(sqlite3.connect(self.folder / source)) as read,
            closing(sqlite3.connect(self.folder / target, timeout=20)) as written,
        ):
            read.backup(written)


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html>")

    def log_message(self, *args: Any, **options: Any) -> None:
        """Nothing."""


# Scoped to the package, not the session: while Playwright runs, Django takes this thread for an asynchronous one.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not executable:
        pytest.skip("No browser is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def front_end() -> Iterator[str]:
    """The origin of an empty page on a server of its own. Only under this name CORS allows it to use the API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="package")
def site(browser: Browser, front_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    environment = {
        **container(f"sqlite:///{folder}/db.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "WEB_CONCURRENCY": "1",
        "CORS_ALLOWED_ORIGINS": front_end,
    }
    account = ["createsuperuser", "--noinput", "--username", plan.ATHLETE, "--email", ""]
    for command in (["migrate", "-v0"], account):
        password = {"DJANGO_SUPERUSER_PASSWORD": plan.PASSWORD}
        forks.run(["python", "manage.py", *command], cwd=ROOT, env={**environment, **password}).check_returncode()
    plan.load(environment["DATABASE_URL"])
    with serving(web(), environment, folder / "log") as server:
        yield Site(f"http://127.0.0.1:{server.port}", folder, environment)


@pytest.fixture(scope="package")
def session(browser: Browser, site: Site) -> StorageState:
    """The cookies of a logged-in user. The database is saved in this state."""
    page = browser.new_page(base_url=site.url)
    page.goto("/login/")
    log_in(page)
    cookies = page.context.storage_state()
    page.close()
    site.keep()
    return cookies


def log_in(page: Page, password: str = plan.PASSWORD) -> None:
    """Fills in the login page, which must be open."""
    page.get_by_label("User name").fill(plan.ATHLETE)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
def open_page(browser: Browser, site: Site, session: StorageState, witness: Witness) -> Iterator[OpenPage]:
    """Opens a logged-in page in a browser of its own: `open_page(**PHONE)`. Fails at the end if anything went wrong."""
    site.restore()
    contexts = []

    def open_page(**options: Any) -> Page:
        options = {"base_url": site.url, "storage_state": session, **DESKTOP, **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        witness.watch(context, options["base_url"])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not witness.complaints()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page(**PHONE)


@pytest.fixture
def unscripted(open_page: OpenPage) -> Page:
    return open_page(java_script_enabled=False)
