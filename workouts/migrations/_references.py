"""Foreign keys of other software to workout_selections.id: rows that refer to a removed selection get the kept one.

`filled` of the archived row records these rows, under the name of the referring column and by the other columns of
their primary key, so that the reverse migration can change them back. A row that was changed in the meantime stays as
it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Reference:
    """A column that refers to workout_selections.id. All attributes but `name` are SQL.

    `key` identifies a row of `referring` among those of one selection. None if the table has no primary key.
    """

    table: str
    column: str
    key: str | None
    name: str


FOREIGN_KEYS = """
SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS source, quote_ident(a.attname) AS field, (
    SELECT format('CAST(json_build_array(%s) AS text)', string_agg(format('referring.%I', k.attname), ', ')
        FILTER (WHERE k.attnum <> a.attnum))
    FROM pg_constraint p JOIN pg_attribute k ON k.attrelid = p.conrelid AND k.attnum = ANY (p.conkey)
    WHERE p.conrelid = f.conrelid AND p.contype = 'p' HAVING count(*) > 0
) AS key
FROM pg_constraint f
JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
JOIN pg_attribute target ON target.attrelid = f.confrelid AND target.attnum = f.confkey[1]
WHERE f.contype = 'f' AND f.confrelid = to_regclass('workout_selections') AND f.conparentid = 0
    AND cardinality(f.confkey) = 1 AND target.attname = 'id'
ORDER BY 1, 2
"""

# The guard refers to a row that does not exist yet. A comment on the constraint records that it was not deferrable.
MARK = " [not deferrable, but while keep_one_workout_selection stands]"
CONSTRAINTS = f"""
SELECT f.conrelid::regclass, quote_ident(f.conname), replace(coalesce(obj_description(f.oid), ''), '{MARK}', '')
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
WHERE f.contype = 'f' AND f.confrelid = to_regclass('workout_selections') AND f.conparentid = 0
    AND pg_has_role(c.relowner, 'USAGE')
"""
NOT_DEFERRABLE = f"{CONSTRAINTS} AND NOT f.condeferrable"
MARKED = f"{CONSTRAINTS} AND strpos(obj_description(f.oid), '{MARK}') > 0"

QUOTED = {"postgresql": "to_json(CAST(%s AS text))", "sqlite": "json_quote(%s || '')"}
GATHERED = {"postgresql": "CAST(json_agg({key}) AS text)", "sqlite": "json_group_array({key})"}

NOTE = """
UPDATE ranked_selections
SET filled = rtrim(filled, '}}') || CASE filled WHEN '{{}}' THEN '' ELSE ', ' END
    || {name} || ': ' || {keys} || '}}'
FROM (
    SELECT {column} AS id, {gathered} AS keys FROM {table} AS referring
    WHERE {column} IN (SELECT id FROM ranked_selections) GROUP BY {column}
) found
WHERE ranked_selections.id = found.id
"""

REPOINT = """
UPDATE {table} AS referring SET {column} = r.kept_id FROM ranked_selections r WHERE referring.{column} = r.id
"""

REFERRING = "SELECT count(*) FROM {table} WHERE {column} IN (SELECT id FROM ranked_selections)"

NOTED = {
    "postgresql": "jsonb_exists(CAST(a.filled ->> %s AS jsonb), {key})",
    "sqlite": (
        "{key} IN (SELECT noted.value FROM json_each(a.filled) note,"
        " json_each(CASE WHEN note.key = %s THEN note.value END) noted)"
    ),
}

LED_AWAY = """
referring.{column} = a.kept_selection_id AND {noted} AND a.workout_id IN (SELECT id FROM workouts)
"""
LEAD_BACK = """
UPDATE {table} AS referring SET {column} = a.selection_id FROM workout_selections_archive a WHERE {led_away}
"""
STILL_AWAY = "SELECT count(*) FROM {table} AS referring JOIN workout_selections_archive a ON {led_away}"


def find_references(cursor: Any, connection: BaseDatabaseWrapper) -> list[Reference]:
    if connection.vendor == "postgresql":
        cursor.execute(FOREIGN_KEYS)
        return [Reference(table, column, key, f"{table}.{column}") for table, column, key in cursor.fetchall()]
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [one for (table,) in cursor.fetchall() for one in _references_of(cursor, connection, table)]


def _references_of(cursor: Any, connection: BaseDatabaseWrapper, table: str) -> Iterator[Reference]:
    quote = connection.ops.quote_name
    cursor.execute(f"PRAGMA foreign_key_list({quote(table)})")
    columns = {
        column
        for _, _, target, column, to, *_ in cursor.fetchall()
        if target.lower() == "workout_selections" and (to or "id").lower() == "id"
    }
    cursor.execute(f"PRAGMA table_info({quote(table)})")
    keys = [name for _, name, *_, place in cursor.fetchall() if place]
    for column in sorted(columns):
        others = ", ".join(f"referring.{quote(key)}" for key in keys if key != column)
        # Converted to text, because json_group_array would not quote JSON.
        key = f"(json_array({others}) || '')" if keys else None
        yield Reference(quote(table), quote(column), key, f"{table}.{column}")


def make_deferrable(cursor: Any, connection: BaseDatabaseWrapper) -> None:
    """Uses one transaction per table, as in 0002."""
    cursor.execute(NOT_DEFERRABLE)
    for table, name, comment in cursor.fetchall():
        with transaction.atomic(using=connection.alias):
            cursor.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE")
            cursor.execute(f"COMMENT ON CONSTRAINT {name} ON {table} IS %s", [comment + MARK])


def make_not_deferrable(cursor: Any, connection: BaseDatabaseWrapper) -> None:
    cursor.execute(MARKED)
    for table, name, comment in cursor.fetchall():
        with transaction.atomic(using=connection.alias):
            cursor.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")
            cursor.execute(f"COMMENT ON CONSTRAINT {name} ON {table} IS %s", [comment or None])


def repoint(cursor: Any, connection: BaseDatabaseWrapper, reference: Reference) -> int:
    """Changes the rows to refer to the kept selection. Returns how many could not be changed, normally 0."""
    names = {"table": reference.table, "column": reference.column}
    gathered = GATHERED[connection.vendor].format(key=reference.key)
    quoted = QUOTED[connection.vendor]
    note = NOTE.format(**names, gathered=gathered, name=quoted, keys=quoted.replace("%s", "found.keys"))
    cursor.execute(note, [reference.name])
    cursor.execute(REPOINT.format(**names))
    cursor.execute(REFERRING.format(**names))
    return int(cursor.fetchone()[0])


def lead_back(cursor: Any, connection: BaseDatabaseWrapper, reference: Reference) -> int:
    """Changes the rows back to their former selection. Returns how many could not be changed back, normally 0.

    It repeats until nothing changes: a chain of removals may have changed a row several times.
    """
    names = {"table": reference.table, "column": reference.column}
    noted = NOTED[connection.vendor].format(key=reference.key)
    led_away = LED_AWAY.format(**names, noted=noted)
    statement = LEAD_BACK.format(**names, led_away=led_away)
    cursor.execute(statement, [reference.name])
    while cursor.rowcount:
        cursor.execute(statement, [reference.name])
    cursor.execute(STILL_AWAY.format(**names, led_away=led_away), [reference.name])
    return int(cursor.fetchone()[0])
