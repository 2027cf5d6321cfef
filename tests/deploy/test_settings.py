"""Every variable of the environment: typed, with a default or a loud refusal, and in the README's table."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from config.databases import parse_database_url
from tests.conftest import ROOT

PROGRAM = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}, default=str))
"""


def start(*names: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Imports the settings in a process that has nothing but `environment`."""
    inherited = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COVERAGE")}
    program = PROGRAM.replace("NAMES", repr(names))
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings(*names: str, **environment: str) -> dict[str, Any]:
    result = start(*names, SECRET_KEY="s", **environment)
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


def test_railways_domain_is_allowed_and_trusted() -> None:
    found = settings(
        "ALLOWED_HOSTS",
        "CSRF_TRUSTED_ORIGINS",
        ALLOWED_HOSTS="planner.example,.example.org",
        RAILWAY_PUBLIC_DOMAIN="planner.up.railway.app",
    )
    assert {"planner.example", ".example.org", "planner.up.railway.app", "healthcheck.railway.app"} < set(
        found["ALLOWED_HOSTS"]
    )
    assert found["CSRF_TRUSTED_ORIGINS"] == [
        "https://planner.example",
        "https://*.example.org",
        "https://planner.up.railway.app",
    ]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "SECRET_KEY: Environment variable not set. On Railway: railway variable set SECRET_KEY="),
        ({"SECRET_KEY": " "}, "SECRET_KEY: Empty."),
        ({"DEBUG": "perhaps"}, "DEBUG: Not a valid boolean. Use True or False."),
        ({"PORT": "0"}, "PORT: Must be greater than or equal to 1"),
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY: Not a valid integer."),
        ({"LOG_LEVEL": "info"}, "LOG_LEVEL: Must be one of: DEBUG, INFO, WARNING, ERROR."),
        ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE: Unknown time zone. Use a name such as Europe/Vienna or UTC."),
        ({"RAILWAY_ENVIRONMENT_NAME": "production"}, "DATABASE_URL: Unset or empty."),
        ({"RAILWAY_ENVIRONMENT_NAME": "production", "DATABASE_URL": ""}, "DATABASE_URL: Unset or empty."),
        ({"DATABASE_URL": "mysql://u:hunter2@h/d"}, "DATABASE_URL: Only PostgreSQL and SQLite files are supported."),
        ({"DATABASE_URL": "sqlite://:memory:"}, "DATABASE_URL: Only PostgreSQL and SQLite files are supported."),
        ({"DATABASE_URL": "postgres://u:hunter2@h:port/d"}, "DATABASE_URL: Not a database URL."),
        ({"DATABASE_URL": "postgres://u:hunter2@h"}, "DATABASE_URL: The URL names no database."),
        ({"DATABASE_URL": "${{Postgres.DATABASE_URL}}"}, "DATABASE_URL: Not a database URL."),
    ],
)
def test_what_is_wrong_is_refused_in_words(environment: dict[str, str], message: str) -> None:
    result = start("DEBUG", **environment)

    assert result.returncode == 1
    assert result.stderr.startswith("The environment is not right. Nothing was started and nothing was changed.\n")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgres://u:p@db.example:5432/d", "require"),
        ("postgresql://u:p@postgres.railway.internal/d", "require"),
        ("postgresql://u:p@db.example/d?sslmode=verify-full", "verify-full"),
        ("postgresql://u:p@localhost/d", None),
        ("postgresql://u:p@[::1]/d", None),
        ("postgresql://u:p@%2Fvar%2Frun%2Fpostgresql/d", None),
        ("postgresql:///d?host=/var/run/postgresql", None),
    ],
)
def test_tls_unless_the_url_says_otherwise_or_the_host_is_this_machine(url: str, sslmode: str | None) -> None:
    database = parse_database_url(url)

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["OPTIONS"].get("sslmode") == sslmode
    assert database["OPTIONS"]["connect_timeout"] == 10
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)


def test_the_readme_lists_every_variable_with_its_default() -> None:
    source = (ROOT / "config/environment.py").read_text()
    declared = dict(re.findall(r'env\.\w+\("([A-Z_]+)"(?:, ([^,)]+))?', source))
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert table.keys() == declared.keys() | {"TEST_DATABASE_URL"}
    for name, default in declared.items():
        if default.strip('"[]') and name != "SECRET_KEY":
            assert default.strip('"') in table[name], name
