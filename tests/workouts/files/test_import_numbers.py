"""Thousands separators and decimal marks: what `42,000` means in a file, and the reason if that is unclear."""

from typing import Any

import pytest

from tests.trainingpeaks import Cells, export, read_workouts, workout
from workouts.files.imports.unusual import unusual

DAY = "2026-11-23"
AMBIGUOUS = (
    "PlannedDistanceInMeters is “42,000”, which can be 42 or 42000, and no other number in the file shows which. "
    "Write 42 or 42000 in the file."
)


def metres(cell: str, **more: Any) -> Cells:
    return workout("Run", DAY, PlannedDistanceInMeters=cell, **more)


def read(*rows: Cells) -> tuple[list[object], list[str]]:
    """The distances that were read, and why rows were skipped. The delimiter is a tab, which is neutral for numbers."""
    found, skipped = read_workouts(export(*rows, delimiter="\t"))
    return [row.content["planned_distance_meters"] for row in found], [row["reason"] for row in skipped]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567),
        ("1,234,567.25", 1234567.25),
        ("10 000", 10000),
        ("10\u00a0000", 10000),
        ("10\u202f000,5", 10000.5),
        ("10'000.5", 10000.5),
        ("10\u2019000", 10000),
        ("1234.567", 1234.567),
        ("0,500", 0.5),
        ("42,0", 42),
        ("42.0000", 42),
        ("42000", 42000),
    ],
)
def test_an_unambiguous_number_is_read(cell: str, number: float) -> None:
    assert read(metres(cell)) == ([number], [])


@pytest.mark.parametrize("cell", ["1.23,5", "12,34,567", "1.234.5", "1 23", "1,,5", "1.234,567.8", ".", ","])
def test_what_no_country_writes_is_not_a_number(cell: str) -> None:
    assert read(metres(cell)) == ([], [f"PlannedDistanceInMeters is “{cell}”, which is not a number."])


@pytest.mark.parametrize(
    ("elsewhere", "comma", "point"),
    [
        ({"PlannedDuration": "1.5"}, 42000, 10),
        ({"PlannedDuration": "1,5"}, 42, 10000),
        ({"PlannedDuration": "1.250"}, 42000, 10),  # 1250 hours are too many
        ({"IF": "0,850"}, 42, 10000),
        ({"TSS": "1.234,0"}, 42, 10000),
        ({"TimeTotalInHours": ".75"}, 42000, 10),
    ],
)
def test_another_number_in_the_file_shows_the_decimal_mark(elsewhere: Cells, comma: float, point: float) -> None:
    told = metres("", **elsewhere)
    assert read(metres("42,000"), metres("10.000"), told) == ([comma, point, None], [])


@pytest.mark.parametrize(
    "others",
    [[], [metres("10,500")], [metres("500")], [metres("", TSS="1,5"), metres("", IF="0.8")], [metres("", TSS="many")]],
)
def test_if_nothing_shows_the_decimal_mark_the_row_is_skipped(others: list[Cells]) -> None:
    assert AMBIGUOUS in read(metres("42,000"), *others)[1]


@pytest.mark.parametrize(("cell", "number"), [("1,500", 1.5), ("1.500", 1.5), ("0,125", 0.125)])
def test_a_reading_above_the_maximum_is_ruled_out(cell: str, number: float) -> None:
    (row,), _ = read_workouts(export(workout("Run", DAY, PlannedDuration=cell)))
    assert row.content["planned_duration"] == number


@pytest.mark.parametrize(
    ("kind", "values", "columns"),
    [
        ("Run", {"planned_distance_meters": 1.2, "planned_duration": 1.0}, {"planned_distance_meters"}),
        ("Swim", {"planned_distance_meters": 3000, "planned_duration": 40.0}, {"planned_duration"}),
        ("Bike", {"planned_distance_meters": 180_000, "planned_duration": 6.0, "tss": 300.0}, set()),
        ("Hyrox", {"tss": 5000.0, "intensity_factor": 8.5}, {"tss", "intensity_factor"}),
        ("Day Off", {"planned_duration": 0.0, "planned_distance_meters": None}, set()),
    ],
)
def test_unusual_values_are_marked(kind: str, values: dict[str, float], columns: set[str]) -> None:
    assert unusual(kind, values) == columns
