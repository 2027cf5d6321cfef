"""Files that people upload: kept in the database between the look at what they would do and the doing.

A host's disk does not last, and the two requests may be answered by different processes.
"""

import datetime
from pathlib import PureWindowsPath
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from workouts.history import Author
from workouts.models import Import
from workouts.models.history import ImportQuerySet

MAX_BYTES = 10 * 1024 * 1024
PREVIEW_LASTS = datetime.timedelta(days=1)
RESTORE = "restore"
"""The key in the result of an export that is to be restored. The other files are plans."""


class PlanChanged(Exception):
    """What applying a file would do is no longer what was looked at. Nothing was written."""


def plans() -> ImportQuerySet:
    """Files of the coach's workouts."""
    return Import.objects.exclude(result__has_key=RESTORE)


def exports() -> ImportQuerySet:
    """Exports of this planner, looked at or restored."""
    return Import.objects.filter(result__has_key=RESTORE)


def keep(file_name: str, content: bytes, result: dict[str, Any], *, by: Author) -> Import:
    """Files that were looked at, and that nobody applied within a day, go."""
    Import.objects.previewed().filter(made_at__lt=timezone.now() - PREVIEW_LASTS).delete()
    author = by if isinstance(by, User) else None
    return Import.objects.create(file_name=_clean(file_name), content=content, made_by=author, result=result)


def _clean(file_name: str) -> str:
    """The name without folders and without what a database or a terminal cannot take."""
    name = "".join(letter for letter in PureWindowsPath(file_name).name if letter.isprintable())
    return name[: Import._meta.get_field("file_name").max_length] or "file"
