"""Recognizes a recorded activity, unpacks it if it is compressed, and reads it."""

import zlib

from workouts.files import archive
from workouts.files.activities.activity import Activity, NotAnActivity
from workouts.files.activities.fit import read_fit
from workouts.files.activities.gpx import read_gpx
from workouts.files.activities.pairing import distinct
from workouts.files.activities.tcx import read_tcx
from workouts.files.kinds import ACTIVITY, described, kind_of
from workouts.files.uploads import MAX_BYTES, TOO_LARGE

FIT = f"{ACTIVITY} (.fit)"
READERS = {FIT: read_fit, f"{ACTIVITY} (.gpx)": read_gpx, f"{ACTIVITY} (.tcx)": read_tcx}
MOST_UNPACKED = 50 * 1024**2
"""In bytes: a day and a night as TCX, the longest of the formats."""

ENDINGS = tuple(f".{kind}{packed}" for kind in ("fit", "gpx", "tcx") for packed in ("", ".gz"))
PLEASE = "Import a FIT, TCX or GPX file, also as .gz or .zip."
RECORDED = archive.Wanted(ENDINGS, "recorded activity", "recorded activities", PLEASE, MOST_UNPACKED)
MOST_FILES = 50
FIT_TAKES = 5
"""A FIT file takes as long to read as another one that is as many times as large."""

GZIP = b"\x1f\x8b"


def is_activity(content: bytes) -> bool:
    """Whether it looks like a recorded activity, also a compressed one."""
    return kind_of(content) in READERS or content.startswith(GZIP) or archive.contains(content, ENDINGS)


def unread(content: bytes) -> list[str]:
    """The names of the files of an archive that are no recorded activities."""
    return archive.others(content, ENDINGS)


def read_activities(content: bytes) -> list[Activity]:
    """Most files have one activity, those of multisport several, and archives those of their files, each once.

    Raises NotAnActivity.
    """
    if len(content) > MAX_BYTES:
        raise NotAnActivity(TOO_LARGE)
    activities: list[Activity] = []
    taken = 0
    try:
        for name, file in archive.unpack_each(content, RECORDED, MOST_FILES):
            read, takes = _read(file, name)
            taken += takes
            if name and taken > MOST_UNPACKED:
                raise NotAnActivity("Together these files are too long. Import fewer at a time.")
            activities += read
    except archive.NotUnpacked as error:
        raise NotAnActivity(str(error)) from error
    return distinct(activities)


def _read(file: bytes, name: str) -> tuple[list[Activity], int]:
    """The activities, and how long it took: as a file of so many bytes that is no FIT file."""
    try:
        content = _decompressed(file) if file.startswith(GZIP) else file
        if len(content) > MOST_UNPACKED:
            raise NotAnActivity(f"Unpacked, the file is larger than {MOST_UNPACKED // 1024**2} MB.")
        kind = kind_of(content)
        if kind not in READERS:
            raise NotAnActivity(f"{described(content)} {PLEASE}".lstrip())
        return READERS[kind](content), len(content) * (FIT_TAKES if kind == FIT else 1)
    except NotAnActivity as error:
        raise NotAnActivity(f"{name[-60:]}: {error}" if name else str(error)) from error


def _decompressed(content: bytes) -> bytes:
    """The content of a .gz file, up to one byte past the limit: what it says about its size may be wrong."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = decompressor.decompress(content, MOST_UNPACKED + 1)
    except zlib.error as error:
        raise NotAnActivity("This compressed file is corrupt. Export it again.") from error
    if not decompressor.eof and len(unpacked) <= MOST_UNPACKED:
        raise NotAnActivity("This compressed file is truncated. Export it again.")
    return unpacked
