"""`manage.py import_workouts`, as an operator runs it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forks
from tests.conftest import ROOT, Manage, Sql
from tests.trainingpeaks import export, workout

pytestmark = pytest.mark.either_engine

MONDAY, TUESDAY, SUNDAY = "2026-11-23", "2026-11-24", "2026-11-29"
SWIM, RIDE = workout("Easy swim", MONDAY, "Swim"), workout("Long ride", SUNDAY, "Bike")
RUN = workout("Long run", TUESDAY, PlannedDuration="1.5")

DRY_RUN = """\
Workouts
  new: 3
  changed: 0
  moved: 0
  unchanged: 0
  skipped: 1
  not in the file: 0
Row 5 was skipped. PlannedDuration is “1h”, which is not a number.
Nothing was written: this was a dry run.
"""
MOVED = """\
Workouts
  new: 0
  changed: 0
  moved: 1
  unchanged: 2
  skipped: 0
  not in the file: 0
Row 3: “Long run” moves from 2026-11-24 to 2026-11-26.
Imported moved.csv.
"""


@pytest.fixture
def file(tmp_path: Path, manage: Manage, migrated: None) -> Callable[..., str]:
    """Writes an export to a file and returns its path. The database is migrated."""

    def write(name: str, *rows: dict[str, object]) -> str:
        path = tmp_path / name
        path.write_bytes(export(*rows))
        return str(path)

    return write


def test_says_what_it_does_and_does_it_unless_it_is_a_dry_run(
    file: Callable[..., str], manage: Manage, sql: Sql
) -> None:
    plan = file("plan.csv", SWIM, RUN, RIDE, workout("Bad", MONDAY, PlannedDuration="1h"))

    assert manage("import_workouts", plan, "--dry-run").stdout == DRY_RUN
    assert sql("SELECT count(*) FROM workouts") == [(0,)]

    assert manage("import_workouts", plan).stdout.endswith("Imported plan.csv.\n")
    assert sql("SELECT count(*) FROM workouts") == [(3,)]
    assert sql("SELECT file_name, made_by_id FROM imports") == [("plan.csv", None)]


def test_what_the_coach_moved_is_named_and_can_be_taken_as_new(
    file: Callable[..., str], manage: Manage, sql: Sql
) -> None:
    moved = file("moved.csv", SWIM, {**RUN, "WorkoutDay": "2026-11-26"}, RIDE)
    manage("import_workouts", file("plan.csv", SWIM, RUN, RIDE))

    assert "  new: 1\n" in manage("import_workouts", moved, "--moved", "as-new", "--dry-run").stdout
    assert manage("import_workouts", moved).stdout == MOVED
    assert sql("SELECT count(*) FROM workouts") == [(3,)]


def test_a_file_whose_every_row_is_skipped_fails(file: Callable[..., str], manage: Manage, sql: Sql) -> None:
    plan = file("plan.csv", workout("Bad", MONDAY, PlannedDuration="1h"))

    for arguments in ((), ("--dry-run",)):
        answer = manage("import_workouts", plan, *arguments)
        assert answer.returncode == 1
        assert answer.stdout.endswith("Row 2 was skipped. PlannedDuration is “1h”, which is not a number.\n")
        assert answer.stderr == f"CommandError: {plan}: Every row was skipped. Nothing was imported.\n"
    assert sql("SELECT count(*) FROM workouts") == [(0,)]


def test_workouts_that_are_gone_are_kept_unless_an_option_says_otherwise(
    file: Callable[..., str], manage: Manage, sql: Sql
) -> None:
    manage("import_workouts", file("plan.csv", SWIM, RUN, RIDE, workout("Yoga", TUESDAY, "Other")))
    later = file("later.csv", SWIM, {**RUN, "Title": "Longest run"}, RIDE)

    said = manage("import_workouts", later, "--dry-run").stdout
    assert "  not in the file: 2\n" in said
    assert "“Yoga” of 2026-11-24 is not in the file: kept.\n" in said
    assert (
        "“Long run” of 2026-11-24 is not in the file: kept. It may have become “Longest run”, row 3: see --gone rename."
        in said
    )

    said = manage("import_workouts", later, "--gone", "rename").stdout
    assert "“Long run” of 2026-11-24 is not in the file: renamed to “Longest run”, row 3.\n" in said
    assert (
        "“Yoga” of 2026-11-24 is not in the file: dropped.\n"
        in manage("import_workouts", later, "--gone", "drop").stdout
    )
    assert sql("SELECT count(*) FROM workouts") == [(4,)]


def test_a_file_that_cannot_be_imported_is_refused_in_one_sentence(manage: Manage) -> None:
    missing = manage("import_workouts", "no/plan.csv")
    assert missing.returncode == 1
    sentence = "CommandError: no/plan.csv cannot be read: No such file or directory. Nothing was imported.\n"
    assert missing.stderr == sentence

    other = manage("import_workouts", "manage.py")
    assert other.stderr.startswith("CommandError: manage.py: This is not a TrainingPeaks export")
    assert other.stderr.endswith("Nothing was imported.\n")


def test_two_imports_at_once_insert_each_workout_once(
    file: Callable[..., str], environment: dict[str, str], sql: Sql
) -> None:
    plan = file("plan.csv", *(workout(f"Run {number}", MONDAY) for number in range(2000)))

    command = ["python", "manage.py", "import_workouts", plan]
    both = [forks.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    answers = sorted(process.communicate(timeout=120)[0].splitlines()[1] for process in both)

    assert answers == ["  new: 0", "  new: 2000"]
    assert sql("SELECT count(*), count(DISTINCT title) FROM workouts") == [(2000, 2000)]
