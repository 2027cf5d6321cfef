"""Which files of workouts can be read, and the error for any other."""

import codecs
import datetime

import pytest

from tests.trainingpeaks import COLUMNS, export, read_workouts, workout
from workouts.files.imports.plan_table import read
from workouts.files.imports.row import PlannedWorkout
from workouts.files.uploads import MAX_BYTES, NotImportable
from workouts.values import bounds

DAY = "2026-11-23"
MINIMAL = ("Title", "WorkoutType", "WorkoutDay")


def only(content: bytes) -> PlannedWorkout:
    rows, skipped = read_workouts(content)
    assert skipped == []
    (row,) = rows
    return row


def reasons(content: bytes) -> list[tuple[int, str]]:
    rows, skipped = read_workouts(content)
    assert rows == []
    return [(row["row"], row["reason"]) for row in skipped]


def test_fifteen_of_the_45_columns_of_an_export_are_read() -> None:
    row = only(
        export(
            workout(
                "AE1. Aerobic Intervals",
                DAY,
                "Swim",
                WorkoutDescription="100 easy",
                PlannedDuration="0.614722222222222",
                PlannedDistanceInMeters="2377.43994140625",
                CoachComments='See chapter 12, "Form"',
                IF="1.07",
                TSS="62.89",
                TimeTotalInHours="0.51",
                DistanceInMeters="2308.86",
                HeartRateAverage="148",
                PowerAverage="not known",
                Rpe="400",
                Feeling="3",
                PowerMax="not read",
            )
        )
    )

    assert len(COLUMNS) == 45
    assert row.values() == {
        "title": "AE1. Aerobic Intervals",
        "workout_type": "Swim",
        "originally_planned_day": DAY,
        "workout_description": "100 easy",
        "planned_duration": 0.614722222222222,
        "planned_distance_meters": 2377.43994140625,
        "coach_comments": 'See chapter 12, "Form"',
        "actual_duration": 0.51,
        "actual_distance_meters": 2308.86,
        "actual_tss": 62.89,
        "actual_intensity_factor": 1.07,
        "actual_heart_rate": 148,
        "actual_power": None,
        "rpe": None,
        "feeling": 3,
        "is_recorded": False,
    }


def test_columns_may_be_in_any_order_and_their_names_in_any_case() -> None:
    row = only(f" workoutday ,TITLE,workouttype\n{DAY},Ride,Bike\n".encode())

    named = {"title": "Ride", "workout_type": "Bike", "originally_planned_day": DAY}
    assert row.values() == {**named, "is_recorded": False}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    row = only(export(workout("Läufe “5 €”", DAY), encoding=encoding))
    assert row.title == "Läufe “5 €”"


def test_utf_16_with_the_high_byte_first_is_read() -> None:
    assert only(codecs.BOM_UTF16_BE + export(workout("Läufe", DAY), encoding="utf-16-be")).title == "Läufe"


def test_latin_1_is_used_if_windows_has_no_such_byte() -> None:
    assert only(export(workout("Läufe\x81", DAY), encoding="latin-1")).title == "Läufe\x81"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_delimiter_is_read(delimiter: str) -> None:
    row = only(export(workout("Run; easy, long", DAY, PlannedDuration="1,5"), delimiter=delimiter))
    assert (row.title, row.content["planned_duration"]) == ("Run; easy, long", 1.5)


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;\r", "\n sep=; ", "sep=;;;;", "sep=,"])
def test_a_first_line_that_names_the_delimiter_is_not_a_row(hint: str) -> None:
    rows, skipped = read_workouts(
        f"{hint}\n".encode() + export(workout("Run", DAY), workout("Ride", "soon"), delimiter=";")
    )
    assert [(row.number, row.title) for row in rows] == [(2, "Run")]
    assert [row["row"] for row in skipped] == [3]


@pytest.mark.parametrize(("hint", "delimiter"), [("sep=|", "|"), ("sep=\t", "\t")])
def test_the_first_line_may_name_any_delimiter(hint: str, delimiter: str) -> None:
    assert only(f"{hint}\n".encode() + export(workout("Run, easy", DAY), delimiter=delimiter)).title == "Run, easy"


@pytest.mark.parametrize(("cell", "hours"), [("1,5", 1.5), (" 1.5 ", 1.5), ("2", 2), (".5", 0.5), ("1E-1", 0.1)])
def test_numbers_with_either_decimal_mark(cell: str, hours: float) -> None:
    assert only(export(workout("Run", DAY, PlannedDuration=cell))).content["planned_duration"] == hours


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1h", "PlannedDuration is “1h”, which is not a number."),
        ("nan", "PlannedDuration is “nan”, which is not a number."),
        ("inf", "PlannedDuration is “inf”, which is not a number."),
        ("1_0", "PlannedDuration is “1_0”, which is not a number."),
        ("٣", "PlannedDuration is “٣”, which is not a number."),
        ("1.23,5", "PlannedDuration is “1.23,5”, which is not a number."),
        ("1.234,5", "PlannedDuration is “1.234,5”: more than 168 cannot be right."),
        ("-1", "PlannedDuration is “-1”: it cannot be negative."),
        ("1e400", "PlannedDuration is “1e400”: more than 168 cannot be right."),
        ("9" * 400, f"PlannedDuration is “{'9' * 39}…”: more than 168 cannot be right."),
        ("1\0", "PlannedDuration: A NUL character cannot be stored."),
    ],
)
def test_a_row_with_an_invalid_number_is_skipped(cell: str, reason: str) -> None:
    assert reasons(export(workout("Run", DAY, PlannedDuration=cell))) == [(2, reason)]


@pytest.mark.parametrize("column", ["PlannedDistanceInMeters", "IF", "TSS", "TimeTotalInHours", "DistanceInMeters"])
def test_every_number_is_checked(column: str) -> None:
    assert reasons(export(workout("Run", DAY, **{column: "much"}))) == [
        (2, f"{column} is “much”, which is not a number.")
    ]
    assert reasons(export(workout("Run", DAY, **{column: "1e300"})))[0][1].endswith("cannot be right.")


@pytest.mark.parametrize(
    "day",
    ["2026-11-23", "2026-11-23T06:30:00", "2026-11-23 00:00", "2026-11-23T00:00:00Z", "23.11.2026", "23.11.2026 06:30"],
)
def test_days_are_iso_dates_or_german_ones_with_or_without_a_time(day: str) -> None:
    assert only(export(workout("Run", day))).day == datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    "day", ["31.2.2026", "23.11.26", "11/23/26", "13/13/2026", "30/2/2026", "20261123", "2026-02-30", "2026-W48-1"]
)
def test_a_row_with_any_other_day_is_skipped(day: str) -> None:
    assert reasons(export(workout("Run", day))) == [(2, f"WorkoutDay is “{day}”. A date such as 2026-11-23 is needed.")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["05/12/2026", "23/11/2026 00:00"], ["2026-12-05", "2026-11-23"]),
        (["12/5/2026", "11/23/2026 6:30 AM"], ["2026-12-05", "2026-11-23"]),
        (["05/05/2026"], ["2026-05-05"]),
        (["2026/12/05", "2026/1/9"], ["2026-12-05", "2026-01-09"]),
        (["2026-12-05", "1/13/2026"], ["2026-12-05", "2026-01-13"]),
    ],
)
def test_days_with_slashes_are_read_as_one_of_them_shows(days: list[str], expected: list[str]) -> None:
    workouts, skipped = read_workouts(export(*(workout("Run", day) for day in days)))
    assert ([str(one.day) for one in workouts], skipped) == (expected, [])


def test_a_day_with_slashes_that_none_explains_is_skipped_with_both_readings() -> None:
    assert reasons(export(workout("Run", "05/12/2026"), workout("Run", "06/12/2026")))[0] == (
        2,
        "WorkoutDay is “05/12/2026”, which can be 5 December or 12 May, and no other day in the file shows which."
        " Write 2026-12-05 or 2026-05-12 in the file.",
    )
    both = reasons(export(workout("Run", "23/11/2026"), workout("Run", "11/23/2026")))
    assert [reason for _, reason in both] == [
        f"WorkoutDay is “{day}”. A date such as 2026-11-23 is needed." for day in ("23/11/2026", "11/23/2026")
    ]


def test_a_row_with_a_year_out_of_range_is_skipped() -> None:
    rows = export(workout("Run", "9999-12-31"))
    assert reasons(rows) == [(2, "WorkoutDay is “9999-12-31”. A year from 1970 to 2199 is needed.")]


def test_a_row_without_a_day_is_skipped() -> None:
    assert reasons(export(workout("Run", " "))) == [(2, "WorkoutDay is empty. A date such as 2026-11-23 is needed.")]


def test_tss_is_computed_from_hours_and_intensity_where_it_is_missing() -> None:
    done = {"IF": "0.8", "TimeTotalInHours": "1.5"}
    assert only(export(workout("Run", DAY, **done))).values()["actual_tss"] == pytest.approx(96)
    assert only(export(workout("Run", DAY, TSS="90", **done))).values()["actual_tss"] == 90
    assert only(export(workout("Run", DAY, IF="0.8"))).values()["tss"] is None


def test_empty_cells_short_rows_and_missing_names() -> None:
    row = only(f"Title,WorkoutType,WorkoutDay,CoachComments,TSS\n ,,{DAY}\n".encode())

    assert (row.title, row.workout_type) == ("Other", "Other")
    assert row.content == {"coach_comments": None, "tss": None}


def test_blank_rows_are_ignored_but_count_for_row_numbers() -> None:
    content = export(workout("Run", DAY), more=["", ",,,", '"","  "', f"Bad,Run,,,,{DAY[:-1]}"])
    rows, skipped = read_workouts(content)

    assert [row.number for row in rows] == [2]
    assert [row["row"] for row in skipped] == [6]


def test_a_text_of_several_lines_is_one_row() -> None:
    content = export(
        workout("Run", DAY, WorkoutDescription="Warm up\r\n\r\n5 x 3 min\rCool down"), workout("Ride", "never", "Bike")
    )
    rows, skipped = read_workouts(content)

    assert rows[0].content["workout_description"] == "Warm up\n\n5 x 3 min\nCool down"
    assert [row["row"] for row in skipped] == [3]


def test_formulas_and_html_are_texts() -> None:
    row = only(export(workout('=HYPERLINK("http://x";"y")', DAY, WorkoutDescription="<script>alert(1)</script>")))

    assert row.title == '=HYPERLINK("http://x";"y")'
    assert row.content["workout_description"] == "<script>alert(1)</script>"


def test_a_missing_closing_quotation_mark_loses_one_row_only() -> None:
    content = export(
        workout("Run", DAY), columns=MINIMAL, more=[f'"Open,Run,{DAY}', f"Ride,Bike,{DAY}", f"Swim,Swim,{DAY}"]
    )
    rows, skipped = read_workouts(content)

    assert [row.title for row in rows] == ["Run", "Ride", "Swim"]
    assert skipped == [{"row": 3, "reason": "Its quotation marks are not balanced."}]


def test_a_file_with_too_many_unbalanced_quotation_marks_is_refused() -> None:
    """For each, the parser reads on to the end of the file."""
    lines = ['a","'] * 101
    assert len(read_workouts(export(columns=MINIMAL, more=lines[1:]))[1]) == 100
    with pytest.raises(NotImportable, match="More than 100 of its rows have unbalanced quotation marks"):
        read_workouts(export(columns=MINIMAL, more=lines))


def test_a_row_that_is_too_long_is_skipped() -> None:
    content = export(workout("Run", DAY), columns=MINIMAL, more=["x" * (bounds.ROW_CHARACTERS + 1), f"Ride,Bike,{DAY}"])
    rows, skipped = read_workouts(content)

    assert [row.title for row in rows] == ["Run", "Ride"]
    assert skipped == [{"row": 3, "reason": f"It has more than {bounds.ROW_CHARACTERS} characters."}]


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "ROWS", 3)
    assert len(read_workouts(export(*[workout("Run", DAY)] * 3))[0]) == 3
    for content in (export(*[workout("Run", DAY)] * 4), export() + b"\n" * 4):
        with pytest.raises(NotImportable, match="more than 3 rows"):
            read_workouts(content)


def test_a_row_with_too_many_cells_is_skipped_because_its_texts_are_shifted() -> None:
    content = export(columns=MINIMAL, more=[f"Easy, then hard,Run,{DAY}", f"Ride,Bike,{DAY},,"])
    rows, skipped = read_workouts(content)

    assert [row.title for row in rows] == ["Ride"]
    assert skipped[0]["reason"].startswith("It has more cells than the header")


def test_a_row_with_a_text_that_is_too_long_is_skipped() -> None:
    assert only(export(workout("x" * 500, DAY))).title == "x" * 500
    assert reasons(export(workout("x" * 501, DAY))) == [(2, "Title is longer than 500 characters.")]
    assert reasons(export(workout("Run", DAY, "x" * 101))) == [(2, "WorkoutType is longer than 100 characters.")]


def test_a_long_description_is_read_completely() -> None:
    text = "100 easy " * 11_111
    assert only(export(workout("Run", DAY, WorkoutDescription=text))).content["workout_description"] == text
    assert reasons(export(workout("Run", DAY, WorkoutDescription=text + "12"))) == [
        (2, "WorkoutDescription is longer than 100000 characters.")
    ]


def test_ten_megabytes_are_read_and_one_byte_more_is_refused() -> None:
    text = "x" * bounds.CHARACTERS
    content = export(*(workout("Run", DAY, WorkoutDescription=text) for _ in range(104)))
    content += b" " * (MAX_BYTES - len(content))

    assert len(read_workouts(content)[0]) == 104
    with pytest.raises(NotImportable, match="larger than 10 MB"):
        read(content + b"\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (codecs.BOM_UTF8 + b" \r\n\r\n", "The file is empty."),
        (bytes(range(256)), "This is not a text file."),
        (b"Hello,\nI am no plan.", "it has no column Title, WorkoutType, WorkoutDay; found columns Hello, ."),
        (b"Title,Date\nRun,2026-11-23", "it has no column WorkoutType, WorkoutDay; found columns Title, Date."),
        (b'"Title\nnever closed', "This is not a TrainingPeaks export"),
    ],
)
def test_a_file_that_is_not_an_export_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotImportable) as refusal:
        read(content)
    assert reason in str(refusal.value)
