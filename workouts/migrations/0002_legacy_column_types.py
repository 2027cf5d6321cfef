"""Changes the columns of a taken-over database to the types of a new one. On a new one it does nothing.

PostgreSQL: the Flask application wrote naive UTC into `timestamp` columns. In a UTC session, the change to
`timestamptz` keeps every value and changes only the catalog. SQLite: the tables are rebuilt, which also gives them
AUTOINCREMENT, so that an id archived by 0004 is never used again.

Each table is changed in its own transaction. A writer locks its selection first and then, for the foreign key, the
workout; a migration that held one table while it waited for the other would deadlock with it.

The reverse does nothing: 0001 creates the same types.
"""

from django.db import migrations, models, transaction

from releases.operations import indexes_kept

UNIQUE = models.UniqueConstraint(fields=["workout"], name="uq_workout_selections_workout_id")


def settle_types(apps, schema_editor):
    settle = {"postgresql": settle_timestamps, "sqlite": rebuild_tables}[schema_editor.connection.vendor]
    for name in ("Workout", "WorkoutSelection"):
        with transaction.atomic(using=schema_editor.connection.alias):
            settle(apps.get_model("workouts", name), schema_editor)


def settle_timestamps(model, schema_editor):
    table = model._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND atttypid = 'timestamp'::regtype AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        changes = [f"ALTER COLUMN {column} TYPE timestamptz" for (column,) in cursor.fetchall()]
    if changes:
        schema_editor.execute("SET LOCAL TIME ZONE 'UTC'")
        schema_editor.execute(f"ALTER TABLE {schema_editor.quote_name(table)} {', '.join(changes)}")


def rebuild_tables(model, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA table_info({schema_editor.quote_name(model._meta.db_table)})")
        declared = {column: column_type for _, column, column_type, *_ in cursor.fetchall()}
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    if declared == {field.column: field.db_type(connection) for field in model._meta.local_fields}:
        return
    if any(found["unique"] and found["columns"] == ["workout_id"] for found in constraints.values()):
        model._meta.constraints = [UNIQUE]
    with indexes_kept(connection, model._meta.db_table):
        schema_editor._remake_table(model)


class Migration(migrations.Migration):
    atomic = False
    repeatable = True

    dependencies = [("workouts", "0001_initial")]

    operations = [migrations.RunPython(settle_types, migrations.RunPython.noop)]
