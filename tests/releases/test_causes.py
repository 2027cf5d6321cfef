"""Whatever stops a release names its cause, and typing what it prints solves the problem."""

import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import pytest
from django.db import Error, connections
from pytest_django import DjangoDbBlocker

from releases.messages import refusals
from releases.messages.diagnosis import explain
from releases.messages.refusals import Refusal
from releases.postgresql.connecting import why_refused
from releases.running.progress import Progress
from tests.conftest import execute
from tests.releases.conftest import Project

BOX = 'migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())])'
MODEL = "class Box(models.Model):\n    size = models.IntegerField()\n"
STATEMENTS = re.compile(r"(?:superuser|in psql|aside): (.*;)", re.IGNORECASE)


@pytest.fixture
def shop(project: Project) -> Project:
    project.models(MODEL)
    project.migration("0001_box", BOX)
    return project


def as_user(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}").geturl()


def type_what_it_says(printed: str, url: str) -> None:
    """Runs the statements of the paragraph as a superuser."""
    (statements,) = STATEMENTS.findall(printed)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in filter(None, statements.split("; ")):
            connection.execute(statement)


def refused(result: "subprocess.CompletedProcess[str]", *words: str) -> str:
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    for one in words:
        assert one in result.stderr
    return result.stderr


def migrate(project: Project, url: str = "") -> "subprocess.CompletedProcess[str]":
    return project.manage("migrate", "-v0", DATABASE_URL=url or project.database_url, RELEASE_DATABASE_WAIT="0")


@pytest.fixture
def connect(
    postgresql: None, new_database: object, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[str], str]]:
    """Connects as `migrate` does, within this process, and returns the paragraph; empty if that succeeds."""

    def run(url: str) -> str:
        connection = connections.create_connection("default")
        connection.settings_dict = {**connection.settings_dict, **dj_database_url.parse(url), "CONN_MAX_AGE": 0}
        try:
            connection.ensure_connection()
            connection.close()
        except Error as error:
            return explain(error, Progress(), connection)
        return ""

    with django_db_blocker.unblock():
        yield run


CONNECTIONS = {
    "no login": ("ALTER ROLE {role} NOLOGIN", "User {role} may not log in to database {database} from here"),
    "no connection": ("ALTER ROLE {role} CONNECTION LIMIT 0", "The server, the database or the user has no connection"),
    "no right": ("REVOKE CONNECT ON DATABASE {database} FROM public", "User {role} may not connect to database"),
    "closed": ("ALTER DATABASE {database} ALLOW_CONNECTIONS false", "Database {database} does not accept connections."),
}


@pytest.mark.parametrize("state", CONNECTIONS)
def test_a_refused_connection_says_what_lets_it_in(
    role: str, database_url: str, connect: Callable[[str], str], state: str
) -> None:
    server, url = os.environ["DATABASE_URL"], as_user(database_url, role, role)
    closing, words = (text.format(role=role, database=urlsplit(url).path[1:]) for text in CONNECTIONS[state])
    execute(server, closing)

    printed = connect(url)

    assert f"Nothing was changed. {words}" in printed
    assert role * 2 not in printed
    type_what_it_says(printed, server)
    assert connect(url) == ""


def test_a_missing_database_can_be_created(role: str, shop: Project) -> None:
    server, name = os.environ["DATABASE_URL"], f"Planner {secrets.token_hex(4)}"
    url = urlsplit(as_user(server, role, role))._replace(path=f"/{name.replace(' ', '%20')}").geturl()

    printed = refused(migrate(shop, url), f"There is no database {name}. Correct its name in DATABASE_URL, or create")

    try:
        type_what_it_says(printed, server)
        assert migrate(shop, url).returncode == 0
    finally:
        execute_outside(server, f'DROP DATABASE IF EXISTS "{name}"')


def execute_outside(url: str, statement: str) -> None:
    """Outside any transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


WRONG_URLS: dict[str, tuple[Callable[[str], str], str]] = {
    "password": (
        lambda url: as_user(url, "postgres", "hunter2"),
        "The database refused the connection: .* There is no user postgres, or the password is wrong.",
    ),
    "user": (
        lambda url: as_user(url, "stranger", "hunter2"),
        "The database refused the connection: .* There is no user stranger, or the password is wrong.",
    ),
    "no password": (
        lambda url: url.replace(f":{urlsplit(url).password}@", "@"),
        "The database refused the connection: .* DATABASE_URL has no password, and the server requires one.",
    ),
    "host": (
        lambda url: url.replace("127.0.0.1", "nowhere.invalid"),
        "The database did not answer: .* The host nowhere.invalid cannot be resolved here.",
    ),
    "port": (
        lambda url: url.replace(f":{urlsplit(url).port}/", ":1/"),
        "The database did not answer: .* Nothing listens on 127.0.0.1, port 1. Start the database, or correct host",
    ),
    "TLS": (
        lambda url: f"{url}?sslmode=require",
        r"The server has no TLS, and the connection requires it \(sslmode=require\)",
    ),
    "TLS that is verified": (
        lambda url: f"{url}?sslmode=verify-full&sslrootcert=/nowhere/root.crt",
        r"The server has no TLS, and the connection requires it \(sslmode=verify-full\)",
    ),
    "option": (
        lambda url: f"{url}?options=-c%20work_mem%3Dmuch",
        "The database refused the connection: .* Correct DATABASE_URL as the server's message says.",
    ),
    "parameter": (
        lambda url: f"{url}?sslmode=perhaps",
        "The server is up. Correct the parameters of DATABASE_URL that the message names.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_URLS)
def test_a_wrong_url_says_what_is_wrong_in_it(connect: Callable[[str], str], wrong: str) -> None:
    url = os.environ["DATABASE_URL"]
    change, words = WRONG_URLS[wrong]

    printed = connect(change(url))

    assert re.search(words, printed), printed
    assert " Nothing was changed. " in printed
    assert printed.endswith("Then run this again.")
    assert "hunter2" not in printed
    assert str(urlsplit(url).password) not in printed
    assert ("set sslmode=disable in DATABASE_URL (at its end: ?sslmode=disable)" in printed) == wrong.startswith("TLS")
    assert connect(f"{url}?sslmode=disable") == ""


def test_a_release_by_a_wrong_password(shop: Project, postgresql: None) -> None:
    result = migrate(shop, as_user(shop.database_url, "postgres", "hunter2"))

    printed = refused(result, "CommandError: The database refused the connection: ", "Nothing was changed.")
    assert "hunter2" not in printed + result.stdout


def test_a_comparison_that_cannot_connect_has_changed_nothing(shop: Project, postgresql: None) -> None:
    result = shop.manage("verify_schema", DATABASE_URL="postgresql://a:hunter2@127.0.0.1:1/c")

    assert "hunter2" not in refused(result, " Nothing was changed. Nothing listens on 127.0.0.1, port 1.")


def test_the_variable_that_is_wrong_is_the_one_that_is_named(postgresql: None, shop: Project) -> None:
    shop.settings('RELEASES["DIRECT_DATABASE"] = dj_database_url.parse(os.environ["DIRECT"])')

    result = shop.manage("migrate", RELEASE_DATABASE_WAIT="0", DIRECT="postgresql://a:b@nowhere.invalid/c")

    refused(result, 'Correct the host in RELEASES["DIRECT_DATABASE"].')


def test_of_several_hosts_the_one_that_got_furthest_is_reported(connect: Callable[[str], str]) -> None:
    server = urlsplit(os.environ["DATABASE_URL"])

    def refusal(password: str | None, *hosts: str) -> Refusal | None:
        listed = ",".join(hosts)
        return why_refused(f"postgresql://{server.username}:{password}@{listed}{server.path}")

    here = f"127.0.0.1:{server.port}"
    assert refusal(server.password, "127.0.0.1:1", here) is None
    for cause, transient, hosts in (
        ("28P01", False, ("127.0.0.1:1", here)),
        (refusals.NOTHING_LISTENS, True, ("nowhere.invalid:1", "127.0.0.1:1")),
        (refusals.UNKNOWN_HOST, True, ("nowhere.invalid:1",)),
    ):
        found = refusal("hunter2", *hosts)
        assert found
        assert (found.cause, found.is_transient) == (cause, transient)


def test_a_server_that_accepts_and_never_answers_is_given_up_soon(connect: Callable[[str], str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        refusal = why_refused(f"postgresql://a:b@127.0.0.1:{silent.getsockname()[1]}/c", seconds=0.2)

    assert refusal
    assert (refusal.cause, refusal.is_transient) == (refusals.NO_ANSWER, True)
    assert time.monotonic() - began < 10
