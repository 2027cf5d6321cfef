"""How an existing table differs from the one that a migration would create."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# Only numbers, text, dates and booleans are distinguished: an older version may have had another width.
KINDS = """
SELECT attname, t.typcategory, (SELECT typcategory FROM pg_type WHERE oid = to_regtype(wanted.type))
FROM unnest(%s::text[], %s::text[]) AS wanted (name, type)
JOIN pg_attribute a ON attrelid = to_regclass(%s) AND attname = wanted.name AND NOT attisdropped
JOIN pg_type t ON t.oid = a.atttypid
"""
KIND_NAMES = {"N": "numbers", "S": "text", "D": "dates", "B": "booleans"}


def column_differences(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[str]:
    """Differences that the model could not work with. Additional columns are fine, if they need no value."""
    table = model._meta.db_table
    wanted = {str(field.column): field.db_type(connection) for field in model._meta.local_concrete_fields}
    with connection.cursor() as cursor:
        found = {info.name: info for info in connection.introspection.get_table_description(cursor, table)}
        tables = connection.introspection.table_names(cursor)
        kinds = _kinds(connection, cursor, table, wanted)
    differences = []
    if missing := [column for column in wanted if column not in found]:
        differences.append(f"it lacks {', '.join(missing)}")
    if needed := [name for name, info in found.items() if name not in wanted and _needs_a_value(info)]:
        differences.append(f"{', '.join(needed)} must have a value, and nothing sets one")
    differences += [f"{column} holds {has}, not {needs}" for column, (has, needs) in kinds.items() if has != needs]
    differences += [
        f"the table {through} is missing"
        for through in (field.m2m_db_table() for field in model._meta.local_many_to_many)
        if through not in tables
    ]
    return differences


def _needs_a_value(info: Any) -> bool:
    return not (info.null_ok or info.default is not None or getattr(info, "is_autofield", False))


def _kinds(
    connection: BaseDatabaseWrapper, cursor: Any, table: str, wanted: dict[str, str | None]
) -> dict[str, tuple[str, str]]:
    """What each column holds, and what it should hold. SQLite's columns hold anything."""
    if connection.vendor != "postgresql":
        return {}
    cursor.execute(KINDS, [list(wanted), list(wanted.values()), connection.ops.quote_name(table)])
    return {
        name: (KIND_NAMES[found], KIND_NAMES[should])
        for name, found, should in cursor.fetchall()
        if found in KIND_NAMES and should in KIND_NAMES
    }
