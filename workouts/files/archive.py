"""A ZIP archive, which is how TrainingPeaks and Garmin send exports: unpacked in memory, up to a limit."""

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
ENTRY = b"PK\x01\x02"
MOST_FILES = 1_000
ENCRYPTED = 0x1
BROKEN = (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""What zipfile raises for a corrupt archive."""

OFFICE = {"xl/": "an Excel workbook (.xlsx)", "word/": "a Word document (.docx)", "content.xml": "an OpenDocument file"}


@dataclass(frozen=True)
class Wanted:
    """The file that an archive is searched for: how its name may end, how it is called, and what to do without it."""

    endings: tuple[str, ...]
    kind: str
    several: str
    please: str
    most_bytes: int

    def is_named(self, name: str) -> bool:
        """Archives made on a Mac contain a second, hidden entry for each file."""
        return name.lower().endswith(self.endings) and not name.startswith("__MACOSX/")


class NotUnpacked(Exception):
    """The archive does not hold the file that is wanted. The text is for the user."""


def is_archive(content: bytes) -> bool:
    return content.startswith(BEGINNINGS)


def contains(content: bytes, endings: tuple[str, ...]) -> bool:
    """Whether it is an archive with a file whose name has one of these endings."""
    return any(name.lower().endswith(endings) for name in _names(content))


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of these files, given by name and content."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def others(content: bytes, endings: tuple[str, ...]) -> list[str]:
    """The names of the files of an archive that have none of these endings."""
    return [name for name in _names(content) if not (name.lower().endswith(endings) or name.startswith("__MACOSX/"))]


def _names(content: bytes) -> list[str]:
    """Of the files of an archive. None if it is no archive, a corrupt one, or one with too many."""
    if not is_archive(content) or content.count(ENTRY) > MOST_FILES:
        return []
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return [file.filename for file in archive.infolist() if not file.is_dir()]
    except BROKEN:
        return []


def unpack(content: bytes, wanted: Wanted) -> bytes:
    """The only file of an archive that is wanted, up to one byte past its limit. Raises NotUnpacked.

    Content that is not an archive is returned unchanged.
    """
    if not is_archive(content):
        return content
    with _opened(content, wanted) as archive:
        files = _wanted(archive, wanted)
        if len(files) > 1:
            named = ", ".join(file.filename[-40:] for file in files[:5])
            raise NotUnpacked(
                f"This ZIP archive contains {len(files)} {wanted.several}: {named}. Unpack it, and import one."
            )
        return _read(archive, files[0], wanted)


def unpack_each(content: bytes, wanted: Wanted, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file of an archive that is wanted, one after the other. Raises NotUnpacked.

    Content that is not an archive has no name.
    """
    if not is_archive(content):
        yield "", content
        return
    with _opened(content, wanted) as archive:
        files = _wanted(archive, wanted)
        if len(files) > most:
            raise NotUnpacked(f"These are {len(files)} {wanted.several}. Import up to {most} at a time.")
        for file in files:
            yield file.filename, _read(archive, file, wanted)


@contextmanager
def _opened(content: bytes, wanted: Wanted) -> Iterator[ZipFile]:
    if content.count(ENTRY) > MOST_FILES:
        raise NotUnpacked(f"This ZIP archive contains more than {MOST_FILES} files. Import the {wanted.kind} alone.")
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except BROKEN as error:
        raise NotUnpacked("This ZIP archive is truncated or corrupt. Download it again.") from error


def _wanted(archive: ZipFile, wanted: Wanted) -> list[ZipInfo]:
    names = archive.namelist()
    for part, kind in OFFICE.items():
        if any(name.startswith(part) for name in names):
            raise NotUnpacked(f"This is {kind}. Save it as CSV, and import that.")
    files = [file for file in archive.infolist() if wanted.is_named(file.filename)]
    if not files:
        raise NotUnpacked(f"This ZIP archive contains no {wanted.kind}. {wanted.please}")
    return files


def _read(archive: ZipFile, file: ZipInfo, wanted: Wanted) -> bytes:
    """Reads at most one byte more than is allowed, because the size that the archive states may be wrong."""
    if file.flag_bits & ENCRYPTED:
        raise NotUnpacked(f"This ZIP archive has a password. Unpack it, and import the {wanted.kind}.")
    if file.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise NotUnpacked(
            f"This ZIP archive has an unsupported compression method. Unpack it, and import the {wanted.kind}."
        )
    with archive.open(file) as unpacked:
        return unpacked.read(wanted.most_bytes + 1)
