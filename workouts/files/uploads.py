"""Files that people upload: kept in the database between the look at what they would do and the doing.

A host's disk does not last, and the two requests may be answered by different processes.
"""

import datetime
from pathlib import PureWindowsPath
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from workouts.history import Author
from workouts.models import Upload

MAX_BYTES = 10 * 1024 * 1024
PREVIEW_LASTS = datetime.timedelta(days=1)


class NotImportable(Exception):
    """The file is not what can be imported. Nothing was written. The text is for the user."""


class PlanChanged(Exception):
    """What applying a file would do is no longer what was looked at. Nothing was written."""


def keep(purpose: Upload.Purpose, file_name: str, content: bytes, result: dict[str, Any], *, by: Author) -> Upload:
    """Uploads that were looked at, and that nobody applied within a day, go."""
    Upload.objects.previewed().filter(made_at__lt=timezone.now() - PREVIEW_LASTS).delete()
    author = by if isinstance(by, User) else None
    return Upload.objects.create(
        purpose=purpose, file_name=_clean(file_name), content=content, made_by=author, result=result
    )


def _clean(file_name: str) -> str:
    """The name without folders and without what a database or a terminal cannot take."""
    name = "".join(letter for letter in PureWindowsPath(file_name).name if letter.isprintable())
    return name[: Upload._meta.get_field("file_name").max_length] or "file"
