"""TrainingPeaks' ZIP archive is imported; any other archive is refused with the reason."""

import io
import random
import zipfile
from contextlib import suppress

import pytest

from tests.trainingpeaks import export, read_workouts, workout
from workouts.files.archive import MOST_FILES, NotUnpacked, unpack
from workouts.files.imports import plan_file
from workouts.files.imports.plan_table import CSV, read
from workouts.files.uploads import MAX_BYTES, NotImportable

PLAN = export(workout("Läufe", "2026-11-23"))


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return content.getvalue()


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_the_one_csv_file_of_an_archive_is_read(compression: int) -> None:
    content = zipped({"export/workouts.CSV": PLAN, "__MACOSX/._workouts.csv": b"\0", "readme.txt": b""}, compression)
    assert [row.title for row in read_workouts(content)[0]] == ["Läufe"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({}), "This ZIP archive contains no CSV file."),
        (zipped({"ride.fit": b"", "run.fit": b""}), "This ZIP archive contains no CSV file."),
        (zipped({"a.csv": PLAN, "b.csv": PLAN}), "This ZIP archive contains 2 CSV files: a.csv, b.csv. Unpack it"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "This is an Excel workbook (.xlsx). Save it as"),
        (zipped({"content.xml": b""}), "This is an OpenDocument file. Save it as CSV"),
        (zipped({"a.csv": PLAN}, zipfile.ZIP_LZMA), "This ZIP archive has an unsupported compression method."),
        (zipped({f"{n}.csv": b"" for n in range(MOST_FILES + 1)}), "contains more than 1000 files."),
        (zipped({"a.csv": PLAN})[:-30], "This ZIP archive is truncated or corrupt."),
        (b"PK\x03\x04\x14\0\x06\0", "This ZIP archive is truncated or corrupt."),
        (zipped({"a.csv": b" " * (MAX_BYTES + 1)}), "The file is larger than 10 MB."),
        (zipped({"a.csv": zipped({"b.csv": PLAN})}), "This is a ZIP archive (.zip). Import a CSV file"),
        (zipped({"a.csv": b"BEGIN:VCALENDAR"}), "This is a calendar file (.ics). Import a CSV file"),
    ],
)
def test_an_archive_without_a_plan_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotImportable) as refusal:
        read(content)
    assert reason in str(refusal.value)


ICS = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Run: Hills\r\nDTSTART;VALUE=DATE:20261127\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_the_one_calendar_of_an_archive_is_read_if_it_has_no_table() -> None:
    content = zipped({"plan/Coach.ICS": ICS, "readme.txt": b""})
    assert plan_file.is_calendar(content)
    assert [(row.title, row.workout_type) for row in read_workouts(content)[0]] == [("Hills", "Run")]
    both = zipped({"coach.ics": ICS, "workouts.csv": PLAN})
    assert not plan_file.is_calendar(both)
    assert [row.title for row in read_workouts(both)[0]] == ["Läufe"]
    with pytest.raises(NotImportable, match=r"contains 2 calendars: a\.ics, b\.ics\. Unpack it, and import one"):
        read_workouts(zipped({"a.ics": ICS, "b.ics": ICS}))


def test_an_archive_with_a_password_is_refused() -> None:
    content = bytearray(zipped({"a.csv": PLAN}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    with pytest.raises(NotUnpacked, match="has a password"):
        unpack(bytes(content), CSV)


def test_a_bomb_is_unpacked_only_up_to_the_size_limit() -> None:
    """A hundred megabytes of spaces, even if the archive states a small size."""
    content = bytearray(zipped({"a.csv": b" " * (10 * MAX_BYTES)}))
    assert len(content) < MAX_BYTES / 50
    assert len(unpack(bytes(content), CSV)) == MAX_BYTES + 1
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    with pytest.raises(NotUnpacked, match="corrupt"):
        unpack(bytes(content), CSV)


def test_a_corrupt_archive_is_refused_and_never_an_error() -> None:
    whole, luck = zipped({"a.csv": PLAN}), random.Random(1)
    for _ in range(2000):
        content = bytearray(whole)
        for _ in range(luck.randint(1, 4)):
            content[luck.randrange(4, len(content))] = luck.randrange(256)
        with suppress(NotUnpacked):
            unpack(bytes(content), CSV)
