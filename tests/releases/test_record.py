"""The history of releases."""

import json
import re
import subprocess
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import ROOT, Sql, container
from tests.releases.conftest import Project

SHELF = 'migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])'
LOSING_ITS_SESSION = """
from contextlib import closing

from django.apps import AppConfig
from django.db import connections


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        from releases.running.run import Run

        finish = Run.finish

        def finish_and_lose_the_session(run, error=""):
            finish(run, error)
            if session := run.connection.connection:
                with closing(connections.create_connection("default")) as other, other.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session.info.backend_pid])

        Run.finish = finish_and_lose_the_session
"""
ENDED_WHEN_IT_IS_RECORDED = """
import logging
import os
import signal


class Ending(logging.Handler):
    def emit(self, record):
        os.kill(os.getpid(), signal.SIGTERM)


logger = logging.getLogger("releases.running.run")
logger.setLevel("INFO")
logger.addHandler(Ending())
"""
DEPLOYED = {"CI_COMMIT": "0123456789abcdef", "CI_ID": "d-1"}


def history(project: Project) -> list[dict[str, object]]:
    return [json.loads(line) for line in project.manage("releases", "--json").stdout.splitlines()]


def test_commit_and_deployment_are_read_from_the_variables_of_the_settings(project: Project) -> None:
    project.settings('RELEASES |= {"COMMIT_VARIABLE": "CI_COMMIT", "DEPLOYMENT_VARIABLE": "CI_ID"}')

    assert project.manage("migrate", "-v0", **DEPLOYED).returncode == 0
    assert project.manage("migrate", "-v0").returncode == 0

    assert [(one["commit"], one["deployment"]) for one in history(project)] == [("", ""), ("0123456789abcdef", "d-1")]


def test_a_failed_release_is_recorded_with_its_error(project: Project) -> None:
    project.migration("0001_lost", "migrations.RunSQL('SELECT * FROM nowhere')")

    result = project.manage("migrate")

    assert result.returncode == 1
    (release,) = history(project)
    assert release["outcome"] == "failed"
    assert result.stderr.endswith(f"CommandError: {release['error']}\n")
    table = project.manage("releases").stdout
    assert "failed" in table
    assert "Migration shop.0001_lost failed" in table
    assert max(map(len, table.splitlines())) <= 80
    assert str(release["error"]) in " ".join(table.split())
    assert re.search(
        r"^shop\.0001_lost\n  \| *░*█+ *\| \d\.\d\d s\n(  .*\n)*?  It failed\.$",
        project.manage("releases", "--show", "1").stdout,
        re.MULTILINE,
    )


def test_a_migration_that_failed_is_not_counted_as_applied(project: Project) -> None:
    project.manage("migrate", "-v0")
    project.migration("0001_shelf", SHELF)
    project.migration("0002_lost", "migrations.RunSQL('SELECT * FROM nowhere')")
    assert project.manage("migrate").returncode == 1
    release = history(project)[0]
    names = [(one["name"], one.get("failed", False)) for one in release["migrations"]]  # type: ignore[attr-defined]
    assert names == [("shop.0001_shelf", False), ("shop.0002_lost", True)]
    (row,) = [line for line in project.manage("releases").stdout.splitlines() if " failed " in line]
    assert row.split()[4] == "1"
    undone = project.manage("rollback", "--noinput").stdout
    assert "shop.0001_shelf" in undone
    assert "shop.0002_lost" not in undone


def test_times_are_named_after_the_time_zone_that_they_are_in(project: Project) -> None:
    local = datetime.now(ZoneInfo("Asia/Tokyo"))
    project.settings('USE_TZ = False\nTIME_ZONE = "Asia/Tokyo"')
    project.manage("migrate", "-v0")
    project.migration("0001_shelf", SHELF)
    assert project.manage("migrate").returncode == 0
    heading, last, *_ = project.manage("releases").stdout.splitlines()
    assert "UTC" not in heading
    assert abs(datetime.fromisoformat(f"{last[:19]}+09:00") - local).total_seconds() < 60
    project.manage("rollback", "--noinput")
    said = project.manage("rollback", "--noinput").stderr
    assert f"What the last release ({last[:19]} Asia/Tokyo, succeeded) applied" in said


def test_a_release_goes_on_when_nobody_reads_its_output(project: Project) -> None:
    wait = "def wait(apps, editor):\n    import time\n\n    time.sleep(0.3)\n"
    project.migration("0001_waits", "migrations.RunPython(wait)", before=wait)
    release = project.start("migrate")
    assert release.stdout
    release.stdout.readline()
    release.stdout.close()
    assert release.wait(60) == 0
    assert release.stderr
    assert release.stderr.read() == ""
    assert history(project)[0]["outcome"] == "succeeded"


def test_a_release_that_is_recorded_does_not_fail_any_more(postgresql: None, project: Project) -> None:
    project.write("shop/apps.py", LOSING_ITS_SESSION)
    release = project.manage("migrate")
    assert (release.returncode, release.stderr) == (0, "")
    assert history(project)[0]["outcome"] == "succeeded"


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_commands_need_no_output(project: Project, closed: str) -> None:
    assert project.manage("migrate").returncode == 0
    project.migration("0001_shelf", SHELF)
    environment = {**container(project.database_url), "PYTHONPATH": str(ROOT)}
    for command in ("migrate", "migrate --finish", "releases", "plan_release", "rollback --noinput"):
        line = f"python manage.py {command} {closed}"
        result = subprocess.run(["sh", "-c", line], cwd=project.root, env=environment, capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (0, b""), line
    assert [one["outcome"] for one in history(project)] == ["succeeded"] * 4


def test_a_signal_after_the_record_of_success_changes_nothing(project: Project) -> None:
    """It said that the release failed, and the platform did not start the version whose schema is there."""
    project.settings(ENDED_WHEN_IT_IS_RECORDED)
    result = project.manage("migrate")
    assert (result.returncode, "failed" in result.stderr) == (0, False)
    assert [one["outcome"] for one in history(project)] == ["succeeded"]


def test_names_that_are_longer_than_the_columns_are_cut(project: Project) -> None:
    project.settings('RELEASES |= {"COMMIT_VARIABLE": "CI_COMMIT", "DEPLOYMENT_VARIABLE": "CI_ID"}')
    long = "registry.example/shop:deployment-01K8".ljust(120, "x")
    assert project.manage("migrate", "-v0", CI_COMMIT="f" * 64, CI_ID=long).returncode == 0
    assert history(project)[0]["deployment"] == long[:64]


def test_a_release_that_was_killed_is_not_said_to_be_at_work(project: Project) -> None:
    kill = "def kill(apps, editor):\n    import os\n\n    os.kill(os.getpid(), 9)\n"
    project.manage("migrate", "-v0")
    project.migration("0001_killed", "migrations.RunPython(kill)", before=kill)
    assert project.manage("migrate").returncode == -9
    assert history(project)[0]["outcome"] == "running"
    assert "No release is at work now: the one that is running above was killed" in project.manage("releases").stdout
    project.migration("0001_killed", "migrations.RunPython(migrations.RunPython.noop)")
    assert project.manage("migrate").returncode == 0
    assert history(project)[1]["outcome"] == "interrupted"
    assert "at work" not in project.manage("releases").stdout


def test_who_waited_for_a_migration_is_recorded(postgresql: None, project: Project, sql: Sql) -> None:
    project.migration("0001_shelf", SHELF)
    assert project.manage("migrate").returncode == 0
    project.migration("0002_slow", 'migrations.RunSQL("LOCK TABLE shop_shelf; SELECT pg_sleep(1)")')
    release = project.start("migrate")
    while release.poll() is None:
        sql("SELECT count(*) FROM shop_shelf")
    assert release.returncode == 0
    shown = project.manage("releases", "--show", "1").stdout
    # The first read may hold the table as the migration starts, which then waits for it.
    waited = r"( *░*█*▓+ *\| 1\.\d\d s\n  It waited 0\.\d\d s for locks\.| *█*▓+ *\| 1\.\d\d s)"
    others = r"  Others waited up to [01]\.\d\d s for it\.$"
    assert re.search(rf"shop\.0002_slow\n  \|{waited}\n{others}", shown, re.MULTILINE), shown


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_is_no_failure(project: Project, unbuffered: str) -> None:
    """As of `releases | head`."""
    assert project.manage("migrate", "-v0").returncode == 0
    environment = {**container(project.database_url), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    typed = subprocess.run(
        "python manage.py releases | true",
        shell=True,
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (typed.stdout, typed.stderr) == ("", "")
