"""Django's table of applied migrations: the admin shows it, and no dump contains it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests.conftest import Manage, Sql, execute

PAGE = "/admin/releases/release/applied/"
LAST = ("workouts", "0018_weekday_of_availability")


def rows(client: Client, **query: str) -> list[list[str]]:
    """The cells of the table, row by row."""
    page = client.get(PAGE, query)
    assert page.status_code == 200
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    found = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body, re.DOTALL)
    cells = [" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in found]
    return [cells[start : start + 3] for start in range(0, len(cells), 3)]


def test_lists_every_migration_with_its_time_the_newest_first(admin_client: Client) -> None:
    found = rows(admin_client)

    assert {(app, name) for app, name, _ in found} == set(MigrationLoader(None).disk_migrations)
    times = [applied for *_, applied in found]
    assert times == sorted(times, reverse=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", time) for time in times)


def test_can_be_filtered_by_app_and_searched(admin_client: Client) -> None:
    assert {app for app, *_ in rows(admin_client, app="releases")} == {"releases"}
    found = rows(admin_client, app="workouts", q=" SELECTIONS")
    assert [row[:2] for row in found] == [["workouts", "0004_deduplicate_selections"]]
    assert rows(admin_client, app="nowhere") == []
    assert "&lt;i&gt;" in admin_client.get(PAGE, {"q": "<i>"}).content.decode()


def test_lists_unknown_and_unapplied_migrations(admin_client: Client) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("workouts", "0099_of_a_later_version")
    recorder.record_unapplied(*LAST)

    first, second, *rest = rows(admin_client)

    assert first == [*LAST, "not yet"]
    assert second[:2] == ["workouts", "0099_of_a_later_version"]
    assert second[2].endswith(" unknown to this code")
    assert not [row for row in rest if "unknown" in row[2] or "not yet" in row[2]]


def test_an_unmigrated_database_gets_a_message(admin_client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")

    page = admin_client.get(PAGE).content.decode()

    assert "nothing has been applied to it. Run: python manage.py migrate" in page
    assert 'id="result_list"' not in page


def test_needs_the_permission_to_view_releases_and_is_linked_from_their_list(client: Client, db: None) -> None:
    staff = User.objects.create_user("staff", is_staff=True)
    client.force_login(staff)
    assert client.get(PAGE).status_code == 403

    staff.user_permissions.add(Permission.objects.get(codename="view_release"))
    assert client.get(PAGE).status_code == 200
    assert f'<a href="{PAGE}">Applied migrations</a>' in client.get("/admin/releases/release/").content.decode()


def test_a_dump_of_everything_leaves_the_records_of_another_database_alone(
    migrated: None, manage: Manage, sql: Sql, new_database: Callable[[], str], tmp_path: Path
) -> None:
    other = new_database()
    assert manage("migrate", "-v0", DATABASE_URL=other).returncode == 0
    execute(other, "UPDATE django_migrations SET applied = '2001-01-01 00:00:00+00:00'")
    before = execute(other, "SELECT * FROM django_migrations ORDER BY id")
    assert manage("create_athlete").returncode == 0
    dump = tmp_path / "everything.json"

    assert manage("dumpdata", "--output", str(dump)).returncode == 0
    loaded = manage("loaddata", str(dump), DATABASE_URL=other)

    assert loaded.returncode == 0, loaded.stderr
    assert execute(other, "SELECT username FROM auth_user") == [("athlete",)]
    assert execute(other, "SELECT * FROM django_migrations ORDER BY id") == before
    assert "0005_unique_selection_per_workout" not in json.dumps(
        [row for row in json.loads(dump.read_text()) if row["model"] != "releases.release"]
    )
