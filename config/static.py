"""Are the static files collected? A page looks up their names in the manifest, and is an error without it."""

from collections.abc import Iterator
from typing import cast

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

UNCOLLECTED = (
    "The static files are not collected: {}. Pages would fail, so the server was not started."
    " Run: python manage.py collectstatic --noinput"
)


def refuse_uncollected() -> None:
    """Raises SystemExit unless every static file of the code is in STATIC_ROOT, under the name that pages use."""
    if settings.DEBUG:
        return
    try:
        missing = [path for path in _static_files() if not _is_collected(path)]
    except ValueError:
        raise SystemExit(UNCOLLECTED.format("the manifest cannot be read")) from None
    if missing:
        raise SystemExit(UNCOLLECTED.format(f"{len(missing)} are missing, such as {missing[0]}"))


def _static_files() -> Iterator[str]:
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]  # collectstatic's own
    return (path for finder in get_finders() for path, _ in finder.list(ignored))


def _is_collected(path: str) -> bool:
    storage = cast("ManifestStaticFilesStorage", staticfiles_storage)
    name = storage.hashed_files.get(storage.hash_key(path))
    return name is not None and storage.exists(name)
