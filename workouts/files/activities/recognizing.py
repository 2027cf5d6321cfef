"""Recognizes a recorded activity, unpacks it if it is compressed, and reads it."""

import zlib
from typing import NamedTuple

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
CHUNK = 1024**2


def is_activity(content: bytes) -> bool:
    """Whether it looks like a recorded activity, also a compressed one."""
    return kind_of(content) in READERS or content.startswith(GZIP) or archive.contains(content, ENDINGS)


class Read(NamedTuple):
    """The activities, and of an archive the files that have none: each with its name and the reason, as a sentence."""

    activities: list[Activity]
    unread: list[str]


def read_activities(content: bytes) -> Read:
    """Most files have one activity, those of multisport several, and archives those of their files, each once.

    Raises NotAnActivity if there is none.
    """
    if len(content) > MAX_BYTES:
        raise NotAnActivity(TOO_LARGE)
    activities: list[Activity] = []
    unread = [f"{name[-60:]}: This is no recorded activity." for name in archive.others(content, ENDINGS)]
    taken = 0
    try:
        for name, packed in archive.unpack_each(content, RECORDED, MOST_FILES):
            try:
                file, fault = _decompressed(packed) if packed.startswith(GZIP) else (packed, "")
                taken += len(file) * (FIT_TAKES if kind_of(file) == FIT else 1)
                _check_length(len(file), taken, name)
                if fault:
                    raise NotAnActivity(fault)
                activities += _read(file)
            except NotAnActivity as error:
                if not name:
                    raise
                unread.append(f"{name[-60:]}: {error}")
    except archive.NotUnpacked as error:
        raise NotAnActivity(str(error)) from error
    if not activities:
        raise NotAnActivity(unread[-1])
    return Read(distinct(activities), unread)


def _check_length(one: int, together: int, name: str) -> None:
    """Raises NotUnpacked: of an archive, none is read then."""
    if one > MOST_UNPACKED:
        of = f"{name[-60:]}: " if name else ""
        raise archive.NotUnpacked(f"{of}Unpacked, the file is larger than {MOST_UNPACKED // 1024**2} MB.")
    if name and together > MOST_UNPACKED:
        raise archive.NotUnpacked("Together these files are too long. Import fewer at a time.")


def _read(file: bytes) -> list[Activity]:
    kind = kind_of(file)
    if kind not in READERS:
        raise NotAnActivity(f"{described(file)} {PLEASE}".lstrip())
    return READERS[kind](file)


def _decompressed(content: bytes) -> tuple[bytes, str]:
    """The content of a .gz file, and what is wrong with it. No further than just beyond the limit: what it says about
    its size may be wrong."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacked, size, rest = list[bytes](), 0, content
    try:
        while not decompressor.eof and size <= MOST_UNPACKED:
            unpacked.append(decompressor.decompress(rest, CHUNK))
            size, rest = size + len(unpacked[-1]), decompressor.unconsumed_tail
            if not (unpacked[-1] or rest):
                return b"".join(unpacked), "This compressed file is truncated. Export it again."
    except zlib.error:
        return b"".join(unpacked), "This compressed file is corrupt. Export it again."
    return b"".join(unpacked), ""
