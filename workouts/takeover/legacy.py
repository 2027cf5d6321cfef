"""The tables of the old application (Flask, SQLAlchemy, Alembic), and how a database differs from them."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

REVISIONS = {
    "c1ce1892f74b": "without the unique constraint",
    "ffe812d426e2": "with the unique constraint",
}
UNIQUE_NAME = "uq_workout_selections_workout_id"
FOREIGN_KEYS = [("workouts", "id"), ("workouts", None)]
"""SQLite may leave out the primary key."""

PARTIAL = {
    "postgresql": (
        "SELECT c.relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
        " WHERE indrelid = to_regclass(%s) AND indisunique AND (indpred IS NOT NULL OR NOT indimmediate)"
    ),
    "sqlite": 'SELECT name FROM pragma_index_list(%s) WHERE "unique" AND partial',
}

Columns = dict[str, str]

LEGACY: dict[str, Columns] = {
    "workouts": {
        "id": "integer NOT NULL",
        "title": "character varying(500) NOT NULL",
        "workout_type": "character varying(100) NOT NULL",
        "workout_description": "text",
        "planned_duration": "double precision",
        "planned_distance_meters": "double precision",
        "originally_planned_day": "date NOT NULL",
        "coach_comments": "text",
        "tss": "double precision",
        "intensity_factor": "double precision",
        "is_custom": "boolean NOT NULL",
        "created_at": "timestamp without time zone",
    },
    "workout_selections": {
        "id": "integer NOT NULL",
        "workout_id": "integer NOT NULL",
        "is_selected": "boolean",
        "current_plan_day": "date",
        "time_of_day": "character varying(50)",
        "workout_location": "character varying(100)",
        "user_notes": "text",
        "updated_at": "timestamp without time zone",
    },
}

# The names of these types, by vendor and by whether the database is the old application's or our own.
SQLITE = {"character varying": "varchar", "timestamp without time zone": "datetime"}
WORDS: dict[tuple[str, bool], dict[str, str]] = {
    ("postgresql", True): {},
    ("postgresql", False): {"timestamp without time zone": "timestamp with time zone"},
    ("sqlite", True): {**SQLITE, "double precision": "float"},
    ("sqlite", False): {**SQLITE, "double precision": "real", "boolean": "bool"},
}


def find_differences(connection: BaseDatabaseWrapper) -> list[str]:
    """Why the database cannot be taken over, in words; empty if it can."""
    with connection.cursor() as cursor:
        tables = {info.name for info in connection.introspection.get_table_list(cursor)}
        if unreadable := _unreadable(cursor):
            return unreadable
        revisions = alembic_revisions(cursor) if "alembic_version" in tables else None
        if revisions is not None and not (len(revisions) == 1 and revisions[0] in REVISIONS):
            found = " and ".join(map(str, revisions)) or "none"
            return [f"its Alembic revision is {found}, and must be {' or '.join(REVISIONS)}"]
        present = LEGACY.keys() & tables
        if not present and revisions is None:
            return []
        differences = [f"table {table} is missing" for table in LEGACY if table not in present]
        for table in sorted(present):
            expected = _expected_columns(connection.vendor, table, legacy=revisions is not None)
            differences += _column_differences(table, _columns(connection, cursor, table), expected)
            constraints = connection.introspection.get_constraints(cursor, table)
            cursor.execute(PARTIAL[connection.vendor], [table])
            differences += _key_differences(table, constraints, {name for (name,) in cursor.fetchall()})
        if differences and revisions is None:
            differences.insert(0, "there is no alembic_version, so the tables must be this version's own")
        return differences or _orphans(connection, cursor)


def _unreadable(cursor: CursorWrapper) -> list[str]:
    """Only Alembic needed this right, so it is forgotten where a role or an owner was replaced."""
    if cursor.db.vendor != "postgresql":
        return []
    cursor.execute(
        "SELECT c.oid::regclass, quote_ident(current_user) FROM pg_class c"
        " WHERE c.oid = to_regclass('alembic_version') AND NOT has_table_privilege(c.oid, 'SELECT')"
    )
    return [
        f"role {role} may not read {table}. As its owner or a superuser: GRANT SELECT ON {table} TO {role};"
        for table, role in cursor.fetchall()
    ]


def alembic_revisions(cursor: CursorWrapper) -> list[str]:
    """Of a table of that name that is not Alembic's, none."""
    columns = cursor.db.introspection.get_table_description(cursor, "alembic_version")
    if "version_num" not in {column.name for column in columns}:
        return []
    cursor.execute("SELECT version_num FROM alembic_version ORDER BY version_num")
    return [revision for (revision,) in cursor.fetchall()]


def _expected_columns(vendor: str, table: str, *, legacy: bool) -> Columns:
    """Without an Alembic revision, only our own 0001 can have created the tables: a release was killed after it."""
    words = WORDS[vendor, legacy]
    columns = {}
    for column, definition in LEGACY[table].items():
        word = next((word for word in words if definition.startswith(word)), "")
        columns[column] = definition.replace(word, words.get(word, ""), 1) if word else definition
    return columns


def _columns(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str) -> Columns:
    if connection.vendor == "sqlite":
        cursor.execute(f"PRAGMA table_info({connection.ops.quote_name(table)})")
        rows = [(name, declared.lower(), bool(not_null)) for _, name, declared, not_null, *_ in cursor.fetchall()]
    else:
        cursor.execute(
            "SELECT attname,"
            " format_type(atttypid, atttypmod) || CASE attgenerated WHEN '' THEN '' ELSE ' GENERATED' END, attnotnull"
            " FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        rows = cursor.fetchall()
    return {name: f"{kind} NOT NULL" if not_null else kind for name, kind, not_null in rows}


def _column_differences(table: str, found: Columns, expected: Columns) -> list[str]:
    return [
        f"column {table}.{column} is {found.get(column, 'missing')}, and must be {expected.get(column, 'absent')}"
        for column in (*expected, *(found.keys() - expected.keys()))
        if found.get(column) != expected.get(column)
    ]


def _key_differences(table: str, constraints: dict[str, Any], partial: set[str]) -> list[str]:
    """The deduplication relies on keys. It does not rely on plain indexes, so these are not compared.

    `partial` are the names of unique indexes that do not hold for every row at every moment.
    """
    differences = []
    if not any(found["primary_key"] and found["columns"] == ["id"] for found in constraints.values()):
        differences.append(f"{table} has no primary key on id")
    if table == "workout_selections" and not any(
        found["foreign_key"] in FOREIGN_KEYS and found["columns"] == ["workout_id"] for found in constraints.values()
    ):
        differences.append("workout_selections.workout_id does not refer to workouts.id")
    differences += [
        f"{table} has the unknown unique constraint {name} on {_listed(found['columns'])}"
        + " that is partial or deferrable" * (name in partial)
        for name, found in constraints.items()
        if (
            found["unique"]
            and not found["primary_key"]
            and (table, name, found["columns"]) != ("workout_selections", UNIQUE_NAME, ["workout_id"])
        )
        or name in partial
    ]
    return differences


def _listed(columns: list[str | None]) -> str:
    return ", ".join(column or "an expression" for column in columns or [None])


def _orphans(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> list[str]:
    """Rows that violate foreign keys. The old application did not make SQLite enforce them, and Django checks all."""
    if connection.vendor != "sqlite":
        return []
    cursor.execute("SELECT id FROM workout_selections WHERE workout_id NOT IN (SELECT id FROM workouts) LIMIT 10")
    ids = [str(selection) for (selection,) in cursor.fetchall()]
    orphans = [f"selections such as {', '.join(ids)} refer to workouts that do not exist"] if ids else []
    cursor.execute('SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2')
    orphans += [
        f"{count} rows of {table} refer to rows of {parent} that do not exist (PRAGMA foreign_key_check lists them)"
        for table, parent, count in cursor.fetchall()
        if (table, parent) != ("workout_selections", "workouts")
    ]
    return orphans
