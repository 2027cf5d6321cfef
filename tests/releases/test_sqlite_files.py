"""A file that SQLite cannot use: why, and what to type; once typed, the release succeeds."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.releases.conftest import Project
from tests.releases.test_causes import BOX, MODEL, refused

pytestmark = pytest.mark.either_engine


@pytest.fixture
def shop(project: Project) -> Project:
    project.models(MODEL)
    project.migration("0001_box", BOX)
    return project


def release(project: Project, path: Path) -> "subprocess.CompletedProcess[str]":
    return project.manage("migrate", "-v0", DATABASE_URL=f"sqlite:///{path}")


def test_a_directory_that_is_missing_is_made(shop: Project, tmp_path: Path) -> None:
    file = tmp_path / "a volume/shop.sqlite3"

    printed = refused(release(shop, file), "Nothing was changed.")

    (command,) = re.findall(r"^.*Type: (mkdir .*)$", printed, re.MULTILINE)
    subprocess.run(command, shell=True, check=True)
    assert release(shop, file).returncode == 0


def test_a_directory_is_not_a_file(shop: Project, tmp_path: Path) -> None:
    refused(release(shop, tmp_path), f"Nothing was changed. {tmp_path} is a directory. Name a file in DATABASE_URL.")


@pytest.mark.parametrize("damage", ["letter", "damaged"])
def test_a_file_that_is_not_a_database_is_left_alone(shop: Project, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "shop.sqlite3"
    assert release(shop, file).returncode == 0
    whole = tmp_path / "backup.sqlite3"
    shutil.copy(file, whole)
    content = file.read_bytes()
    broken = b"Dear coach, " * 400 if damage == "letter" else content[:100] + b"\xff" * (len(content) - 100)
    file.write_bytes(broken)

    words = {"letter": "is not an SQLite database. Correct the path", "damaged": "is damaged. Restore a backup of it."}
    refused(release(shop, file), f"Nothing was changed. {file} {words[damage]}")

    assert file.read_bytes() == broken
    shutil.move(whole, file)
    assert release(shop, file).returncode == 0


def test_a_file_that_another_process_holds(shop: Project, tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite3"
    settings = (shop.root / "project_settings.py").read_text()
    shop.write("project_settings.py", f'{settings}DATABASES["default"]["OPTIONS"] = {{"timeout": 0.1}}\n')
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused(release(shop, file), f"Nothing was changed. Another process holds {file} (fuser {file} names it).")
    assert release(shop, file).returncode == 0


def test_a_full_disk(shop: Project, tmp_path: Path) -> None:
    """SQLite's limit on pages makes a statement fail like a full disk."""
    file = tmp_path / "shop.sqlite3"
    before = "def fail(apps, schema_editor):\n    schema_editor.execute('PRAGMA max_page_count = 1')\n\n"
    numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)"
    rows = f'migrations.RunSQL("INSERT INTO shop_box (size) {numbers} SELECT n FROM numbers")'
    shop.migration("0002_full", "migrations.RunPython(fail)", rows, before=before)

    printed = refused(release(shop, file), f"The disk of {file} is full. Free some space.")

    assert "Migration shop.0002_full failed: " in printed
    shop.migration("0002_full", rows)
    assert release(shop, file).returncode == 0


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE VIEW "old views" AS SELECT a FROM gone',
        "CREATE TRIGGER noted AFTER INSERT ON shop_box BEGIN INSERT INTO gone VALUES (1); END",
        'CREATE TABLE "new__shop_box" (id)',
    ],
    ids=["view", "trigger", "table"],
)
def test_what_keeps_django_from_rebuilding_tables_is_dropped(shop: Project, tmp_path: Path, statement: str) -> None:
    file = tmp_path / "shop.sqlite3"
    assert release(shop, file).returncode == 0
    shop.migration("0002_a", 'migrations.RunSQL("CREATE TABLE other (id)", "DROP TABLE other")')
    shop.migration(
        "0003_b", 'migrations.AlterField("Box", "id", models.BigAutoField(primary_key=True, db_comment="x"))'
    )
    with closing(sqlite3.connect(file)) as session:
        session.execute(statement)
        printed = refused(release(shop, file), "The release cannot begin. Nothing was changed.")
        (drop,) = re.findall(r"drop it: (.*)$", printed, re.MULTILINE)
        assert session.execute("SELECT count(*) FROM sqlite_master WHERE name = 'other'").fetchone() == (0,)
        session.execute(drop)
    assert release(shop, file).returncode == 0
