"""For migrations: adds a unique constraint, or fills columns, while the table is read and written.

Migrations are kept forever, and so are these names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import NotSupportedError, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint
from django.db.migrations.state import ProjectState

from releases.backfill.operation import Backfill
from releases.rebuilds import indexes_kept, sequence_kept
from releases.repeatable.builds import CONSTRAINT, taken
from releases.repeatable.hook import build_concurrently

__all__ = ["AddUniqueConstraint", "Backfill", "build_concurrently", "indexes_kept"]

Backfill.__module__ = __name__  # from which makemigrations and squashmigrations import it


class AddUniqueConstraint(AddConstraint):
    """AddConstraint(UniqueConstraint(fields=...)) that does not block writers of a PostgreSQL table.

    The index is built concurrently and then attached under the constraint's name. So the migration must have `atomic =
    False`. It can be repeated after a crash at any point (releases.repeatable.hook).

    `with_sql` runs in the transaction that attaches the index, `reverse_sql` in the one that drops the constraint:
    there a trigger that prevents duplicates until the constraint does can be dropped and created again.

    On other databases it is AddConstraint in a transaction of its own. On SQLite, where Django rebuilds the table, ids
    that were used once are not used again.
    """

    atomic = False
    repeatable = True

    def __init__(
        self, model_name: str, constraint: models.UniqueConstraint, with_sql: str = "", reverse_sql: str = ""
    ) -> None:
        plain = models.UniqueConstraint(fields=constraint.fields or ["id"], name=constraint.name)
        if constraint != plain:
            raise ValueError(
                "AddUniqueConstraint takes UniqueConstraint(fields=..., name=...) and nothing more, unlike"
                f" {constraint.name}. Use migrations.AddConstraint for that one."
            )
        super().__init__(model_name, constraint)
        self.with_sql, self.reverse_sql = with_sql, reverse_sql

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        sql = {"with_sql": self.with_sql, "reverse_sql": self.reverse_sql}
        return name, list(args), {**kwargs, **{key: value for key, value in sql.items() if value}}

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if schema_editor.connection.vendor == "postgresql":
            self._add_online(schema_editor, model)
            return
        with _transaction(schema_editor), sequence_kept(schema_editor, model):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Repeatable as well: a missing constraint was dropped by a run that was stopped before it was recorded."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        online = schema_editor.connection.vendor == "postgresql"
        with _transaction(schema_editor), sequence_kept(schema_editor, model):
            if not online or schema_editor.collect_sql or self._exists(schema_editor, model._meta.db_table):
                super().database_backwards(app_label, schema_editor, from_state, to_state)
            if self.reverse_sql and online:
                schema_editor.execute(self.reverse_sql, params=None)

    def _add_online(self, schema_editor: BaseDatabaseSchemaEditor, model: type[models.Model]) -> None:
        name, table = self.constraint.name, model._meta.db_table
        if schema_editor.connection.in_atomic_block:
            raise NotSupportedError(
                f"AddUniqueConstraint({name}) cannot run inside a transaction. Set atomic = False on the migration."
            )
        fields = cast("models.UniqueConstraint", self.constraint).fields
        columns: list[Any] = [cast("models.Field[Any, Any]", model._meta.get_field(field)).column for field in fields]
        exists = self._exists(schema_editor, table)
        build_concurrently(schema_editor, table, name, columns, unique=True)
        quote = schema_editor.quote_name
        with _transaction(schema_editor):
            if not exists:
                # ALTER TABLE is refused while checks of a deferred foreign key are pending.
                schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE", params=None)
                attach = f"ADD CONSTRAINT {quote(name)} UNIQUE USING INDEX {quote(name)}"
                schema_editor.execute(f"ALTER TABLE {quote(table)} {attach}", params=None)
            if self.with_sql:
                schema_editor.execute(self.with_sql, params=None)

    def _exists(self, schema_editor: BaseDatabaseSchemaEditor, table: str) -> bool:
        """Whether a unique constraint has the name; build_concurrently() then compares its index."""
        if schema_editor.collect_sql:
            return False
        quote = schema_editor.quote_name
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(CONSTRAINT, [quote(table), quote(self.constraint.name)])
            found = cursor.fetchone()
        if found and not found[2].startswith("UNIQUE"):
            name, table, existing, _, rename = found
            raise taken(name, existing, "UNIQUE", table, rename)
        return found is not None


@contextmanager
def _transaction(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    if not schema_editor.collect_sql:
        with transaction.atomic(using=schema_editor.connection.alias):
            yield
        return
    schema_editor.execute("BEGIN", params=None)
    yield
    schema_editor.execute("COMMIT", params=None)
