"""When a rehearsal says that the deploy would not have gone well, and what it reads of a platform's files."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from releases.rehearsal import CannotRehearseError
from releases.rehearsal.arguments import parser
from releases.rehearsal.platforms import heroku, kubernetes, platform_of, railway
from releases.rehearsal.recording import NEW, OLD, Phase, Recording, Sample, Snapshot
from releases.rehearsal.report import Report
from releases.rehearsal.verdict import Thresholds, faults
from tests.conftest import ROOT
from tests.releases.conftest import Project

SEVERAL = """
from types import SimpleNamespace


def main():
    resources = [{"deploy": {"startCommand": name}} for name in ("web", "worker")]
    return SimpleNamespace(to_graph=lambda: {"resources": resources})
"""


def recording(*samples: Sample) -> Recording:
    """A quiet second whose reads take 10 ms, and a release of a second with a migration in its second half."""
    phases = [
        Phase("quiet", 0, 1),
        Phase("release", 1, 2),
        Phase("shop.0002_change", 1.5, 2, within="release"),
        Phase("overlap", 2, 3),
    ]
    quiet = [Sample(number / 10, 10, OLD) for number in range(10)]
    return Recording(samples=[*quiet, *samples], phases=phases)


def test_nothing_is_wrong_with_a_wait_of_three_times_the_slowest() -> None:
    assert faults(recording(Sample(1.6, 30, OLD)), Thresholds(patience=0)) == []
    assert faults(recording(Sample(1.6, 90, OLD)), Thresholds()) == []


def test_a_longer_wait_names_the_migration() -> None:
    found = faults(recording(Sample(1.6, 31, OLD)), Thresholds(patience=0))
    assert found == [
        "During shop.0002_change the old version waited 31 ms; allowed are 30 ms.",
        "During the release the old version's 99.9th percentile was 31 ms; allowed are 30 ms.",
    ]


def test_a_wait_is_of_the_migration_during_which_most_of_it_passed() -> None:
    seen = recording(Sample(1.45, 400, OLD))
    seen.phases.append(Phase("shop.0001_before", 1.4, 1.5, within="release"))
    assert faults(seen, Thresholds())[0].startswith("During shop.0002_change the old version waited 400 ms;")


def test_another_percentile() -> None:
    samples = [Sample(1 + number / 1000, 200 if number % 10 == 0 else 1, OLD) for number in range(200)]
    assert faults(recording(*samples), Thresholds(percentile=80)) == []
    (fault,) = faults(recording(*samples), Thresholds(percentile=95))
    assert fault == "During the release the old version's 95th percentile was 200 ms; allowed are 100 ms."


def test_a_new_version_that_is_slower_than_the_old_one_names_the_step() -> None:
    quiet = [Sample(0.5, 40, OLD, "", "GET /"), Sample(0.5, 10, OLD, "", "SELECT")]
    slower = [
        Sample(2.1, 121, NEW, "", "GET /"),
        Sample(3.1, 119, NEW, "", "GET /"),
        Sample(4.1, 300, NEW, "", "GET /"),
    ]
    seen = recording(*quiet, *slower, Sample(3.2, 900, NEW, "", "GET /new"))
    seen.phases += [Phase("the new version alone", 3, 4), Phase("next release", 4, 5)]
    seen.phases.append(Phase("start of the new version", 0.5, 1))
    assert faults(seen, Thresholds(patience=0)) == [
        "In the step `overlap` the new version's 99.9th percentile was 121 ms; allowed are 120 ms.",
        "In the step `next release` the new version's 99.9th percentile was 300 ms; allowed are 120 ms.",
    ]


def test_the_first_requests_after_a_start_may_be_slow() -> None:
    seen = recording(Sample(0.5, 40, OLD, "", "GET /"), Sample(2.9, 400, NEW, "", "GET /"))
    seen.phases.append(Phase("start of the new version", 1.5, 2))
    assert faults(seen, Thresholds()) == []


def test_errors_name_the_migrations_since_the_same_last_succeeded() -> None:
    seen = recording(
        Sample(1.7, 1, OLD, "no column", "SELECT"),
        Sample(1.8, 1, OLD, "", "INSERT"),
        Sample(2.3, 1, OLD, "a null", "INSERT"),
        Sample(2.4, 1, NEW, "GET /: 500", "GET /"),
    )
    seen.phases.append(Phase("shop.0003_more", 2.1, 2.2, within="release"))
    assert faults(seen, Thresholds()) == [
        "The old version: 1 of 13 failed, since shop.0002_change: no column",
        "The old version: 1 of 13 failed, since shop.0002_change or shop.0003_more: a null",
        "The new version: 1 of 1 failed, in the step `overlap`: GET /: 500",
    ]


def test_as_many_errors_as_allowed() -> None:
    assert faults(recording(Sample(1.6, 1, OLD, "no column")), Thresholds(errors=1)) == []


def test_a_large_table_that_is_rewritten() -> None:
    seen = recording()
    (migration,) = seen.migrations()
    migration.before, migration.after = Snapshot({"box": (1, 5_000_000)}, 0, 0), Snapshot({"box": (2, 4_000_000)}, 0, 0)
    assert faults(seen, Thresholds(rewritten=6_000_000)) == []
    assert faults(seen, Thresholds()) == [
        "shop.0002_change rewrote box (5.0 MB), which nobody can read or write meanwhile."
    ]


def test_a_terminal_of_80_columns_has_the_migrations_that_took_longest() -> None:
    seen = recording(Sample(1.6, 12345, OLD))
    seen.phases += [Phase(f"shop.{n:04}_{'change' * 9}", 1, 1.1, within="release") for n in range(7)]
    lines = list(Report(seen, [], 99.9).lines())
    assert [line.split()[0] for line in lines if line.startswith("  ")].count("shop.0002_change") == 1
    assert sum(line.startswith("  ") for line in lines) == 5
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("left", "said"), [(None, "Unknown: the next release"), ([], "<p>Nothing."), (["Box.note"], "Box.note: made by")]
)
def test_what_is_left_for_the_contract_is_what_the_next_release_says(left: list[str] | None, said: str) -> None:
    seen = recording()
    seen.left = left
    assert said in Report(seen, [], 99.9).page()


def test_the_files_of_each_platform(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("release: migrate || true\nweb: gunicorn wsgi\n")
    (tmp_path / "railway.json").write_text('{"deploy": {"preDeployCommand": ["migrate now"], "overlapSeconds": 7}}')
    (tmp_path / "Dockerfile").write_text("RUN python manage.py collectstatic --noinput \\\n && true\n")

    assert heroku(tmp_path).release == ["sh", "-c", "migrate || true"]
    assert heroku(tmp_path).start == ["sh", "-c", "exec env gunicorn wsgi"]
    assert kubernetes(tmp_path).start == ["sh", "-c", "{ migrate || true; } && exec env gunicorn wsgi"]
    found = railway(tmp_path)
    assert (found.release, found.overlap, found.draining) == (["migrate", "now"], 7, 0)
    assert found.build == ["python", "manage.py", "collectstatic", "--noinput"]
    assert found.start == heroku(tmp_path).start
    (tmp_path / "Dockerfile").write_text('CMD ["bin/start"]')
    assert railway(tmp_path).start == kubernetes(tmp_path).start == ["bin/start"]


@pytest.mark.parametrize(("apps", "collected"), [("", 0), ('INSTALLED_APPS += ["django.contrib.staticfiles"]', 1)])
def test_heroku_collects_static_files_if_there_is_the_command(
    new_project: Callable[[str], Project], apps: str, collected: int
) -> None:
    project = new_project("sqlite://")
    project.settings(f'{apps}\nSTATIC_ROOT = STATIC_URL = "static/"')
    project.write("shop/static/box.css", "")
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": "sqlite://"}
    subprocess.run(heroku(project.root).build, cwd=project.root, env=variables, check=True)
    assert len(list(project.root.glob("static/box.css"))) == collected


@pytest.mark.parametrize("line", ["GREETING=hello printenv GREETING", "exec printenv GREETING"])
def test_a_line_of_a_procfile_is_run_as_its_platform_runs_it(tmp_path: Path, line: str) -> None:
    (tmp_path / "Procfile").write_text(f"web: {line}\n")
    variables = {"PATH": os.environ["PATH"], "GREETING": "hello"}
    assert subprocess.check_output(heroku(tmp_path).start, env=variables) == b"hello\n"


def test_railway_toml(tmp_path: Path) -> None:
    (tmp_path / "railway.toml").write_text('[deploy]\npreDeployCommand = "migrate now"\nstartCommand = "serve"\n')
    assert (railway(tmp_path).release, railway(tmp_path).start) == (["migrate", "now"], ["serve"])


def test_a_command_with_a_shell() -> None:
    options = parser().parse_args(["--start", "sh -c 'exec gunicorn wsgi'", "--old-tests"])
    assert options.start == ["sh", "-c", "exec gunicorn wsgi"]
    assert options.old_tests[:3] == ["python", "-m", "pytest"]


@pytest.mark.parametrize(
    ("platform", "missing"),
    [("railway", ["--start"]), ("heroku", ["--release", "--start"]), ("kubernetes", ["--start"])],
)
def test_a_project_that_does_not_say_what_to_run_is_told_what_to_type(
    tmp_path: Path, platform: str, missing: list[str]
) -> None:
    options = parser().parse_args(["--platform", platform])
    with pytest.raises(CannotRehearseError) as refusal:
        platform_of(options, tmp_path)
    assert str(refusal.value) == (f"No file says for {platform} what to run. Name the commands: {', '.join(missing)}.")

    given = [word for option in missing for word in (option, "python run.py")]
    found = platform_of(parser().parse_args(["--platform", platform, *given]), tmp_path)
    assert found.start == ["python", "run.py"]


def test_several_services_of_railway(tmp_path: Path) -> None:
    """Which of them is meant has to be said, whatever else could be run."""
    (tmp_path / ".railway").mkdir()
    (tmp_path / ".railway/railway.py").write_text(SEVERAL)
    (tmp_path / "Procfile").write_text("web: gunicorn wsgi\n")
    with pytest.raises(CannotRehearseError, match=r"Name the commands: --release, --start\.$"):
        platform_of(parser().parse_args([]), tmp_path)

    found = platform_of(parser().parse_args(["--release", "one", "--start", "two"]), tmp_path)
    assert (found.release, found.start) == (["one"], ["two"])
