"""`manage.py import_targets`: the old application's config/weekly_targets.json."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests import forks
from tests.conftest import ROOT, Manage, Sql
from workouts.models import Change, WeekTarget

FILE: dict[str, Any] = {
    "week_start_date": "2026-01-05",
    "weekly_targets": {
        "tss": 460,
        "total_time": {"hours": 11, "minutes": 33},
        "by_discipline": {
            "swim": {"hours": 1, "minutes": 48},
            "bike": {"hours": 4, "minutes": 30},
            "run": {"hours": 3, "minutes": 15},
            "strength": {"hours": 2, "minutes": 0},
        },
    },
}
WrittenFile = Callable[[Any], str]


@pytest.fixture
def written(tmp_path: Path) -> WrittenFile:
    def write(document: Any) -> str:
        path = tmp_path / "weekly_targets.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return str(path)

    return write


def changed(path: str, value: Any) -> dict[str, Any]:
    """The file with one value replaced, or added: `changed("weekly_targets.tss", 0)`."""
    document: dict[str, Any] = copy.deepcopy(FILE)
    *parents, last = path.split(".")
    part = document
    for name in parents:
        part = part[name]
    part[last] = value
    return document


@pytest.mark.either_engine
def test_imports_once_by_path_or_standard_input(
    manage: Manage, environment: dict[str, str], sql: Sql, migrated: None, written: WrittenFile
) -> None:
    path = written(b"\xef\xbb\xbf" + json.dumps(FILE).encode())

    assert manage("import_targets", path).stdout == "Imported the targets of the week of 2026-01-05.\n"
    (row,) = sql("SELECT week, minutes, tss, minutes_by_discipline FROM week_targets")
    assert [str(row[0]), *row[1:3]] == ["2026-01-05", 693, 460]
    assert json.loads(row[3]) == {"Swim": 108, "Bike": 270, "Run": 195, "Strength": 120}

    command = ["python", "manage.py", "import_targets", "-"]
    again = forks.run(command, cwd=ROOT, env=environment, stdin=Path(path).read_text())
    assert again.stdout == "The week of 2026-01-05 already has these targets. Nothing was changed.\n"
    assert sql("SELECT count(*) FROM changes") == [(1,)]

    missing = manage("import_targets", "no/file.json")
    assert missing.returncode == 1
    assert (
        missing.stderr
        == "CommandError: no/file.json cannot be read: No such file or directory. Nothing was imported.\n"
    )


def test_replaces_the_targets_of_that_week_and_can_be_undone(athlete: Client, written: WrittenFile) -> None:
    WeekTarget.objects.create(week="2026-01-05", minutes=60)
    other = WeekTarget.objects.create(week="2026-01-12", minutes=90)

    call_command("import_targets", written(FILE))
    assert WeekTarget.objects.get(week="2026-01-05").minutes == 693

    athlete.post(f"/history/{Change.objects.get().pk}/undo/")
    assert WeekTarget.objects.get(week="2026-01-05").minutes == 60
    assert WeekTarget.objects.get(week="2026-01-12") == other


def test_what_the_file_leaves_out_has_no_target(db: None, written: WrittenFile) -> None:
    call_command("import_targets", written({"week_start_date": "2026-01-05", "weekly_targets": {"tss": 300}}))

    target = WeekTarget.objects.get()
    assert (target.minutes, target.tss, target.minutes_by_discipline) == (None, 300, {})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "Invalid JSON"),
        (b'{"week_start_date": "2026-01-05"', "Invalid JSON"),
        (b"\xff\xfe{", "Invalid JSON"),
        ([FILE], "Input should be an object"),
        ({"monday": {"tss": 1}}, "week_start_date: Field required"),
        ({"week_start_date": "2026-01-05"}, "weekly_targets: Field required"),
        (changed("effective_date", "2026-01-05"), "effective_date: Extra inputs are not permitted"),
        (changed("week_start_date", "2026-01-07"), "week_start_date: 2026-01-07 is not a Monday"),
        (changed("week_start_date", "05.01.2026"), "week_start_date: A date such as 2026-11-23 is needed"),
        (changed("week_start_date", 1767571200), "week_start_date: A date such as 2026-11-23 is needed"),
        (changed("weekly_targets.tss", "460"), "weekly_targets.tss: Input should be a valid integer"),
        (changed("weekly_targets.tss", True), "weekly_targets.tss: Input should be a valid integer"),
        (changed("weekly_targets.total_time", 11.5), "weekly_targets.total_time: Input should be an object"),
        (changed("weekly_targets.total_time.minutes", 3.5), "weekly_targets.total_time.minutes: Input should be"),
        (changed("weekly_targets.total_time.seconds", 3), "weekly_targets.total_time.seconds: Extra inputs"),
        (changed("weekly_targets.by_discipline.yoga", {"hours": 1}), "weekly_targets.by_discipline.yoga: Input should"),
        (changed("weekly_targets.by_discipline.run", {"hours": 3}), "weekly_targets.by_discipline.run.minutes: Field"),
        (changed("weekly_targets", {}), "The file sets no target"),
    ],
)
def test_any_other_shape_is_refused_with_what_was_expected(
    db: None, written: WrittenFile, document: Any, reason: str
) -> None:
    WeekTarget.objects.create(week="2026-01-05", minutes=60)
    path = written(document)

    with pytest.raises(CommandError) as refused:
        call_command("import_targets", path)

    assert str(refused.value).startswith(f"{path}: {reason}")
    assert "The old application's config/weekly_targets.json is expected" in str(refused.value)
    assert str(refused.value).endswith("Nothing was imported.")
    assert WeekTarget.objects.get().minutes == 60


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (changed("weekly_targets.tss", 0), "tss: Input should be greater than or equal to 1."),
        (changed("weekly_targets.tss", 10_001), "tss: Input should be less than or equal to 10000."),
        (
            changed("weekly_targets.total_time.hours", 169),
            "hours: Input should be less than or equal to 168",
        ),
        (changed("weekly_targets.total_time.hours", 168), "total_time: A week has 168 hours."),
        (
            changed("weekly_targets.total_time.minutes", 60),
            "minutes: Input should be less than or equal to 59",
        ),
        (
            changed("weekly_targets.by_discipline.run.hours", -1),
            "run.hours: Input should be greater than or equal to 0",
        ),
        (changed("week_start_date", "1969-12-29"), "week_start_date: A year from 1970 to 2199 is needed."),
    ],
)
def test_the_limits_are_those_of_the_page(db: None, written: WrittenFile, document: Any, reason: str) -> None:
    with pytest.raises(CommandError, match=f"{reason}.* Nothing was imported"):
        call_command("import_targets", written(document))

    assert not WeekTarget.objects.exists()


def test_a_time_of_zero_is_not_a_target(db: None, written: WrittenFile) -> None:
    call_command("import_targets", written(changed("weekly_targets.total_time", {"hours": 0, "minutes": 0})))
    assert WeekTarget.objects.get().minutes is None
