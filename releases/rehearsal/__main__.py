"""`python -m releases.rehearsal`: see `--help`. Exit code 1 if the deploy would not have gone well."""

import json
import signal
import sys
from dataclasses import fields

from django.conf import settings
from django.utils.module_loading import import_string

from releases.rehearsal.arguments import parser
from releases.rehearsal.checkouts import own_folder
from releases.rehearsal.course import Course
from releases.rehearsal.observer import OBSERVED
from releases.rehearsal.postgres import throwaway_postgres
from releases.rehearsal.recording import Recording
from releases.rehearsal.report import Report
from releases.rehearsal.scenario import CannotRehearseError
from releases.rehearsal.verdict import Thresholds, faults


def main() -> int:
    options = parser().parse_args()
    for needing, needed in (("old_tests", "old"), ("sample", "from_url")):
        if getattr(options, needing) and not getattr(options, needed):
            words = f"--{needing} needs --{needed}".replace("_", "-")
            parser().error(f"{words}. Nothing was started.")
    for signum in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signum) != signal.SIG_IGN:  # as by nohup
            signal.signal(signum, signal.default_int_handler)  # so that everything it started ends
    settings.configure(USE_I18N=False)  # of the report's template
    sys.path.insert(0, str(options.root))
    recording = Recording()
    try:
        scenario = import_string(options.scenario)()
        with own_folder() as options.folder, throwaway_postgres(options.folder, **OBSERVED) as server:
            Course(server.url, options, scenario, recording).run()
    except (CannotRehearseError, ImportError) as error:
        print(f"{str(error).strip().removesuffix('.')}. No running instance was touched.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    found = faults(recording, Thresholds(**{one.name: getattr(options, one.name) for one in fields(Thresholds)}))
    report = Report(recording, found, options.percentile)
    options.report.write_text(report.page())
    print(json.dumps(report.figures(), indent=2) if options.json else "\n".join(report.lines()))
    print(f"Report: {options.report}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
