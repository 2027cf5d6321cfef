"""`python -m releases.rehearsal`: see `--help`. Exit code 1 if the deploy would not have gone well."""

import argparse
import json
import signal
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from releases.rehearsal.course import Course
from releases.rehearsal.platforms import PROFILES
from releases.rehearsal.postgres import throwaway_postgres
from releases.rehearsal.recording import Recording
from releases.rehearsal.report import Report
from releases.rehearsal.scenario import CannotRehearseError
from releases.rehearsal.verdict import Thresholds, faults

PRELOADED = "pg_stat_statements"
TESTS = "python -m pytest -q -rfE --reuse-db --no-migrations"


def main() -> int:
    options = parser().parse_args()
    if options.old_tests and not options.old:
        parser().error("--old-tests needs --old. Nothing was started.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything it started ends
    settings.configure(USE_I18N=False)  # of the report's template
    sys.path.insert(0, str(options.root))
    recording = Recording()
    try:
        scenario = import_string(options.scenario)()
        with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
            options.folder = Path(folder)
            with throwaway_postgres(shared_preload_libraries=PRELOADED) as server:
                Course(server.url, options, scenario, recording).run()
    except (CannotRehearseError, ImportError) as error:
        print(f"{error} No running instance was touched.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    found = faults(recording, Thresholds(**{one.name: getattr(options, one.name) for one in fields(Thresholds)}))
    report = Report(recording, found, options.percentile)
    options.report.write_text(report.page())
    print(json.dumps(report.figures(), indent=2) if options.json else "\n".join(report.lines()))
    print(f"Report: {options.report}", file=sys.stderr)
    return 1 if found else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m releases.rehearsal", description=sys.modules["releases.rehearsal"].__doc__
    )
    _about_data(made.add_argument_group("data"))
    _about_code(made.add_argument_group("code"))
    _about_verdict(made.add_argument_group("verdict and report"))
    return made


def _about_data(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--dump", type=_existing, metavar="FILE", help="What pg_dump wrote: plain, custom or a directory.")
    add("--from-url", metavar="NAME", help="The variable with the URL of a database that is dumped, and only read.")
    add("--sample", type=_percent, metavar="PERCENT", help="With --from-url: only so much of each large table.")
    add("--rows", type=_number, default=20_000, help="Without either: so many made-up rows, if the scenario makes any.")
    add("--scenario", default="releases.rehearsal.Scenario", metavar="CLASS", help="The project's data and users.")
    add("--quiet", type=float, default=20, metavar="SECONDS", help="Of traffic before the release.")
    add("--per-second", type=float, default=100, metavar="N", help="Reads and writes meanwhile.")


def _about_code(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--root", type=_existing, default=Path.cwd(), metavar="FOLDER", help="Of manage.py; by default this one.")
    add("--old", metavar="REV", help="The revision that serves before: its release and its server are run.")
    add(
        "--old-tests",
        nargs="?",
        const=TESTS,
        metavar="COMMAND",
        help=f"Run them on the new schema; by default: {TESTS}",
    )
    add("--deploy-only", action="store_true", help="Only the deploy: no step back, and no next release.")
    add("--replicas", type=_number, default=1, metavar="N", help="Servers of the new version, behind HAProxy.")
    add("--platform", choices=PROFILES, default="railway", help="Whose order, and whose files say what to run.")
    add("--variable", default="DATABASE_URL", metavar="NAME", help="The one that holds the database's URL.")
    add("--take", action="append", default=[], metavar="NAME", help="Another variable that the project needs.")
    for name in ("build", "release", "start"):
        add(f"--{name}", type=str.split, metavar="COMMAND", help="Instead of what the platform's files say.")
    for name in ("health-timeout", "overlap", "draining"):
        add(f"--{name}", type=float, metavar="SECONDS", help="Instead of the platform's.")


def _about_verdict(group: argparse._ArgumentGroup) -> None:
    add, given = group.add_argument, Thresholds()
    add(
        "--slower", type=float, default=given.slower, metavar="N", help="Times the quiet time's slowest and percentile."
    )
    add(
        "--patience",
        type=float,
        default=given.patience,
        metavar="MS",
        help="Milliseconds that are allowed in any case.",
    )
    add("--percentile", type=float, default=given.percentile, metavar="P", help="The percentile that is compared.")
    add("--errors", type=int, default=given.errors, metavar="N", help="Failed reads and writes that are allowed.")
    add("--rewritten", type=int, default=given.rewritten, metavar="BYTES", help="Of a table that may be rewritten.")
    add("--report", type=_writable, default=Path("rehearsal.html"), metavar="FILE", help="The page that is written.")
    add("--json", action="store_true", help="Figures for a program instead of lines.")


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1. Nothing was started.")
    return int(text)


def _percent(text: str) -> float:
    try:
        if 0 < (percent := float(text)) <= 100:
            return percent
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no percentage above 0. Nothing was started.")


def _writable(path: str) -> Path:
    if not Path(path).parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {Path(path).parent}. Nothing was started.")
    return Path(path)


def _existing(path: str) -> Path:
    if not Path(path).exists():
        raise argparse.ArgumentTypeError(f"there is no {path}. Nothing was started.")
    return Path(path)


if __name__ == "__main__":
    sys.exit(main())
