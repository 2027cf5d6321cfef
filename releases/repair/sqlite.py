"""Builds what is missing on SQLite, in one transaction per table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.db import IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from releases.rebuilds import sequence_kept, triggers_kept
from releases.repair.refusal import CannotBuildError
from releases.schema.description import Column, Rule
from releases.schema.differences import Difference

Model = type[models.Model]


class SqliteBuilder:
    """Adds columns and indexes. For the rest, which SQLite cannot alter, it rebuilds the table from the model."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._quote = connection.ops.quote_name

    def build(self, difference: Difference, model: Model) -> None:
        """Raises CannotBuildError, or the database's own error; then nothing of it remains."""
        with self._editor() as editor:
            if difference.kind == "table":
                self._table(editor, difference, model)
            elif difference.kind == "column":
                self._column(editor, cast("Column", difference.wanted), model)
            elif difference.kind == "rule" and cast("Rule", difference.wanted).name and not difference.found:
                self._index(editor, cast("Rule", difference.wanted), model)
            else:
                self._rebuild(editor, model)

    @contextmanager
    def _editor(self) -> Iterator[BaseDatabaseSchemaEditor]:
        """In a transaction of our own: the editor leaves its own open if it finds a violated foreign key."""
        self._connection.disable_constraint_checking()
        try:
            with (
                transaction.atomic(using=self._connection.alias),
                self._connection.schema_editor(atomic=False) as editor,
            ):
                yield editor
        finally:
            self._connection.enable_constraint_checking()

    def _table(self, editor: BaseDatabaseSchemaEditor, difference: Difference, model: Model) -> None:
        if difference.found:
            raise CannotBuildError("drop that one first")
        statement, parameters = editor.table_sql(model)
        editor.execute(statement, parameters or None)
        for index in editor._model_indexes_sql(model):  # type: ignore[attr-defined]  # noqa: SLF001
            editor.execute(index, None)

    def _column(self, editor: BaseDatabaseSchemaEditor, column: Column, model: Model) -> None:
        """It is nullable at first, as SQLite requires of a column added to rows; a rebuild then corrects that."""
        field = next(field for field in model._meta.local_concrete_fields if field.column == column.name)
        table, name = self._quote(model._meta.db_table), self._quote(column.name)
        if column.generated or not column.nullable:
            with self._connection.cursor() as cursor:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
                (has_rows,) = cursor.fetchone()
            if has_rows and (column.generated or field.primary_key or not self._has_default(editor, column, field)):
                raise CannotBuildError("each row needs a value, and the model has no default; restore it from a backup")
        editor.execute(f"ALTER TABLE {table} ADD COLUMN {name} {column.type}", None)
        if not column.nullable:
            value = column.default or editor.quote_value(editor.effective_default(field))
            editor.execute(f"UPDATE {table} SET {name} = {value}", None)

    def _has_default(
        self, editor: BaseDatabaseSchemaEditor, column: Column, field: "models.Field[object, object]"
    ) -> bool:
        return column.default is not None or editor.effective_default(field) is not None

    def _index(self, editor: BaseDatabaseSchemaEditor, rule: Rule, model: Model) -> None:
        statements = [str(one) for one in editor._model_indexes_sql(model)]  # type: ignore[attr-defined]  # noqa: SLF001
        own = [statement for statement in statements if f"INDEX {self._quote(rule.name)} ON" in statement]
        if not own:
            self._rebuild(editor, model)
        for statement in own:
            editor.execute(statement, None)

    def _rebuild(self, editor: BaseDatabaseSchemaEditor, model: Model) -> None:
        table = model._meta.db_table
        with self._connection.cursor() as cursor:
            existing = {info.name for info in self._connection.introspection.get_table_description(cursor, table)}
        declared = {str(field.column) for field in model._meta.local_concrete_fields}
        if missing := declared - existing:
            raise CannotBuildError(f"its columns {', '.join(sorted(missing))} come first")
        if unknown := existing - declared:
            raise CannotBuildError(f"a rebuild would lose the columns {', '.join(sorted(unknown))}")
        try:
            with triggers_kept(self._connection, table), sequence_kept(editor, model):
                editor._remake_table(model)  # type: ignore[attr-defined]  # noqa: SLF001
        except IntegrityError:
            raise CannotBuildError("rows violate it") from None
