"""Every environment variable has a type, a default or a clear refusal, and a row in the README's table."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.http.request import validate_host

from config.hosts import parse_hosts, parse_origins
from tests.conftest import ROOT

KEY = {"SECRET_KEY": "s"}
KEY_OF_64 = "0123456789abcdef" * 4
PROGRAM = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}, default=str))
"""


def start(*names: str, before: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Imports the settings in a process that has nothing but `environment`, after the code `before`."""
    inherited = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE")}
    program = before + PROGRAM.replace("NAMES", repr(names))
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings(*names: str, **environment: str) -> dict[str, Any]:
    result = start(*names, **{**KEY, **environment})
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_defaults_are_productions() -> None:
    found = settings("DEBUG", "TIME_ZONE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert found == {
        "DEBUG": False,
        "TIME_ZONE": "UTC",
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


def test_without_a_url_the_database_is_a_file_beside_manage_py() -> None:
    database = settings("DATABASES")["DATABASES"]["default"]
    assert database == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(ROOT / "db.sqlite3"),
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL", "transaction_mode": "IMMEDIATE", "timeout": 20},
    }


def test_hosts_are_allowed_as_browsers_send_them() -> None:
    found = settings(
        "ALLOWED_HOSTS",
        ALLOWED_HOSTS=" Planner.example , .example.org,,[2001:db8::1],*",
        RAILWAY_PUBLIC_DOMAIN="planner.up.railway.app",
    )
    given = ["planner.example", ".example.org", "[2001:db8::1]", "*", "planner.up.railway.app"]
    assert found["ALLOWED_HOSTS"] == [*given, "localhost", "127.0.0.1", "[::1]"]


def test_the_clients_address_is_what_a_trusted_proxy_wrote() -> None:
    railway = {"RAILWAY_ENVIRONMENT_NAME": "production", "DATABASE_URL": "postgres://h/d", "SECRET_KEY": KEY_OF_64}
    found = [
        settings("CLIENT_ADDRESS", **environment)["CLIENT_ADDRESS"]
        for environment in ({}, railway, {"TRUSTED_PROXIES": "1"}, {**railway, "TRUSTED_PROXIES": "2"})
    ]
    assert found == ["REMOTE_ADDR", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_FOR"]


def test_values_are_stripped_and_an_empty_one_counts_as_unset() -> None:
    empty = {"DEBUG": "", "TIME_ZONE": " ", "LOG_LEVEL": "", "PORT": "", "RELEASE_DEADLINE": "", "ALLOWED_HOSTS": ""}
    found = settings("DEBUG", "TIME_ZONE", "RELEASES", "DATABASES", DATABASE_URL=" \n", **empty)
    assert (found["DEBUG"], found["TIME_ZONE"], found["RELEASES"]["DEADLINE"]) == (False, "UTC", 900)
    assert found["DATABASES"]["default"]["NAME"] == str(ROOT / "db.sqlite3")

    found = settings("TIME_ZONE", "DATABASES", TIME_ZONE=" Europe/Vienna", DATABASE_URL=" postgres://u:p@h/d\n")
    assert (found["TIME_ZONE"], found["DATABASES"]["default"]["NAME"]) == ("Europe/Vienna", "d")


@pytest.mark.parametrize(
    ("environment", "lines"),
    [
        (
            {"PORT": "0", "WEB_CONCURRENCY": "two", "LOG_LEVEL": "info", "TIME_ZONE": "Mars/Olympus"},
            {
                "SECRET_KEY: Unset or empty. On Railway: railway variable set SECRET_KEY=$(openssl rand -hex 32)",
                "PORT: Must be greater than or equal to 1 and less than or equal to 65535.",
                "WEB_CONCURRENCY: Not a valid integer.",
                "LOG_LEVEL: Must be one of: DEBUG, INFO, WARNING, ERROR.",
                "TIME_ZONE: Unknown time zone. Use a name such as Europe/Vienna or UTC.",
            },
        ),
        (
            {"SECRET_KEY": " ", "DEBUG": "perhaps", "RELEASE_DEADLINE": "inf", "RELEASE_LOCK_TIMEOUT": "-1"}
            | {"READYZ_TOKEN": "hunter2", "TRUSTED_PROXIES": "-1"},
            {
                "SECRET_KEY: Unset or empty. On Railway: railway variable set SECRET_KEY=$(openssl rand -hex 32)",
                "DEBUG: Not a valid boolean. Use True or False; False wherever others can reach it.",
                "READYZ_TOKEN: Shorter than 20 characters.",
                "TRUSTED_PROXIES: Must be greater than or equal to 0 and less than or equal to 10.",
                "RELEASE_DEADLINE: Special numeric values (nan or infinity) are not permitted.",
                "RELEASE_LOCK_TIMEOUT: Must be greater than or equal to 0.01 and less than or equal to 86400.",
            },
        ),
        (
            {"SECRET_KEY": "'hunter2'", "PORT": '"8000"', "DATABASE_URL": "'postgres://u:hunter2@h/d'"},
            {
                "SECRET_KEY: The value is in quotes. Remove them. On Railway: railway variable set"
                " SECRET_KEY=$(openssl rand -hex 32)",
                "PORT: The value is in quotes. Remove them.",
                "DATABASE_URL: The value is in quotes. Remove them. On Railway: railway variable set"
                " 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
            },
        ),
        (
            {"RAILWAY_ENVIRONMENT_NAME": "production", "SECRET_KEY": "hunter2", "DEBUG": "True", "DATABASE_URL": ""},
            {
                "DEBUG: True would show pages with tracebacks to everyone. Use True or False; False wherever others"
                " can reach it.",
                "SECRET_KEY: Shorter than 50 characters, or easy to guess. On Railway: railway variable set"
                " SECRET_KEY=$(openssl rand -hex 32)",
                "DATABASE_URL: Unset or empty. SQLite does not work here: a container's disk is not persistent."
                " On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
            },
        ),
        (
            {"ALLOWED_HOSTS": "a.example,https://hunter2/", "RAILWAY_PUBLIC_DOMAIN": "hunter2:8000", **KEY}
            | {"MIGRATION_DATABASE_URL": "postgres://u:hunter2@h/d", "CORS_ALLOWED_ORIGINS": "https://hunter2/"},
            {
                "ALLOWED_HOSTS: Entry 2 is a URL: write only the host, such as plan.example.org, without https://"
                " and path.",
                "RAILWAY_PUBLIC_DOMAIN: Entry 1 contains a port: remove it.",
                "CORS_ALLOWED_ORIGINS: Entry 1 does not end after the host and its port: remove the slash and the"
                " path.",
                "MIGRATION_DATABASE_URL: It and DATABASE_URL must both point to PostgreSQL. Unset it, or correct the"
                " other.",
            },
        ),
        (
            {"DATABASE_URL": "postgres://u:hunter2@h", "MIGRATION_DATABASE_URL": "postgres://u:hunter2@h/d", **KEY},
            {
                "DATABASE_URL: The URL names no database. Use postgresql://USER:PASSWORD@HOST:PORT/NAME, or"
                " sqlite:////absolute/path. On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
            },
        ),
        (
            {"DATABASE_URL": "postgres://h/d?sslrootcert=/hunter2&sslkey=/hunter2", **KEY}
            | {"MIGRATION_DATABASE_URL": "postgres://u:hunter2@h/d?pgbouncer=true"},
            {
                "DATABASE_URL: These files do not exist or cannot be read: sslkey, sslrootcert."
                " On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'",
                "MIGRATION_DATABASE_URL: It contains pgbouncer=true: the release needs a direct connection.",
            },
        ),
        (
            {"DATABASE_URL": "postgres://h/d", "MIGRATION_DATABASE_URL": "sqlite:////tmp/hunter2", **KEY},
            {
                "MIGRATION_DATABASE_URL: It and DATABASE_URL must both point to PostgreSQL. Unset it, or correct the"
                " other.",
            },
        ),
        *(
            (
                {"DATABASE_URL": f"sqlite:///{file}", **KEY},
                {
                    "DATABASE_URL: SQLite needs the name of a file in an existing, writable directory."
                    " On Railway: railway variable set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'"
                },
            )
            for file in ("/hunter2/file", "/tmp", "hunter2/file")
        ),
    ],
)
def test_an_invalid_environment_is_refused_with_reasons(environment: dict[str, str], lines: set[str]) -> None:
    result = start("DEBUG", **environment)

    assert result.returncode == 1
    heading, *printed = result.stderr.splitlines()
    assert heading == "The environment is invalid. Nothing was started and nothing was changed."
    assert {line.removeprefix("  ") for line in printed} == lines
    assert result.stdout == ""


def test_an_image_that_may_not_write_its_own_directory_names_what_is_unset() -> None:
    closed = "import pathlib\nfrom config import databases\ndatabases.BASE_DIR = pathlib.Path('/nowhere')\n"
    result = start("DEBUG", before=closed, **KEY)

    assert result.returncode == 1
    assert "DATABASE_URL: Unset or empty, and no file can be created beside manage.py. Use postgresql:" in result.stderr


def test_railway_accepts_a_key_from_openssl() -> None:
    key = subprocess.check_output(["openssl", "rand", "-hex", "32"], text=True)
    railway = {"RAILWAY_ENVIRONMENT_NAME": "production", "DATABASE_URL": "postgres://h/d"}
    assert settings("SECRET_KEY", **{**railway, "SECRET_KEY": key}) == {"SECRET_KEY": key.strip()}


def test_a_server_side_cursor_is_not_used_behind_a_pooler() -> None:
    direct = "postgres://u:p@direct/d"
    found = settings("DATABASES", "RELEASES", DATABASE_URL="postgres://u:p@h/d", MIGRATION_DATABASE_URL=direct)
    assert found["DATABASES"]["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert found["RELEASES"]["DIRECT_DATABASE"]["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_the_readme_lists_every_variable_with_its_default() -> None:
    source = (ROOT / "config/environment.py").read_text()
    declared = dict(re.findall(r'env\.\w+\("([A-Z_]+)"(?:, ([^,)]+))?', source))
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert table.keys() == declared.keys() | {"TEST_DATABASE_URL"}
    for name, default in declared.items():
        if default.strip('"[]') and name != "SECRET_KEY":
            assert default.strip('"') in table[name], name


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        ("https://plan.example", "is a URL"),
        ("plan.example/path", "is a URL"),
        ("*.plan.example", "contains a *: write .example.org"),
        ("plan.*", "contains a *"),
        ("plan.example:8000", "contains a port"),
        (".plan.example:8000", "contains a port"),
        ("[::1]:8000", "contains a port"),
        ("::1", "is an IPv6 address without brackets"),
        ("a.example b.example", "contains a space"),
        ("a.example;b.example", "contains a space or a semicolon"),
        ("plän.example", "is not in ASCII"),
        ("plan_a.example", "is not a host name"),
        ("plan.example.", "is not a host name"),
        (".", "is not a host name"),
    ],
)
def test_hosts_that_can_never_match_are_refused(host: str, fault: str) -> None:
    assert not any(validate_host(sent, [host]) for sent in ("plan.example", "sub.plan.example", "[::1]", "a.example"))
    with pytest.raises(ValueError, match=re.escape(f"Entry 2 {fault}")):
        parse_hosts(f"fine.example, {host}")


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ("*", "contains a *: name each origin"),
        ("https://*.front.example", "contains a *: name each origin"),
        ("null", "is what every sandboxed page"),
        ("https://a.example https://b.example", "contains a space"),
        ("https://a.example;https://b.example", "contains a space or a semicolon"),
        ("https://plän.example", "is not in ASCII"),
        ("front.example", "does not begin with https://"),
        ("//front.example", "does not begin with https://"),
        ("ftp://front.example", "does not begin with https://"),
        ("https://joe:hunter2@front.example", "contains a user name"),
        ("https://front.example/", "does not end after the host"),
        ("https://front.example/path@x", "does not end after the host"),
        ("https://front.example?x", "does not end after the host"),
        ("https://front.example#x", "does not end after the host"),
        ("https://front.example:443", "contains the port that browsers leave out"),
        ("http://localhost:80", "contains the port that browsers leave out"),
        ("https://", "is not an origin"),
        ("https://front_end.example", "is not an origin"),
        ("https://front.example.", "is not an origin"),
        ("https://front.example:", "is not an origin"),
        ("https://front.example:0443", "is not an origin"),
        ("https://front.example:65536", "is not an origin"),
        ("https://::1", "is not an origin"),
    ],
)
def test_origins_that_no_browser_sends_are_refused(origin: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"Entry 2 {fault}")):
        parse_origins(f"https://fine.example, {origin}")


def test_cors_is_on_only_for_a_configured_front_end() -> None:
    cors = "corsheaders.middleware.CorsMiddleware"
    assert cors not in settings("MIDDLEWARE", CORS_ALLOWED_ORIGINS=" , ")["MIDDLEWARE"]

    origins = "https://Front.example, http://localhost:3000,https://[::1]:8443"
    found = settings("MIDDLEWARE", "CORS_ALLOWED_ORIGINS", CORS_ALLOWED_ORIGINS=origins)
    assert found["CORS_ALLOWED_ORIGINS"] == ["https://front.example", "http://localhost:3000", "https://[::1]:8443"]
    assert found["MIDDLEWARE"].index(cors) == 1
