"""Static files for the tests' pages and servers. They are collected only if the code's are newer: it takes seconds."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from config.static import refuse_uncollected


def collect_static_files() -> None:
    """Does nothing if they are up to date. The processes of several engines take turns."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _up_to_date(settings.STATIC_ROOT / "staticfiles.json"):
            call_command("collectstatic", interactive=False, verbosity=0)


def _up_to_date(manifest: Path) -> bool:
    try:
        refuse_uncollected()
        collected_at = manifest.stat().st_mtime
    except (SystemExit, FileNotFoundError):
        return False
    found = (storage.path(path) for finder in get_finders() for path, storage in finder.list([]))
    return all(Path(file).stat().st_mtime < collected_at for file in found)
