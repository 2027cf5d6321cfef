"""Checks that the static files are collected. Pages look up their names in the manifest, and fail without it."""

from collections.abc import Iterator
from typing import cast

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

COLLECT = "Pages would fail, so the server was not started. Run: python manage.py collectstatic --noinput"


def refuse_uncollected() -> None:
    """Raises SystemExit unless every static file of the code is in STATIC_ROOT, under the name that pages use."""
    if settings.DEBUG:
        return
    try:
        missing = [path for path in _static_files() if not _is_collected(path)]
    except ValueError:  # collectstatic would fail, too
        manifest = f"{settings.STATIC_ROOT}/{ManifestStaticFilesStorage.manifest_name}"
        raise SystemExit(f"The manifest of the static files cannot be read. Remove {manifest}. {COLLECT}") from None
    if missing:
        files = f"{len(missing)} are missing, such as {missing[0]}"
        raise SystemExit(f"The static files are not collected: {files}. {COLLECT}")


def _static_files() -> Iterator[str]:
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]  # collectstatic's own
    return (path for finder in get_finders() for path, _ in finder.list(ignored))


def _is_collected(path: str) -> bool:
    storage = cast("ManifestStaticFilesStorage", staticfiles_storage)
    name = storage.hashed_files.get(storage.hash_key(path))
    return name is not None and storage.exists(name)
