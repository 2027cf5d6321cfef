"""`python -m rehearsal`: see `--help`. Exit code 1 if the deploy would not have gone well."""

import argparse
import json
import sys
import time
from pathlib import Path

from django.conf import settings

from rehearsal import report
from rehearsal.athletes import loads_of
from rehearsal.deploy import CONTRACT, Deploy, DeployError
from rehearsal.railway import platform
from rehearsal.recording import Recording
from rehearsal.source import SourceError, fill
from rehearsal.traffic import Athlete, OldApplication, Traffic
from rehearsal.verdict import Thresholds, faults
from tests.postgres import throwaway_postgres


def main() -> int:
    arguments = _parser().parse_args()
    settings.configure(USE_I18N=False)  # of the report's template
    recording = Recording()
    try:
        with throwaway_postgres() as server:
            with recording.phase("filling the database"):
                url = fill(server.url, arguments.dump, arguments.rows)
            _rehearse(url, arguments, recording)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    found = faults(recording, Thresholds(arguments.slowest, arguments.patience, arguments.errors))
    arguments.report.write_text(report.page(recording, found))
    if arguments.json:
        print(json.dumps(report.figures(recording, found), indent=2))
    else:
        print("\n".join(report.lines(recording, found)))
    print(f"Report: {arguments.report}")
    return 1 if found else 0


def _rehearse(url: str, arguments: argparse.Namespace, recording: Recording) -> None:
    """The first release, the switch, and the next release, which makes the changes of the contract."""
    railway = platform()
    deploy = Deploy(railway, url, recording)
    deploy.build()
    traffic = Traffic(recording, arguments.per_second)
    first, second = {"RAILWAY_GIT_COMMIT_SHA": "rehearsed"}, {"RAILWAY_GIT_COMMIT_SHA": "rehearsed-next"}
    try:
        with traffic.of("the old version", lambda: OldApplication(url)):
            with recording.phase("quiet"):
                time.sleep(arguments.quiet)
            deploy.release("release", **first)
            with deploy.serving(**first):
                loads = loads_of(deploy)
                with traffic.of("the new version", lambda: Athlete(loads, deploy.port)), recording.phase("overlap"):
                    time.sleep(railway.overlap)
        recording.left = CONTRACT.findall(deploy.release("next release", **second))
    except DeployError as error:
        recording.failure = str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make rehearse", description=sys.modules["rehearsal"].__doc__)
    parser.add_argument(
        "--dump", type=_existing, help="What pg_dump wrote of the database: plain, custom or a directory."
    )
    parser.add_argument("--rows", type=int, default=20_000, help="Without a dump: made-up selections of the old app.")
    parser.add_argument("--quiet", type=float, default=20, help="Seconds of traffic before the release.")
    parser.add_argument("--per-second", type=float, default=100, help="Reads and writes meanwhile.")
    parser.add_argument("--slowest", type=float, default=3, help="Times the slowest of the quiet time that is allowed.")
    parser.add_argument("--patience", type=float, default=100, help="Milliseconds that are allowed in any case.")
    parser.add_argument("--errors", type=int, default=0, help="Failed reads and writes that are allowed.")
    parser.add_argument("--report", type=Path, default=Path("rehearsal.html"), help="The HTML page that is written.")
    parser.add_argument("--json", action="store_true", help="Figures for a program instead of lines.")
    return parser


def _existing(path: str) -> Path:
    if not Path(path).exists():
        raise argparse.ArgumentTypeError(f"there is no {path}. Nothing was started.")
    return Path(path)


if __name__ == "__main__":
    sys.exit(main())
