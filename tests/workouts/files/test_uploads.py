"""Imports and restores are distinguished, including those of a version without the column `purpose`."""

import json

import pytest

from tests.conftest import Manage, Sql
from workouts.models import Upload

BEFORE = "0011_recorded_and_dropped"


def test_existing_uploads_get_their_purpose(manage: Manage, sql: Sql) -> None:
    manage("migrate", "workouts", BEFORE, "-v0")
    write_as_the_old_version(sql, "plan.csv", {"new": 1})
    write_as_the_old_version(sql, "planner.json", {"restore": []})

    assert manage("migrate", "-v0").returncode == 0
    write_as_the_old_version(sql, "later.csv", {"new": 1})

    purposes = sql("SELECT file_name, purpose FROM imports")
    assert dict(purposes) == {"plan.csv": "import", "planner.json": "restore", "later.csv": None}
    assert manage("migrate", "workouts", BEFORE, "-v0").returncode == 0
    assert sql("SELECT count(*) FROM imports WHERE result IS NOT NULL") == [(3,)]


def test_the_content_type_is_renamed_and_permissions_of_the_old_version_stay(manage: Manage, sql: Sql) -> None:
    manage("migrate", "workouts", BEFORE, "-v0")
    manage("migrate", "-v0")
    assert sql("SELECT model FROM django_content_type WHERE model IN ('import', 'upload')") == [("upload",)]
    codenames = {name for (name,) in sql("SELECT codename FROM auth_permission WHERE codename LIKE 'view_%'")}
    assert {"view_import", "view_upload"} <= codenames


@pytest.mark.parametrize("purpose", [None, Upload.Purpose.IMPORT])
def test_an_import_is_recognized_with_and_without_its_purpose(db: None, purpose: str | None) -> None:
    upload = Upload.objects.create(purpose=purpose, content=b"", result={"new": 1})
    assert list(Upload.objects.imports()) == [upload]
    assert not Upload.objects.restores()


@pytest.mark.parametrize("purpose", [None, Upload.Purpose.RESTORE])
def test_a_restore_is_recognized_with_and_without_its_purpose(db: None, purpose: str | None) -> None:
    upload = Upload.objects.create(purpose=purpose, content=b"", result={"restore": []})
    assert list(Upload.objects.restores()) == [upload]
    assert not Upload.objects.imports()


def write_as_the_old_version(sql: Sql, file_name: str, result: dict[str, object]) -> None:
    columns = "file_name, content, made_at, result"
    sql(f"INSERT INTO imports ({columns}) VALUES (%s, '', '2026-11-23 12:00:00', %s)", file_name, json.dumps(result))
