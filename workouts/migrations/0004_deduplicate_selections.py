"""Keeps at most one selection per workout, so that 0005 can add the constraint.

Cause: one drag sent two requests, for the date and for the time of day. Each found no selection and inserted one.

Rule (docs/selection-race-condition-plan.md):
1. Per workout the row with the latest updated_at is kept; no timestamp sorts last, then the higher id wins.
2. What it left empty (NULL or '') is filled, each column from the most recent removed row that has it. A row that is
   then skipped takes no time_of_day.
3. Every removed row is copied to the archive verbatim, with a record of what was filled from it.
4. The reverse restores the rows exactly. A filled value that was changed in the meantime stays.
5. Foreign keys of other software that refer to a removed row are changed to refer to the kept one (_references.py).

On PostgreSQL the guard (_guard.py) is installed first, so that the old version inserts no new duplicates. Rows that a
writer has locked are left for later: this migration never waits for a row while it holds others, so it cannot deadlock.

Each batch commits by itself: after a release is killed here, the next one has less to do. The reverse is one
transaction. Both check their work before they commit: a trigger, a rule or row-level security may have prevented it.
"""

import time
from collections import deque
from contextlib import contextmanager

from django.core.management import CommandError
from django.db import migrations, transaction
from django.utils import timezone

from releases.operations import build_concurrently
from workouts.migrations import _guard as guard
from workouts.migrations._checks import (
    DIFFERS,
    PreventedError,
    check_batch,
    check_filled,
    check_restored,
    emptied_otherwise,
)
from workouts.migrations._references import (
    find_references,
    lead_back,
    make_deferrable,
    make_not_deferrable,
    repoint,
)

BATCH = 1000  # rows per transaction, and the rest of the last workout; a writer of one of them waits until it ends

COLUMNS = ("is_selected", "current_plan_day", "time_of_day", "workout_location", "user_notes")
TEXT_COLUMNS = COLUMNS[2:]
ROW = ", ".join((*COLUMNS, "updated_at"))
SELECTED = ", ".join(f"s.{column}" for column in (*COLUMNS, "updated_at"))

# SQLite compares timestamps as text, which has no fraction if it is zero.
LATEST = {"postgresql": "s.updated_at", "sqlite": "substr(s.updated_at || '.000000', 1, 26)"}
JSON = {"postgresql": "CAST(%s AS jsonb)", "sqlite": "%s"}

DUPLICATES = f"""
CREATE TEMPORARY TABLE duplicate_selections AS
SELECT id, workout_id, count(*) OVER (ORDER BY workout_id) / {BATCH} AS batch
FROM workout_selections
WHERE workout_id IN (SELECT workout_id FROM workout_selections GROUP BY workout_id HAVING count(*) > 1)
"""

BATCHES = "SELECT batch, count(DISTINCT workout_id) FROM duplicate_selections GROUP BY batch ORDER BY batch"

HOLD = f"""
INSERT INTO held_selections
SELECT s.id, s.workout_id, {SELECTED} FROM workout_selections s JOIN duplicate_selections d ON d.id = s.id
WHERE d.batch = %s
"""
SKIP_LOCKED = {"postgresql": " FOR UPDATE OF s SKIP LOCKED", "sqlite": ""}

# Workouts of the batch of which another session has locked a row, and one such row.
BUSY = """
SELECT d.workout_id, min(d.id) FROM duplicate_selections d JOIN workout_selections s ON s.id = d.id
WHERE d.batch = %s AND d.id NOT IN (SELECT id FROM held_selections) GROUP BY d.workout_id
"""

# All at once: writers of the rows that are held wait meanwhile.
LEAVE = "DELETE FROM held_selections WHERE workout_id IN ({})"

# `place` 1 is the kept row. Each column is filled from the row at the lowest place that has a value.
RANK = """
WITH ranked AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.workout_id ORDER BY {latest} DESC NULLS LAST, s.id DESC) AS place
    FROM {chosen} s
), given AS (
    SELECT
        id,
        place,
        min(updated_at) FILTER (WHERE place = 1) OVER workout AS kept_updated_at,
        min(id) FILTER (WHERE place = 1) OVER workout AS kept_id,
        min(time_of_day) FILTER (WHERE place = 1) OVER workout AS kept_time_of_day,
        min(workout_location) FILTER (WHERE place = 1) OVER workout AS kept_workout_location,
        min(user_notes) FILTER (WHERE place = 1) OVER workout AS kept_user_notes,
        min(place) FILTER (WHERE is_selected IS NOT NULL) OVER workout AS is_selected,
        min(place) FILTER (WHERE NOT is_selected) OVER workout AS skipped,
        min(place) FILTER (WHERE current_plan_day IS NOT NULL) OVER workout AS current_plan_day,
        min(place) FILTER (WHERE time_of_day <> '') OVER workout AS time_of_day,
        min(place) FILTER (WHERE workout_location <> '') OVER workout AS workout_location,
        min(place) FILTER (WHERE user_notes <> '') OVER workout AS user_notes
    FROM ranked WINDOW workout AS (PARTITION BY workout_id)
)
SELECT id, kept_id, kept_updated_at, {filled} AS filled FROM given WHERE place > 1
"""

ARCHIVE = f"""
INSERT INTO workout_selections_archive (selection_id, workout_id, {ROW}, kept_selection_id, filled, archived_at)
SELECT s.id, s.workout_id, {SELECTED}, r.kept_id, {{json}}, %s
FROM ranked_selections r JOIN held_selections s ON s.id = r.id
"""

# A kept row takes each column from at most one removed row.
FILL = """
UPDATE workout_selections SET {columns}
FROM (
    SELECT r.kept_id, {taken}
    FROM ranked_selections r JOIN held_selections giving ON giving.id = r.id
    WHERE r.filled <> '{{}}' GROUP BY r.kept_id
) taken
WHERE workout_selections.id = taken.kept_id
"""
THE_ONE = {"postgresql": {"is_selected": "bool_or"}, "sqlite": {}}

GAPS = "SELECT {} FROM ranked_selections".format(
    ", ".join(f"count(CASE WHEN filled LIKE '%\"{column}\":%' THEN 1 END)" for column in COLUMNS)
)

REMOVE = "DELETE FROM workout_selections WHERE id IN (SELECT id FROM ranked_selections)"

WORK_TABLES = {
    "duplicate_selections": DUPLICATES,
    "held_selections": (
        f"CREATE TEMPORARY TABLE held_selections AS SELECT id, workout_id, {ROW} FROM workout_selections WHERE 1 = 0"
    ),
    "ranked_selections": (
        "CREATE TEMPORARY TABLE ranked_selections"
        " (id integer PRIMARY KEY, kept_id integer, kept_updated_at timestamp with time zone, filled text)"
    ),
}

RESTORABLE = "a.workout_id IN (SELECT id FROM workouts)"
ARCHIVED = f"workout_selections_archive a LEFT JOIN workout_selections s ON s.id = a.selection_id WHERE {RESTORABLE}"

# The column may be GENERATED ALWAYS AS IDENTITY.
OVERRIDING = {"postgresql": "OVERRIDING SYSTEM VALUE", "sqlite": ""}

RESTORE = f"""
INSERT INTO workout_selections (id, workout_id, {ROW}) {{overriding}}
SELECT a.selection_id, a.workout_id, {", ".join(f"a.{column}" for column in (*COLUMNS, "updated_at"))}
FROM {ARCHIVED} AND s.id IS NULL
"""

KEPT = """
CREATE TEMPORARY TABLE kept_selections AS
SELECT id, updated_at FROM workout_selections
WHERE id IN (SELECT kept_selection_id FROM workout_selections_archive)
"""

EMPTY = """
UPDATE workout_selections SET {column} = {before}
FROM workout_selections_archive a
WHERE a.kept_selection_id = workout_selections.id AND a.{column} = workout_selections.{column}
    AND CAST(a.filled AS text) LIKE '%"{column}":%' AND a.workout_id IN (SELECT id FROM workouts)
"""


# A build that failed leaves an index of that name that holds for no row.
ENFORCED = """
SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'workout_id'
WHERE indrelid = to_regclass('workout_selections') AND indkey::text = attnum::text
    AND indisunique AND indisvalid AND indisready AND indimmediate AND indpred IS NULL
"""


def ranked(vendor, chosen="held_selections"):
    """SQL for the removed rows: id, id and timestamp of the kept row, and what the kept row takes over, as JSON."""
    filled = " || ".join(filled_from(column) for column in COLUMNS)
    return RANK.format(latest=LATEST[vendor], chosen=chosen, filled=f"'{{' || rtrim({filled}, ', ') || '}}'")


def fill(vendor):
    """SQL that gives the kept rows what `filled` of the removed rows names."""
    columns = ", ".join(f"{column} = coalesce(taken.{column}, workout_selections.{column})" for column in COLUMNS)
    taken = ", ".join(
        f"{THE_ONE[vendor].get(column, 'max')}(CASE WHEN r.filled LIKE '%\"{column}\":%' THEN giving.{column} END)"
        f" AS {column}"
        for column in COLUMNS
    )
    return FILL.format(columns=columns, taken=taken)


def filled_from(column):
    """SQL for `"column": previous value, ` if the column is filled from this removed row, else for ''."""
    before = f"CASE WHEN kept_{column} = '' THEN '\"\"' ELSE 'null' END" if column in TEXT_COLUMNS else "'null'"
    taken = f"{column} = place"
    if column == "time_of_day":
        taken += " AND (skipped IS NULL OR skipped <> is_selected)"
    return f"CASE WHEN {taken} THEN '\"{column}\": ' || {before} || ', ' ELSE '' END"


def install_guard(apps, schema_editor):
    """Not needed on SQLite, nor if the old application's constraint exists already."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(ENFORCED)
        if cursor.fetchone():
            return
        build_concurrently(schema_editor, "workout_selections", guard.INDEX, ["workout_id"], unique=False)
        make_deferrable(cursor, connection)
        with transaction.atomic(using=connection.alias):
            cursor.execute(guard.INSTALL)


def deduplicate(apps, schema_editor):
    connection = schema_editor.connection
    archived = filled = 0
    reported = time.monotonic()
    with connection.cursor() as cursor, work_tables(cursor, connection):
        cursor.execute(BATCHES)
        workouts = dict(cursor.fetchall())
        references = find_references(cursor, connection) if workouts else []
        waiting = deque(workouts)
        while waiting:
            batch = waiting.popleft()
            try:
                with transaction.atomic(using=connection.alias):
                    removed, gaps, busy = deduplicate_batch(cursor, connection, batch, references)
            except PreventedError as error:
                raise CommandError(error.explain()) from error
            archived += removed
            filled += gaps
            if busy:
                waiting.append(batch)
                if not removed:
                    wait_for(cursor, connection, busy)
            if time.monotonic() - reported > 1:
                reported = time.monotonic()
                to_go = f"{len(waiting)} of {len(workouts)} batches to go"
                print(f"\n    {to_go}, rows archived: {archived}", end="", flush=True)
    found = f"Workouts with duplicate selections: {sum(workouts.values())}"
    print(f"\n    {found}; rows archived: {archived}; gaps filled: {filled}.", end="")


@contextmanager
def work_tables(cursor, connection):
    """Creates and drops the temporary tables. Drops name the schema: a permanent table may have the same name."""
    schema = {"postgresql": "pg_temp", "sqlite": "temp"}[connection.vendor]
    for name, statement in WORK_TABLES.items():
        cursor.execute(f"DROP TABLE IF EXISTS {schema}.{name}")
        cursor.execute(statement)
    cursor.execute("CREATE INDEX duplicate_selections_batch ON duplicate_selections (batch)")
    tell_the_planner(cursor, connection, "duplicate_selections")
    yield
    for name in WORK_TABLES:
        cursor.execute(f"DROP TABLE {schema}.{name}")


def deduplicate_batch(cursor, connection, batch, references):
    """Returns how many rows were archived, how many gaps were filled, and the id of a row that is locked, or None."""
    for name in ("held_selections", "ranked_selections"):
        cursor.execute(f"DELETE FROM {name}")
    cursor.execute(HOLD + SKIP_LOCKED[connection.vendor], [batch])
    cursor.execute(BUSY, [batch])
    busy = dict(cursor.fetchall())
    if busy:
        cursor.execute(LEAVE.format(", ".join(["%s"] * len(busy))), list(busy))
    tell_the_planner(cursor, connection, "held_selections")
    cursor.execute(f"INSERT INTO ranked_selections (id, kept_id, kept_updated_at, filled) {ranked(connection.vendor)}")
    tell_the_planner(cursor, connection, "ranked_selections")
    unled = sum(repoint(cursor, connection, reference) for reference in references)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    cursor.execute(ARCHIVE.format(json=JSON[connection.vendor] % "r.filled"), [now])
    archived = cursor.rowcount
    cursor.execute(GAPS)
    gaps = sum(cursor.fetchone())
    if gaps:
        cursor.execute(fill(connection.vendor))
    check_filled(cursor, connection, COLUMNS)
    cursor.execute(REMOVE)
    tables = [reference.table for reference in references]
    check_batch(cursor, connection, tables, archived=archived, removed=cursor.rowcount, unled=unled)
    return archived, gaps, min(busy.values(), default=None)


def tell_the_planner(cursor, connection, name):
    """Autovacuum does not analyze temporary tables, and PostgreSQL would read all selections for each batch."""
    if connection.vendor == "postgresql":
        cursor.execute(f"ANALYZE {name}")


def wait_for(cursor, connection, selection):
    """No lock is held here, so waiting blocks no other session. A lock timeout ends this attempt; it is repeated."""
    with transaction.atomic(using=connection.alias):
        cursor.execute("SELECT id FROM workout_selections WHERE id = %s FOR UPDATE", [selection])


def restore(apps, schema_editor):
    connection = schema_editor.connection
    same = f"NOT ({' OR '.join(differs(connection.vendor))})"
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(guard.REMOVE)
            make_not_deferrable(cursor, connection)
        cursor.execute(f"SELECT s.id FROM {ARCHIVED} AND s.id IS NOT NULL AND NOT {same} ORDER BY s.id LIMIT 10")
        if taken := [selection for (selection,) in cursor.fetchall()]:
            raise CommandError(
                f"Archived selections cannot return: the ids {taken} are taken. Nothing was changed. Move those"
                " selections to other ids (UPDATE workout_selections SET id = ...), then run this again."
            )
        cursor.execute(KEPT)
        cursor.execute(RESTORE.format(overriding=OVERRIDING[connection.vendor]))
        restored = cursor.rowcount
        cursor.execute(f"SELECT count(*), count(CASE WHEN {same} THEN 1 END) FROM {ARCHIVED}")
        archived, returned = cursor.fetchone()
        for column in COLUMNS:
            cursor.execute(EMPTY.format(column=column, before=before_filling(column)))
        references = find_references(cursor, connection) if archived else []
        unled = sum(lead_back(cursor, connection, reference) for reference in references)
        tables = [reference.table for reference in references]
        wrong = emptied_otherwise(cursor, connection, COLUMNS)
        check_restored(cursor, connection, tables, missing=archived - returned, wrong=wrong, unled=unled)
        cursor.execute("DROP TABLE kept_selections")
        cursor.execute(f"DELETE FROM workout_selections_archive AS a WHERE {RESTORABLE}")
        cursor.execute("SELECT count(*) FROM workout_selections_archive")
        (left,) = cursor.fetchone()
    print(f"\n    Selections restored: {restored}; still archived, their workouts being deleted: {left}.", end="")


def differs(vendor):
    """SQL conditions, one per column: the live row `s` differs from the archived row `a`."""
    columns = ("id", "workout_id", *COLUMNS, "updated_at")
    archived = {"id": "selection_id"}
    return [f"s.{column} {DIFFERS[vendor]} a.{archived.get(column, column)}" for column in columns]


def before_filling(column):
    """SQL for the value of a column before it was filled from the archived row `a`."""
    if column not in TEXT_COLUMNS:
        return "NULL"
    return f"CASE WHEN CAST(a.filled AS text) LIKE '%\"{column}\": \"\"%' THEN '' END"


class Migration(migrations.Migration):
    atomic = False
    repeatable = True

    dependencies = [("workouts", "0003_archived_selection")]

    operations = [
        migrations.RunPython(install_guard, migrations.RunPython.noop),
        migrations.RunPython(deduplicate, restore),
    ]
