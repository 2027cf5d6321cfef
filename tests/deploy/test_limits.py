"""The table of docs/limits.md has the limits of the code."""

from django.conf import settings

from config import gunicorn
from serving import limits
from tests.conftest import ROOT
from workouts.files.activities.fit import MOST_VALUES
from workouts.files.activities.recognizing import MOST_UNPACKED
from workouts.files.imports.plan_calendar import MOST_EVENTS
from workouts.files.uploads import MAX_BYTES
from workouts.pages import search
from workouts.values.bounds import AWAY, CHARACTERS, ROWS

MB = 1024**2


def test_the_document_says_what_the_code_does() -> None:
    rows = dict(
        line.split(" | ")[:2]
        for line in (ROOT / "docs/limits.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| Limit", "| ---"))
    )
    assert {name.removeprefix("| "): value for name, value in rows.items()} == {
        "Request line and headers": f"{limits.HEAD_BYTES // 1024} KB",
        "Body, chunked or not": f"{limits.BODY_BYTES // MB} MB",
        "Time to receive a request, and to send its answer": (
            f"{limits.TIMEOUT:.0f} seconds, and one more for each {limits.MIN_RATE:_} bytes".replace("_", " ")
        ),
        "Time between two requests": f"{gunicorn.keepalive} seconds (`keepalive` in `config/gunicorn.py`)",
        "Connections of a worker": str(limits.CONNECTIONS),
        "Bytes of incomplete requests and answers that a worker holds": f"{limits.HELD_BYTES // MB} MB",
        "File to import or restore": f"{MAX_BYTES // MB} MB",
        "Rows of a file to import": f"{ROWS:_}".replace("_", " "),
        "Events of a calendar to import": f"{MOST_EVENTS:_}".replace("_", " "),
        "Days of one availability": str(AWAY),
        "Workouts, selections or targets of an export to restore": f"{ROWS:_}".replace("_", " "),
        "Recorded activity, unpacked": f"{MOST_UNPACKED // MB} MB, {MAX_BYTES // MB} MB as FIT",
        "Values of a FIT file": f"{MOST_VALUES:_}".replace("_", " "),
        "Text of a workout": f"{CHARACTERS:_} characters".replace("_", " "),
        "Text of a search": f"{search.LONGEST} characters, ten words",
        "Failed logins of an account from one address": (
            f"{settings.AXES_FAILURE_LIMIT}, for {settings.AXES_COOLOFF_TIME.seconds // 60} minutes"
        ),
    }
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == limits.BODY_BYTES > MAX_BYTES
    assert gunicorn.worker_connections == limits.CONNECTIONS
