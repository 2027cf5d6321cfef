"""The history of releases, and what a run reports at its end: unknown migrations and differences of the schema."""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone

from releases import contract
from releases.applying.own_tables import ensure, journal_model
from releases.judge.verdict import Deferral
from releases.models import Release
from tests.conftest import ROOT, Manage, Sql
from tests.server import serving, web

PLANNED = len(MigrationLoader(None).disk_migrations)
VERDICT = {"operation": "Add index x", "verdict": "online", "reason": "Nobody waits.", "accepted": "At night."}
DEPLOYED = {"RAILWAY_GIT_COMMIT_SHA": "0123456789abcdef", "RAILWAY_DEPLOYMENT_ID": "d-1"}


def history(manage: Manage) -> list[dict[str, object]]:
    return [json.loads(line) for line in manage("releases", "--json").stdout.splitlines()]


def test_a_release_is_recorded_with_its_migrations_and_their_times(manage: Manage) -> None:
    assert manage("migrate", "-v0", **DEPLOYED).returncode == 0

    (release,) = history(manage)
    assert (release["outcome"], release["attempts"], release["error"]) == ("succeeded", 1, "")
    assert (release["commit"], release["deployment"]) == (DEPLOYED["RAILWAY_GIT_COMMIT_SHA"], "d-1")
    migrations = release["migrations"]
    assert isinstance(migrations, list)
    assert migrations[-1]["name"] == "workouts.0018_weekday_of_availability"
    assert all(migration["seconds"] >= 0 for migration in migrations)


def test_the_last_line_is_json_in_production(manage: Manage) -> None:
    summary = json.loads(manage("migrate").stdout.splitlines()[-1])

    assert (summary["outcome"], summary["attempts"], len(summary["migrations"])) == ("succeeded", 1, PLANNED)
    assert re.match(
        rf"Release succeeded: {PLANNED} migrations in \d+\.\d\d s, attempts: 1, waited \d", summary["message"]
    )


def test_a_killed_release_is_found_by_the_next_one(manage: Manage) -> None:
    assert manage("migrate", "releases", "-v0").returncode == 0
    crashing = {"PYTHONPATH": str(ROOT / "tests/crash"), "CRASH_BEFORE_RECORDING": "sessions.0001_initial"}
    assert manage("migrate", "-v0", **crashing).returncode == -9
    assert history(manage)[0]["outcome"] == "running"

    assert manage("migrate", "-v0", "--fake-initial").returncode == 0

    assert [release["outcome"] for release in history(manage)][:2] == ["succeeded", "interrupted"]


def test_the_table_of_releases(manage: Manage) -> None:
    manage("migrate", "-v0", **DEPLOYED)
    manage("migrate", "-v0")

    lines = manage("releases", "--last", "2").stdout.splitlines()

    assert lines[0].split() == ["Started", "(UTC)", "Outcome", "Seconds", "Migrations", "Attempts", "Commit"]
    assert [line.split()[4] for line in lines[1:]] == ["0", str(PLANNED)]
    assert lines[2].endswith("0123456789ab")


def test_no_release_yet(manage: Manage, sql: Sql, migrated: None) -> None:
    sql("DELETE FROM releases_release")
    assert manage("releases").stdout == "No release has been recorded yet.\n"


def test_djangos_own_ways_leave_no_record(manage: Manage, migrated: None) -> None:
    for arguments in (["--check"], ["--plan"], ["--fake"], ["workouts", "nonsense"]):
        manage("migrate", *arguments)
    assert len(history(manage)) == 1


def test_unknown_migrations_are_reported_and_do_not_block(
    manage: Manage, sql: Sql, environment: dict[str, str], tmp_path: Path, migrated: None
) -> None:
    sql("INSERT INTO django_migrations (app, name, applied) VALUES ('workouts', '0099_later', '2026-01-01')")

    result = manage("migrate")

    assert result.returncode == 0
    assert "Applied, but unknown to this code, and left alone: workouts.0099_later." in result.stdout
    with serving(web(), environment, tmp_path / "log") as server:
        status, _, body = server.get("/readyz", Host="healthcheck.railway.app")
    assert (status, body) == (200, '{"status": "ok", "unknown": ["workouts.0099_later"]}')


def test_the_admin_shows_releases(admin_client: Client) -> None:
    release = Release.objects.create(
        started=timezone.now(),
        finished=timezone.now(),
        outcome=Release.Outcome.FAILED,
        migrations=[{"name": "workouts.0001_initial", "seconds": 0.125, "verdicts": [VERDICT]}],
        error="Migration <b>x</b> failed",
    )
    running = Release.objects.create(started=timezone.now())

    page = admin_client.get("/admin/releases/release/").content.decode()
    assert "Failed" in page
    page = admin_client.get(f"/admin/releases/release/{release.pk}/change/").content.decode()
    for text in ("workouts.0001_initial", "0.125 s", "Add index x: online. Nobody waits. Accepted: At night."):
        assert text in page
    assert "Migration &lt;b&gt;x&lt;/b&gt; failed" in page
    assert str(running).endswith("running")


def test_the_admin_shows_what_is_not_finished(admin_client: Client, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("elsewhere the tables of the two cannot be made within a transaction")
    address = "/admin/releases/release/"
    assert "Not finished" not in admin_client.get(address).content.decode()
    ensure(connection)
    journal_model()._default_manager.create(app="shop", name="0002_box", digest="")
    dropped = Deferral("column", '"shop_box"', "note", "drop column <i>note</i>", ())
    contract.enter(connection, "shop.0002_box", [dropped])
    page = admin_client.get(address).content.decode()
    assert "shop.0002_box was interrupted." in page
    assert "Until the old version has gone: drop column &lt;i&gt;note&lt;/i&gt;" in page


def test_one_release_is_shown_with_a_bar_for_each_migration(manage: Manage, migrated: None) -> None:
    manage("migrate", "-v0")

    lines = manage("releases", "--show", "2").stdout.splitlines()

    assert "workouts.0005_unique_selection_per_workout" in lines
    bars = [line for line in lines if line.startswith("  |")]
    assert len(bars) == PLANNED
    assert all(re.fullmatch(r"  \| *█+ *\| \d+\.\d\d s", line) for line in bars)
    assert max(map(len, lines)) <= 80
    assert "--show takes 1 to 2, the number of recorded releases." in manage("releases", "--show", "3").stderr
