"""A ZIP archive, which is how TrainingPeaks sends exports: unpacked in memory, up to the size limit of a file."""

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from workouts.files.uploads import MAX_BYTES

BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
ENTRY = b"PK\x01\x02"
MOST_FILES = 1_000
ENCRYPTED = 0x1
BROKEN = (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""What zipfile raises for a corrupt archive."""

OFFICE = {"xl/": "an Excel workbook (.xlsx)", "word/": "a Word document (.docx)", "content.xml": "an OpenDocument file"}


class NotUnpacked(Exception):
    """The archive does not hold one CSV file. The text is for the user."""


def is_archive(content: bytes) -> bool:
    return content.startswith(BEGINNINGS)


def unpack(content: bytes) -> bytes:
    """The only CSV file of an archive; content that is not an archive is returned unchanged. Raises NotUnpacked."""
    if not is_archive(content):
        return content
    if content.count(ENTRY) > MOST_FILES:
        raise NotUnpacked(f"This ZIP archive contains more than {MOST_FILES} files. Import the CSV file alone.")
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return _read(archive, _only_csv(archive))
    except BROKEN as error:
        raise NotUnpacked("This ZIP archive is truncated or corrupt. Download it again.") from error


def _only_csv(archive: ZipFile) -> ZipInfo:
    names = archive.namelist()
    for part, kind in OFFICE.items():
        if any(name.startswith(part) for name in names):
            raise NotUnpacked(f"This is {kind}. Save it as CSV, and import that.")
    tables = [file for file in archive.infolist() if _is_csv(file.filename)]
    if not tables:
        raise NotUnpacked("This ZIP archive contains no CSV file. Import the CSV file of a TrainingPeaks export.")
    if len(tables) > 1:
        named = ", ".join(file.filename[-40:] for file in tables[:5])
        raise NotUnpacked(f"This ZIP archive contains {len(tables)} CSV files: {named}. Unpack it, and import one.")
    return tables[0]


def _is_csv(name: str) -> bool:
    """Archives made on a Mac contain a second, hidden entry for each file."""
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX/")


def _read(archive: ZipFile, file: ZipInfo) -> bytes:
    """Reads at most one byte more than is allowed, because the size that the archive states may be wrong."""
    if file.flag_bits & ENCRYPTED:
        raise NotUnpacked("This ZIP archive has a password. Unpack it, and import the CSV file.")
    if file.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise NotUnpacked("This ZIP archive has an unsupported compression method. Unpack it, and import the CSV file.")
    with archive.open(file) as table:
        return table.read(MAX_BYTES + 1)
