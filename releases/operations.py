"""Migration operations that may be repeated on a live database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.core.management import CommandError
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint
from django.db.migrations.state import ProjectState

DEFINITIONS = """
SELECT pg_get_constraintdef(c.oid), 'UNIQUE (' || wanted.columns || ')'
FROM pg_constraint c, (
    SELECT string_agg(quote_ident(name), ', ' ORDER BY place) AS columns
    FROM unnest(%s::text[]) WITH ORDINALITY AS listed (name, place)
) wanted
WHERE c.conrelid = %s::regclass AND c.conname = %s
"""


class AddUniqueConstraint(AddConstraint):
    """AddConstraint for UniqueConstraint(fields=...), which accepts the very constraint where it already stands.

    Raises CommandError where the name belongs to something else. On SQLite, where Django rebuilds the table, ids
    that were handed out once are not handed out again.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if _is_live(schema_editor, "postgresql") and self._stands(schema_editor, model):
            return
        with sequence_kept(schema_editor, model):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        with sequence_kept(schema_editor, to_state.apps.get_model(app_label, self.model_name)):
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def _stands(self, schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> bool:
        constraint = self.constraint
        if not isinstance(constraint, models.UniqueConstraint):
            raise TypeError("AddUniqueConstraint takes a UniqueConstraint.")
        columns = [cast("models.Field[Any, Any]", model._meta.get_field(name)).column for name in constraint.fields]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(DEFINITIONS, [columns, model._meta.db_table, constraint.name])
            row = cursor.fetchone()
        if row is None:
            return False
        found, wanted = row
        if found != wanted:
            raise CommandError(
                f"{constraint.name} on {model._meta.db_table} is {found}, not {wanted}. Nothing was changed by this"
                f" migration. Drop or rename it, then run: python manage.py migrate"
            )
        return True


def _is_live(schema_editor: BaseDatabaseSchemaEditor, vendor: str) -> bool:
    """Whether statements reach a database of this vendor; sqlmigrate only collects them."""
    return schema_editor.connection.vendor == vendor and not schema_editor.collect_sql


@contextmanager
def sequence_kept(schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> Iterator[None]:
    """Carries SQLite's AUTOINCREMENT counter over a rebuild, which sets it back to the highest id still there."""
    if not _is_live(schema_editor, "sqlite"):
        yield
        return
    table = model._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        before = cursor.fetchone()
        yield
        if before:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, *before])
