"""A refusal names the kind of the file."""

import pytest

from workouts.files.imports.plan_table import PLEASE, read
from workouts.files.kinds import kind_of
from workouts.files.uploads import NotImportable

XML = b"<?xml version='1.0' encoding='UTF-8'?>\n"
KINDS = [
    (b"%PDF-1.7\n", "a PDF document (.pdf)"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
    (b"\0\0\0\x18ftypheic", "an image"),
    (b"\x0e\x10\xd9\x07\x01\0\0\0.FIT", "a recorded activity (.fit)"),
    (XML + b"<gpx version='1.1'>", "a recorded activity (.gpx)"),
    (XML + b"<TrainingCenterDatabase>", "a recorded activity (.tcx)"),
    (b"<workout_file>", "a structured workout (.zwo)"),
    (b"[COURSE HEADER]\r\n", "a structured workout (.erg, .mrc)"),
    (XML + b"<svg>", "an image (.svg)"),
    (XML + b"<kml>", "an XML file (.xml)"),
    (b"\xef\xbb\xbfBEGIN:VCALENDAR\r\n", "a calendar file (.ics)"),
    ("<gpx>".encode("utf-16"), "a recorded activity (.gpx)"),
    ('{"format": 1}'.encode("utf-16"), "a JSON file (.json)"),
    (b"\n<!DOCTYPE html>", "a web page (.html)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.xls)"),
    (b"\x1f\x8b\x08\0", "a compressed file (.gz)"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b'{"format": 1, "workouts": [{"title": 2}]}', "a JSON file (.json), an object with “format”, “workouts”"),
    (b'{"format": 1, "cut', "a JSON file (.json), an object with “format”"),
    (b"[1, 2]", "a JSON file (.json)"),
    (b"\xef\xbb\xbfid,title,workoutType,originallyPlannedDay\r\n", "an export.csv of this planner, for spreadsheets"),
]


def test_a_trainingpeaks_export_is_one_for_those_who_do_not_import_it() -> None:
    assert kind_of(b'"Title","WorkoutType","WorkoutDay"\n') == "a TrainingPeaks export (.csv)"


@pytest.mark.parametrize(("content", "kind"), KINDS)
def test_is_recognized_by_how_it_begins(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind
    with pytest.raises(NotImportable) as refusal:
        read(content)
    assert str(refusal.value) == f"This is {kind}. {PLEASE}"


@pytest.mark.parametrize("content", [b"", b"Title,WorkoutDay\n", b"id,title\n", b"Hello", b"\0\1\2"])
def test_a_table_is_not_one_of_them(content: bytes) -> None:
    assert kind_of(content) == ""
