"""Leaves each workout at most one selection, so that 0005 can make that a constraint.

Cause: one drag sent two requests, for the date and for the time of day. Each found no selection and inserted one.

Rule (docs/selection-race-condition-plan.md):
1. Per workout the row with the latest updated_at is kept; no timestamp sorts last, then the higher id wins.
2. What it left empty (NULL or '') is filled, each column from the most recent removed row that has it. A row that is
   then skipped takes no time_of_day.
3. Every removed row goes to the archive verbatim, with what was filled from it.
4. Backwards restores exactly. A filled value that was changed since stays.

Batches commit one by one: a release killed here has only less to do the next time. Backwards is one transaction.
"""

import time

from django.core.management import CommandError
from django.db import migrations, transaction
from django.utils import timezone

BATCH = 5000  # workouts a transaction

COLUMNS = ("is_selected", "current_plan_day", "time_of_day", "workout_location", "user_notes")
TEXT_COLUMNS = COLUMNS[2:]
ROW = ", ".join((*COLUMNS, "updated_at"))

# SQLite compares timestamps as text, and leaves out a fraction that is zero.
LATEST = {"postgresql": "s.updated_at", "sqlite": "substr(s.updated_at || '.000000', 1, 26)"}
JSON = {"postgresql": "CAST(%s AS jsonb)", "sqlite": "%s"}

PLAN = f"""
CREATE TEMPORARY TABLE duplicate_selections AS
SELECT id, (dense_rank() OVER (ORDER BY workout_id) - 1) / {BATCH} AS batch
FROM workout_selections
WHERE workout_id IN (SELECT workout_id FROM workout_selections GROUP BY workout_id HAVING count(*) > 1)
"""

# `place` 1 is the row that is kept. For each column, the row at the lowest place that has a value gives it.
ARCHIVE = """
INSERT INTO workout_selections_archive
    (selection_id, workout_id, {row}, kept_selection_id, filled, archived_at)
WITH ranked AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.workout_id ORDER BY {latest} DESC NULLS LAST, s.id DESC) AS place
    FROM workout_selections s JOIN duplicate_selections d ON d.id = s.id
    WHERE d.batch = %s
), given AS (
    SELECT
        workout_id,
        min(place) FILTER (WHERE is_selected IS NOT NULL) AS is_selected,
        min(place) FILTER (WHERE NOT is_selected) AS skipped,
        min(place) FILTER (WHERE current_plan_day IS NOT NULL) AS current_plan_day,
        min(place) FILTER (WHERE time_of_day <> '') AS time_of_day,
        min(place) FILTER (WHERE workout_location <> '') AS workout_location,
        min(place) FILTER (WHERE user_notes <> '') AS user_notes
    FROM ranked GROUP BY workout_id
)
SELECT r.id, r.workout_id, {removed_row}, kept.id, {filled}, %s
FROM ranked r
JOIN ranked kept ON kept.workout_id = r.workout_id AND kept.place = 1
JOIN given ON given.workout_id = r.workout_id
WHERE r.place > 1
"""

FILL = """
UPDATE workout_selections SET {column} = a.{column}
FROM workout_selections_archive a
WHERE a.kept_selection_id = workout_selections.id AND a.id > %s AND CAST(a.filled AS text) LIKE '%%"{column}":%%'
"""

REMOVE = """
DELETE FROM workout_selections WHERE id IN (SELECT selection_id FROM workout_selections_archive WHERE id > %s)
"""

# The rows of a batch keep still while they are ranked; writers of other rows do not notice.
LOCK = """
SELECT count(*) FROM (
    SELECT s.id FROM workout_selections s JOIN duplicate_selections d ON d.id = s.id
    WHERE d.batch = %s ORDER BY s.id FOR UPDATE OF s
) locked
"""

RESTORABLE = "workout_id IN (SELECT id FROM workouts)"

RESTORE = f"""
INSERT INTO workout_selections (id, workout_id, {ROW})
SELECT selection_id, workout_id, {ROW} FROM workout_selections_archive WHERE {RESTORABLE}
"""

EMPTY = """
UPDATE workout_selections SET {column} = {before}
FROM workout_selections_archive a
WHERE a.kept_selection_id = workout_selections.id AND a.{column} = workout_selections.{column}
    AND CAST(a.filled AS text) LIKE '%"{column}":%'
"""


def filled_from(column):
    """SQL for `"column": what stood there before, ` where the removed row `r` gives this column, else ''."""
    before = f"CASE WHEN kept.{column} = '' THEN '\"\"' ELSE 'null' END" if column in TEXT_COLUMNS else "'null'"
    taken = f"given.{column} = r.place"
    if column == "time_of_day":
        taken += " AND (given.skipped IS NULL OR given.skipped <> given.is_selected)"
    return f"CASE WHEN {taken} THEN '\"{column}\": ' || {before} || ', ' ELSE '' END"


def archive_sql(vendor):
    filled = " || ".join(filled_from(column) for column in COLUMNS)
    return ARCHIVE.format(
        row=ROW,
        removed_row=", ".join(f"r.{column}" for column in (*COLUMNS, "updated_at")),
        latest=LATEST[vendor],
        filled=JSON[vendor] % f"'{{' || rtrim({filled}, ', ') || '}}'",
    )


def deduplicate(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS duplicate_selections")
        cursor.execute(PLAN)
        cursor.execute("CREATE INDEX duplicate_selections_batch ON duplicate_selections (batch)")
        cursor.execute("SELECT count(*), max(batch) FROM duplicate_selections")
        rows, last_batch = cursor.fetchone()
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE duplicate_selections")
        archived = filled = 0
        reported = time.monotonic()
        for batch in range(last_batch + 1 if rows else 0):
            with transaction.atomic(using=connection.alias):
                removed, gaps = deduplicate_batch(cursor, connection, batch)
            archived += removed
            filled += gaps
            if time.monotonic() - reported > 1:
                reported = time.monotonic()
                print(
                    f"\n    batch {batch + 1} of {last_batch + 1}: {archived} selections archived", end="", flush=True
                )
        cursor.execute("DROP TABLE duplicate_selections")
    print(
        f"\n    Workouts with duplicate selections: {rows - archived};"
        f" rows archived: {archived}; gaps filled: {filled}.",
        end="",
    )


def deduplicate_batch(cursor, connection, batch):
    """Returns how many rows were archived and how many gaps filled."""
    if connection.vendor == "postgresql":
        cursor.execute(LOCK, [batch])
    cursor.execute("SELECT coalesce(max(id), 0) FROM workout_selections_archive")
    (archive_end,) = cursor.fetchone()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    cursor.execute(archive_sql(connection.vendor), [batch, now])
    filled = 0
    for column in COLUMNS:
        cursor.execute(FILL.format(column=column), [archive_end])
        filled += cursor.rowcount
    cursor.execute(REMOVE, [archive_end])
    return cursor.rowcount, filled


def restore(apps, schema_editor):
    alias = schema_editor.connection.alias
    archive = apps.get_model("workouts", "ArchivedSelection").objects.using(alias)
    selections = apps.get_model("workouts", "WorkoutSelection").objects.using(alias)
    with transaction.atomic(using=alias), schema_editor.connection.cursor() as cursor:
        taken = selections.filter(id__in=archive.values("selection_id")).values_list("id", flat=True).order_by("id")
        if ids := list(taken[:10]):
            raise CommandError(
                f"Archived selections cannot return: the ids {ids} are taken. Nothing was changed. Move those"
                " selections to other ids (UPDATE workout_selections SET id = ...), then run this again."
            )
        cursor.execute(RESTORE)
        restored = cursor.rowcount
        for column in COLUMNS:
            cursor.execute(EMPTY.format(column=column, before=before_filling(column)))
        cursor.execute(f"DELETE FROM workout_selections_archive WHERE {RESTORABLE}")
        left = archive.count()
    print(f"\n    Selections restored: {restored}; still archived, their workouts being deleted: {left}.", end="")


def before_filling(column):
    """SQL for what stood in a column before it was filled from the archived row `a`."""
    if column not in TEXT_COLUMNS:
        return "NULL"
    return f"CASE WHEN CAST(a.filled AS text) LIKE '%\"{column}\": \"\"%' THEN '' END"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("workouts", "0003_archived_selection")]

    operations = [migrations.RunPython(deduplicate, restore)]
