"""The database of the Flask application: its tables at either revision, and made-up rows, duplicates included."""

import datetime
import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rehearsal import old_application

Sql = Callable[..., list[tuple[Any, ...]]]

FIRST_REVISION = old_application.REVISION
UNIQUE_REVISION = "ffe812d426e2"

# As its SQLite dialect did: no AUTOINCREMENT, types in capitals.
SQLITE = (
    """CREATE TABLE alembic_version (
        version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))""",
    """CREATE TABLE users (
        id INTEGER NOT NULL, email VARCHAR(120) NOT NULL, password_hash TEXT, PRIMARY KEY (id), UNIQUE (email))""",
    """CREATE TABLE workouts (
        id INTEGER NOT NULL, title VARCHAR(500) NOT NULL, workout_type VARCHAR(100) NOT NULL,
        workout_description TEXT, planned_duration FLOAT, planned_distance_meters FLOAT,
        originally_planned_day DATE NOT NULL, coach_comments TEXT, tss FLOAT, intensity_factor FLOAT,
        created_at DATETIME, is_custom BOOLEAN DEFAULT '0' NOT NULL, PRIMARY KEY (id))""",
    """CREATE TABLE workout_selections (
        id INTEGER NOT NULL, workout_id INTEGER NOT NULL, is_selected BOOLEAN, current_plan_day DATE,
        time_of_day VARCHAR(50), user_notes TEXT, updated_at DATETIME, workout_location VARCHAR(100),
        PRIMARY KEY (id), FOREIGN KEY(workout_id) REFERENCES workouts (id){unique})""",
)
TABLES = {"postgresql": old_application.TABLES, "sqlite": SQLITE}
UNIQUE = "CONSTRAINT uq_workout_selections_workout_id UNIQUE (workout_id)"


class Selection(NamedTuple):
    id: int
    workout_id: int
    is_selected: bool | None = None
    current_plan_day: str | None = None
    time_of_day: str | None = None
    workout_location: str | None = None
    user_notes: str | None = None
    updated_at: str | None = None


COLUMNS = ", ".join(Selection._fields)

NOON = "2026-01-10 12:00:00.000000"
LATER = "2026-01-10 12:00:00.000678"

SELECTIONS = (
    Selection(1, 1, True, "2026-01-06", "evening", "indoor", "bring fins", NOON),
    Selection(2, 2, False, None, "morning", None, None, NOON),
    # One drag: the day in one row, the time of day in the other.
    Selection(10, 10, True, "2026-01-16", None, None, None, NOON),
    Selection(11, 10, True, None, "morning", None, None, LATER),
    # The row with the lower id is the later one; blanks count as empty.
    Selection(12, 11, None, None, "", "", None, LATER),
    Selection(13, 11, True, "2026-01-20", "7am", None, "", NOON),
    Selection(14, 11, False, "2026-01-21", "evening", "outdoor", "hills", "2026-01-09 12:00:00.000000"),
    # Skipped after filling: gets no time of day.
    Selection(15, 12, None, None, None, None, None, LATER),
    Selection(16, 12, False, "2026-01-22", "evening", None, None, NOON),
    # No timestamp sorts last; of equal ones the higher id wins.
    Selection(17, 13, True, None, None, None, "older", None),
    Selection(18, 13, None, None, None, None, None, None),
    Selection(19, 14, True, "2026-01-23", None, None, None, NOON),
    Selection(20, 14, True, "2026-01-24", None, None, None, NOON),
    Selection(21, 14, True, None, "night", None, None, None),
    # An empty selection reads as selected.
    Selection(22, 15),
)
UNIQUE_SELECTIONS = tuple(row for row in SELECTIONS if row.workout_id in (1, 2, 15))


def create(sql: Sql, engine: str, revision: str = FIRST_REVISION, rows: Sequence[Selection] | None = None) -> None:
    """Creates the old application's tables at `revision`, with workouts 1 to 30 and the selections `rows`."""
    unique = revision == UNIQUE_REVISION
    if rows is None:
        rows = UNIQUE_SELECTIONS if unique else SELECTIONS
    statements = [statement.replace("{unique}", f", {UNIQUE}" if unique else "") for statement in TABLES[engine]]
    if unique and engine == "postgresql":
        statements.append(f"ALTER TABLE workout_selections ADD {UNIQUE}")
    statements.append(f"INSERT INTO alembic_version VALUES ('{revision}')")
    statements.append("INSERT INTO users (email, password_hash) VALUES ('old@example.org', 'scrypt:...')")
    for statement in ["; ".join(statements)] if engine == "postgresql" else statements:  # SQLite's driver takes one
        sql(statement)
    insert_workouts(sql, *range(1, 31))
    insert_selections(sql, *rows)
    if engine == "postgresql":
        next_ids = "SELECT setval('{0}_id_seq', coalesce(max(id), 0) + 1, false) FROM {0}"
        sql("; ".join(next_ids.format(table) for table in ("workouts", "workout_selections")))


def insert_workouts(sql: Sql, *numbers: int) -> None:
    """Inserts every column, with explicit NULLs, as the old application did."""
    columns = (
        "id, title, workout_type, workout_description, planned_duration, planned_distance_meters,"
        " originally_planned_day, coach_comments, tss, intensity_factor, created_at, is_custom"
    )
    _insert(sql, "workouts", columns, [_workout(number) for number in numbers])


def _workout(number: int) -> tuple[Any, ...]:
    day = datetime.date(2026, 1, 5) + datetime.timedelta(days=number)
    values = (number, f"Tempo, {number} blocks — légère", "Run", None, 0.8, 9000.0, day.isoformat(), None, None, 0.75)
    return (*values, f"2026-01-02 08:00:00.{number:06d}" if number % 3 else None, number % 5 == 0)


def insert_selections(sql: Sql, *rows: Selection) -> None:
    _insert(sql, "workout_selections", COLUMNS, rows)


def _insert(sql: Sql, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    """In one statement, because each has a connection of its own."""
    if not rows:
        return
    marks = ", ".join(f"({', '.join(['%s'] * len(row))})" for row in rows)
    sql(f"INSERT INTO {table} ({columns}) VALUES {marks}", *itertools.chain(*rows))


def selections(sql: Sql) -> dict[int, Selection]:
    """The live rows by id, in the same notation on both engines."""
    return {row.id: row for row in (_selection(row) for row in sql(f"SELECT {COLUMNS} FROM workout_selections"))}


def archive(sql: Sql) -> dict[int, tuple[Selection, int]]:
    """The archived rows by their old id, each with the id of the row that was kept."""
    columns = COLUMNS.replace("id,", "selection_id,", 1)
    found = sql(f"SELECT {columns}, kept_selection_id FROM workout_selections_archive")
    rows = [(_selection(row[:-1]), row[-1]) for row in found]
    assert len({row.id for row, _ in rows}) == len(rows)
    return {row.id: (row, kept) for row, kept in rows}


def workouts(sql: Sql) -> list[tuple[Any, ...]]:
    rows = sql(
        "SELECT id, title, workout_type, workout_description, planned_duration, planned_distance_meters,"
        " originally_planned_day, coach_comments, tss, intensity_factor, is_custom, created_at"
        " FROM workouts ORDER BY id"
    )
    return [(*row[:6], str(row[6]), *row[7:10], bool(row[10]), _timestamp(row[11])) for row in rows]


def _selection(row: Sequence[Any]) -> Selection:
    number, workout, selected, day, time_of_day, place, notes, updated = row
    return Selection(
        number,
        workout,
        None if selected is None else bool(selected),
        None if day is None else str(day),
        time_of_day,
        place,
        notes,
        _timestamp(updated),
    )


def _timestamp(value: Any) -> str | None:
    """UTC without an offset, always with microseconds."""
    if value is None:
        return None
    moment = datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo:
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return str(moment.isoformat(sep=" ", timespec="microseconds"))


def settle(rows: Sequence[Selection]) -> tuple[dict[int, Selection], dict[int, tuple[Selection, int]]]:
    """The rule for duplicates, written a second time without SQL: which rows must be live and which archived."""
    live: dict[int, Selection] = {}
    archived: dict[int, tuple[Selection, int]] = {}
    ordered = sorted(rows, key=lambda row: (row.updated_at or "", row.id), reverse=True)
    for _, group in itertools.groupby(sorted(ordered, key=lambda row: row.workout_id), lambda row: row.workout_id):
        kept, *removed = group
        values = {name: getattr(kept, name) for name in Selection._fields[2:7]}
        for name, value in values.items():
            given = [candidate for row in removed if (candidate := getattr(row, name)) not in (None, "")]
            if value in (None, "") and given and not (name == "time_of_day" and values["is_selected"] is False):
                values[name] = given[0]
        live[kept.id] = kept._replace(**values)
        archived |= {row.id: (row, kept.id) for row in removed}
    return live, archived
