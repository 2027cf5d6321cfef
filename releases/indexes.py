"""PostgreSQL indexes built concurrently, repeatable after a crash at any point."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management import CommandError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from releases.limits import Limits

# What has the name: is it usable, is it exactly ours, and does it stand behind a plain unique constraint of that name?
FOUND = """
SELECT i.indisvalid AND i.indisready,
    i.indrelid = to_regclass(%(table)s) AND i.indisunique = %(unique)s AND am.amname = 'btree'
        AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnatts = i.indnkeyatts
        AND NOT coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
        AND NOT EXISTS (SELECT FROM unnest(i.indoption) AS option WHERE option <> 0)
        AND %(columns)s::text[] = ARRAY(
            SELECT attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY place),
    (SELECT contype = 'u' AND NOT condeferrable FROM pg_constraint
        WHERE conindid = i.indexrelid AND conrelid = i.indrelid AND conname = c.relname)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_am am ON am.oid = c.relam
WHERE c.relname = %(name)s
    AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%(table)s))
UNION ALL
SELECT true, false, NULL FROM pg_constraint
WHERE conrelid = to_regclass(%(table)s) AND conname = %(name)s AND conindid = 0
"""


def build_concurrently(
    schema_editor: BaseDatabaseSchemaEditor, table: str, name: str, columns: Sequence[str], *, unique: bool
) -> bool:
    """Leaves a valid index of exactly this definition. Returns whether a constraint of its name stands on it already.

    A build that failed leaves an INVALID index, which may already reject writes: it is dropped at once, and the one
    that a killed release left is dropped first. Raises CommandError where the name belongs to something else.
    """
    quote = schema_editor.quote_name
    if not schema_editor.collect_sql:
        match _standing(schema_editor, table, name, columns, unique=unique):
            case "constraint":
                return True
            case "index":
                return False
            case "invalid":
                with _patient(schema_editor):
                    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quote(name)}", params=None)
    listed = ", ".join(quote(column) for column in columns)
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with _patient(schema_editor):
        try:
            statement = f"CREATE {kind} CONCURRENTLY {quote(name)} ON {quote(table)} ({listed})"
            schema_editor.execute(statement, params=None)
        except BaseException:
            if schema_editor.connection.is_usable():
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quote(name)}", params=None)
            raise
    return False


def _standing(
    schema_editor: BaseDatabaseSchemaEditor, table: str, name: str, columns: Sequence[str], *, unique: bool
) -> str:
    """What of ours has the name already: `constraint`, `index`, `invalid`, or nothing."""
    wanted: dict[str, Any] = {
        "table": schema_editor.quote_name(table),
        "name": name,
        "columns": list(columns),
        "unique": unique,
    }
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FOUND, wanted)
        found = cursor.fetchone()
    if found is None:
        return ""
    valid, ours, constrains = found
    if not ours or constrains is False:
        definition = f"{'UNIQUE ' if unique else ''}({', '.join(columns)})"
        raise CommandError(
            f"{name} on {table} exists with another definition than {definition}. Nothing was changed by this"
            " migration. Drop or rename it, then run the release again."
        )
    if not valid:
        return "invalid"
    return "constraint" if constrains else "index"


@contextmanager
def _patient(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    """A concurrent build waits for older transactions. That queues nobody behind it, so it may wait for longer."""
    if schema_editor.collect_sql:
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{Limits.from_settings().build:g}s"])
        try:
            yield
        finally:
            if schema_editor.connection.is_usable():
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", before)
