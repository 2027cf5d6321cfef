"""`make rehearse`: Railway's order on a throwaway PostgreSQL, with the planner's own files, data and users."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.either_engine]

(COMMAND,) = re.findall(r'^make rehearse ARGS="(--rows .*)"$', (ROOT / "docs/rehearsal.md").read_text(), re.MULTILINE)
(MODULE,) = re.findall(
    r"^\t@(python -m releases.rehearsal .*) \$\(ARGS\)$", (ROOT / "Makefile").read_text(), re.MULTILINE
)


def rehearse(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*shlex.split(MODULE), "--report", str(folder / "rehearsal.html"), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_takeover_goes_well(tmp_path: Path) -> None:
    result = rehearse(tmp_path, *shlex.split(COMMAND), "--json")

    assert result.returncode == 0, result.stdout + result.stderr
    found = json.loads(result.stdout)
    steps = {one["name"]: one["count"] for one in found["phases"] if not one["within"]}
    assert list(steps) == [
        *(
            "filling the database",
            "build of the new version",
            "warm-up",
            "quiet",
            "release",
            "start of the new version",
        ),
        *("overlap", "the new version alone", "draining of the new version", "forward again", "next release"),
    ]
    assert steps["overlap"] > 100
    (migration,) = (one for one in found["phases"] if one["name"] == "workouts.0004_deduplicate_selections")
    assert migration["rows"] >= 3 * 33  # archived, filled and deleted
    whole, old_code, *others = found["findings"]
    assert whole == "The database has everything that the models declare."
    assert re.fullmatch(r"In place of old code, sessions on the new schema: \d+ reads and writes, 0 failed.", old_code)
    assert others == [
        "Rows archived: 33. Of these, rows from which gaps were filled: 33.",
        "One step back and forward again restores the same data.",
    ]
    page = (tmp_path / "rehearsal.html").read_text()
    assert "The deploy would have gone well." in page
    assert not re.search(r"(src|href)=|@import|url\(", page)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--rows", "1"], "argument --rows: 1 is no whole number from 2 to 1 000 000 000. Nothing was started."),
        (["--rows", "99999999999"], "99999999999 is no whole number from 2 to 1 000 000 000."),
        (["--per-second", "0"], "argument --per-second: 0 is no number from 0.01 to 10 000."),
        (["--per-second", "-5"], "-5 is no number from"),
        (["--quiet", "nan"], "argument --quiet: nan is no number from 0 to 86 400."),
        (["--overlap", "-1"], "argument --overlap: -1 is no number from 0 to 86 400."),
        (["--start", "sh -c 'exec"], "sh -c 'exec is no command: No closing quotation. Nothing was started."),
        (["--report", "."], "argument --report: . is a folder. Name a file in it. Nothing was started."),
        (["--report", "nowhere/report.html"], "there is no folder nowhere, or it cannot be written."),
        (["--dump", "nowhere.dump"], "there is no nowhere.dump. Nothing was started."),
        (["--dump", "README.md", "--sample", "10"], "--sample needs --from-url. Nothing was started."),
        (["--dump", "README.md", "--from-url", "URL"], "argument --from-url: not allowed with argument --dump"),
        (["--old-tests"], "--old-tests needs --old. Nothing was started."),
        (["--old", "nowhere"], "--old nowhere: fatal: invalid reference: nowhere. No running instance was touched."),
        (["--scenario", "nowhere.Shop"], "No module named 'nowhere'. No running instance was touched."),
        (["--from-url", "postgresql://u:hidden@h/d"], "takes the name of the environment variable that holds the URL"),
        (["--from-url", "NOWHERE"], "NOWHERE is unset or empty."),
    ],
)
def test_what_cannot_begin_is_a_sentence(tmp_path: Path, arguments: list[str], refusal: str) -> None:
    result = rehearse(tmp_path, *arguments)

    assert result.returncode == 2
    assert refusal in result.stderr
    assert "hidden" not in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "rehearsal.html").exists()


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("CREATE TABEL box;", "other.sql could not be restored. A dump is of one database"),
        ("CREATE ROLE clerk;", "What was restored has no table. A dump is of one database, as a whole: pg_dump "),
        ("CREATE TABLE box (id integer);", "There is no table workout_selections: it is no database of the planner."),
    ],
)
def test_a_dump_of_something_else(tmp_path: Path, statement: str, refusal: str) -> None:
    dump = tmp_path / "other.sql"
    dump.write_text(statement)
    result = rehearse(tmp_path, "--dump", str(dump))
    assert result.returncode == 2
    assert refusal in result.stderr
    assert "Traceback" not in result.stderr
