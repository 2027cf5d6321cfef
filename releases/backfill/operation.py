"""The migration operation."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Model, Q, QuerySet

from releases.applying.journal import digest
from releases.backfill.bookmark import Bookmark
from releases.backfill.compiling import compile_update
from releases.backfill.passes import Passes
from releases.judge.declared import unquoted

if TYPE_CHECKING:
    from releases.applying.journal import Journal
    from releases.applying.migration import Applying
    from releases.judge.facts import Facts

INSIDE = (
    "{} is inside another operation, where it could not commit its batches. Make it an operation of its own in the"
    " migration."
)


class Backfill(Operation):
    """Updates existing rows in batches, each committed, while the table is read and written.

    `update` maps fields to values or expressions, as in QuerySet.update(). `where` selects the rows; the update must
    make it false for each of them. Without it every row is updated, once.

    `reverse` maps fields to what they become when the migration is undone; {} leaves them as they are. Without it the
    migration is irreversible.

    Under a release it commits each batch even if the migration is atomic, and goes on where it was interrupted.
    """

    atomic = False
    category = OperationCategory.PYTHON
    reduces_to_sql = False
    repeatable = True
    commits_batches = True  # for releases.applying.migration

    def __init__(
        self,
        model_name: str,
        update: Mapping[str, Any],
        where: Q | None = None,
        reverse: Mapping[str, Any] | None = None,
        elidable: bool = False,
    ) -> None:
        if not update:
            raise ValueError("Backfill needs at least one field in update={...}.")
        if where is not None and (not isinstance(where, Q) or not where):
            raise ValueError("Backfill takes where=Q(...) with a condition, or no where= for every row.")
        self.model_name, self.update, self.where, self.reverse = model_name, dict(update), where, reverse
        self.elidable = elidable  # type: ignore[misc]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        given = {"where": self.where, "reverse": self.reverse, "elidable": self.elidable or None}
        kwargs = {name: value for name, value in given.items() if value is not None}
        return type(self).__qualname__, [], {"model_name": self.model_name, "update": self.update, **kwargs}

    @property
    def reversible(self) -> bool:  # type: ignore[override]
        return self.reverse is not None

    @property
    def migration_name_fragment(self) -> str:
        return "_".join(["backfill", self.model_name.lower(), *self.update]).lower()

    def describe(self) -> str:
        return f"Backfill {', '.join(self.update)} of {self.model_name}"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Changes nothing. Raises FieldError if the model has no such field."""
        model = state.models[app_label, self.model_name.lower()]
        if any(isinstance(base, str) for base in model.bases):
            return  # it has fields of other models too
        for name in (*self.update, *(self.reverse or ())):
            if name not in model.fields:
                raise FieldError(
                    f"{self.describe()}: {app_label}.{model.name} has no field {name!r} here. It has"
                    f" {', '.join(model.fields)}."
                )
            if name in _key_of(model):
                raise FieldError(f"{self.describe()}: {name!r} is the primary key, by which the rows are visited.")

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        rows = self._rows(app_label, schema_editor.connection, from_state)
        if rows is None:
            return
        applying: Applying | None = getattr(schema_editor, "applying", None)
        if applying and applying.operation is not self:
            raise CommandError(INSIDE.format(self.describe()))
        journal = applying.journal if applying else None
        if applying and journal and applying.facts and applying.facts.table_of(rows.model._meta.db_table):
            from releases.backfill.trigger import Trigger

            Trigger(rows, self.update, self.where, str(applying.migration), journal.done).create()
        bookmark = Bookmark(rows.model, digest([self]), journal)
        Passes(rows, self.update, self.where, bookmark, applying.say if applying else print).run()

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if self.reverse is None:
            raise NotImplementedError("You cannot reverse this operation")
        rows = self._rows(app_label, schema_editor.connection, from_state)
        if rows is None:
            return
        journal = getattr(schema_editor, "journal", None)
        if undoing := getattr(schema_editor, "undoing", None):
            rows = self._to_undo(rows, schema_editor.connection, journal, *undoing)
        if self.reverse:
            Passes(rows, self.reverse, None, Bookmark(rows.model, digest([self]), journal), print).run()

    def _to_undo(
        self,
        rows: QuerySet[Any],
        connection: BaseDatabaseWrapper,
        journal: "Journal | None",
        migration: str,
        number: int,
    ) -> QuerySet[Any]:
        """Drops the trigger. Without a journal the migration is undone in one transaction."""
        from releases.backfill.trigger import drop_those_of
        from releases.backfill.undoing import Undoing

        if journal is None:
            drop_those_of(connection, migration, number)
            return rows
        undoing = Undoing(journal, number, digest([self]))
        if not undoing.has_begun:
            undoing.begin(connection, migration, every_row=self.where is not None)
        return undoing.rows(rows)

    def check(
        self, app_label: str, connection: BaseDatabaseWrapper, state: ProjectState, facts: "Facts | None"
    ) -> None:
        """Raises what running or undoing it would raise before it sends anything; with `facts` its trigger as well."""
        rows = self._rows(app_label, connection, state)
        if rows is None:
            return
        compile_update(rows, self.update, self.where)
        if self.reverse:
            compile_update(rows, self.reverse, None)
        if facts and facts.table_of(rows.model._meta.db_table):
            from releases.backfill.trigger import Trigger

            Trigger(rows, self.update, self.where, migration="", number=0).check()

    def trigger(self, app_label: str, state: ProjectState) -> tuple[str, str]:
        """The table on which a trigger may keep in step what the old version writes, and what that fills."""
        meta: Any = state.apps.get_model(app_label, self.model_name)._meta
        columns = ", ".join(meta.get_field(name).column for name in self.update)
        return meta.db_table, f"{unquoted(meta.db_table)}.{columns}"

    def _rows(self, app_label: str, connection: BaseDatabaseWrapper, state: ProjectState) -> QuerySet[Any] | None:
        """All rows of the table; None if the table does not belong in this database."""
        state.clear_delayed_apps_cache()  # as RunPython does: expressions may refer to any model
        model, alias = self._model(app_label, state), connection.alias
        return QuerySet(model, using=alias) if model and self.allow_migrate_model(alias, model) else None

    def runs_in(self, alias: str, app_label: str, state: ProjectState) -> bool:
        """Whether the table belongs in that database."""
        model = self._model(app_label, state)
        return bool(model and self.allow_migrate_model(alias, model))

    def _model(self, app_label: str, state: ProjectState) -> type[Model] | None:
        model: type[Model] | None = state.apps.get_model(app_label, self.model_name)._meta.concrete_model
        return model


def _key_of(model: ModelState) -> Collection[str]:
    for name, field in model.fields.items():
        if field.primary_key:
            return getattr(field, "field_names", (name,))
    return ()
