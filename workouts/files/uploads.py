"""Uploads: stored in the database from the preview until they are applied.

A host's disk may not be persistent, and different processes may handle the two requests.
"""

import datetime
from pathlib import PureWindowsPath
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from workouts.history import Author
from workouts.models import Upload

MAX_BYTES = 10 * 1024 * 1024
TOO_LARGE = f"The file is larger than {MAX_BYTES // 1024**2} MB. Of an archive, that is what is in it."
PREVIEW_LASTS = datetime.timedelta(days=1)


class NotImportable(Exception):
    """The file cannot be imported. Nothing was written. The text is for the user."""


class PlanChanged(Exception):
    """What applying a file would do has changed since the preview. Nothing was written."""


def keep(purpose: Upload.Purpose, file_name: str, content: bytes, result: dict[str, Any], *, by: Author) -> Upload:
    """Stores an upload, and deletes those that were previewed and not applied within a day."""
    Upload.objects.previewed().filter(made_at__lt=timezone.now() - PREVIEW_LASTS).delete()
    author = by if isinstance(by, User) else None
    return Upload.objects.create(
        purpose=purpose, file_name=_clean(file_name), content=content, made_by=author, result=result
    )


def _clean(file_name: str) -> str:
    """The name without folders and unprintable characters, which a database or a terminal may not accept."""
    name = "".join(letter for letter in PureWindowsPath(file_name).name if letter.isprintable())
    return name[: Upload._meta.get_field("file_name").max_length] or "file"
