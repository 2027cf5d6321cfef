"""What undoing a migration does to the database, and how many rows and values it deletes. Only reads."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, CreateModel, DeleteModel, Migration, RemoveField, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RenameField, RenameModel
from django.db.migrations.operations.base import Operation

from releases import contract
from releases.applying.parts import name_of, on_database, on_state, runs_in
from releases.backfill.operation import Backfill
from releases.contract.came_back import came_back
from releases.judge.declared import unquoted
from releases.messages.counting import counted
from releases.record.pending import applied_state
from releases.rollback.reversal import changes

WAITS_AGAIN = "its {} came back before it was dropped, and waits for that again"
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
MANY = 100_000  # rows; counting stops there


class Loss:
    """Describes what undoing `plan` (last migration first) does. Of half-run ones it has the part that is committed."""

    def __init__(self, connection: BaseDatabaseWrapper, loader: MigrationLoader, plan: Sequence[Migration]) -> None:
        self._connection, self._loader, self._quote = connection, loader, connection.ops.quote_name
        state = applied_state(loader)
        for migration in reversed(plan):
            if (migration.app_label, migration.name) not in loader.applied_migrations:
                state = migration.mutate_state(state, preserve=False)
        self._models = state.apps  # as migrated, which may differ from the code's
        self._renaming = [
            (migration.app_label, operation)
            for migration in reversed(plan)
            for operation in on_state(migration.operations)
        ]
        self._waiting = contract.waiting(connection).keys()  # to be dropped
        with connection.cursor() as cursor:
            self._tables = set(connection.introspection.table_names(cursor))

    def describe(self, migration: Migration) -> Iterator[str]:
        """The reason for the migration, then what undoing it does, in order."""
        if reason := (inspect.getdoc(inspect.getmodule(type(migration))) or "").partition("\n")[0]:
            yield reason
        for operation in reversed(list(on_database(migration.operations))):
            yield f"- {self._sentence(migration, operation)}"

    def _sentence(self, migration: Migration, operation: Operation) -> str:
        if not self._runs_here(migration.app_label, operation):
            return f"changes nothing here: {name_of(operation)}"
        match operation:
            case CreateModel():
                return self._drops_table(migration, operation)
            case DeleteModel():
                return self._creates_table(migration, operation)
            case AddField():
                return self._drops_column(migration, operation)
            case RemoveField():
                return self._brings_back(migration, operation)
            case _:
                return changes(operation)

    def _runs_here(self, app: str, operation: Operation) -> bool:
        """Whether the routers let an operation on rows run in this database."""
        if isinstance(operation, RunPython | RunSQL):
            return runs_in(self._connection.alias, app, operation)
        if not isinstance(operation, Backfill):
            return True
        model, _ = self._now(app, operation.model_name.lower(), None, after=operation)
        return model is None or self._has_table(model._meta.concrete_model or model)

    def _drops_table(self, migration: Migration, operation: CreateModel) -> str:
        model, _ = self._now(migration.app_label, operation.name_lower, None, after=operation)
        if model is None:
            return f"removes model {operation.name}, which comes back before that"
        if not self._has_table(model):
            return f"removes model {operation.name}, which has no table of its own here"
        if ("table", self._quote(model._meta.db_table), "") in came_back(self._connection, str(migration)):
            return f"removes model {operation.name}; {WAITS_AGAIN.format('table')}"
        joined = [_through(field) for field in model._meta.local_many_to_many]
        tables = [model, *(through for through in joined if through)]
        return f"drops table {', '.join(map(self._with_rows, tables))}"

    def _creates_table(self, migration: Migration, operation: DeleteModel) -> str:
        before = self._loader.project_state((migration.app_label, migration.name), at_end=False)
        model = before.models.get((migration.app_label, operation.name_lower))
        has_table = model is None or (model.options.get("managed", True) and not model.options.get("proxy"))
        table = model and model.options.get("db_table", f"{migration.app_label}_{operation.name_lower}")
        if table and ("table", self._quote(table), "") in self._waiting:
            return f"model {operation.name} comes back with its rows"
        is_here = router.allow_migrate(self._connection.alias, migration.app_label, model_name=operation.name_lower)
        return f"model {operation.name} comes back{' with an empty table' if has_table and is_here else ''}"

    def _brings_back(self, migration: Migration, operation: RemoveField) -> str:
        """What waits to be dropped has its values."""
        before = self._loader.project_state((migration.app_label, migration.name), at_end=False).apps
        try:
            field: Any = before.get_model(migration.app_label, operation.model_name)._meta.get_field(operation.name)
            meta = field.model._meta
        except (LookupError, FieldDoesNotExist):
            return f"field {operation.name} of {operation.model_name} comes back empty"
        if not self._has_table(field.model):
            return f"field {operation.name} of {operation.model_name} comes back, which has no table of its own here"
        if field.many_to_many:
            key = "table", self._quote(field.m2m_db_table()), ""
        else:
            key = "column", self._quote(meta.db_table), field.column
        what = "with its values" if key in self._waiting else "empty"
        return f"field {operation.name} of {operation.model_name} comes back {what}"

    def _drops_column(self, migration: Migration, operation: AddField) -> str:
        model, name = self._now(migration.app_label, operation.model_name_lower, operation.name, after=operation)
        if model is None or name is None:
            return f"removes field {operation.name} of {operation.model_name}, which comes back before that"
        if not self._has_table(model):
            return f"removes field {operation.name} of {operation.model_name}, which has no table of its own here"
        field: Any = model._meta.get_field(name)
        key = "column", self._quote(model._meta.db_table), field.column
        if field.many_to_many:
            key = "table", self._quote(field.m2m_db_table()), ""
        if key in came_back(self._connection, str(migration)):
            return f"removes field {operation.name} of {operation.model_name}; {WAITS_AGAIN.format(key[0])}"
        if isinstance(field, models.ManyToManyField):
            through = _through(field)
            return f"drops table {self._with_rows(through)}" if through else "changes no table"
        return f"drops column {unquoted(model._meta.db_table)}.{field.column} with {self._values(model, field)}"

    def _now(
        self, app: str, model: str, field: str | None, after: Operation
    ) -> tuple[type[models.Model] | None, str | None]:
        """The model and the field's name as migrated: later migrations may have renamed or removed them."""
        for operation in self._later(app, after):
            match operation:
                case RenameModel(old_name_lower=old) if old == model:
                    model = operation.new_name_lower
                case DeleteModel(name_lower=gone) if gone == model:
                    return None, None
                case RenameField(model_name_lower=of, old_name=old) if (of, old) == (model, field):
                    field = operation.new_name
                case RemoveField(model_name_lower=of, name=gone) if (of, gone) == (model, field):
                    field = None
        try:
            return self._models.get_model(app, model), field
        except LookupError:
            return None, None

    def _later(self, app: str, after: Operation) -> Iterator[Operation]:
        found = after not in [operation for _, operation in self._renaming]
        for label, operation in self._renaming:
            if found and label == app:
                yield operation
            found = found or operation is after

    def _has_table(self, model: type[models.Model]) -> bool:
        connection = self._connection
        allowed: bool = router.allow_migrate_model(connection.alias, model)
        return model._meta.can_migrate(connection) and allowed

    def _with_rows(self, model: type[models.Model]) -> str:
        exists = self._columns(model)
        rows = self._count(models.QuerySet(model), "row") if exists else "an unknown number of rows: it does not exist"
        return f"{unquoted(model._meta.db_table)} with {rows}"

    def _values(self, model: type[models.Model], field: Any) -> str:
        if field.column not in self._columns(model):
            return "an unknown number of values: it does not exist"
        filled: models.QuerySet[Any] = models.QuerySet(model).filter(**{f"{field.name}__isnull": False})
        if isinstance(field, models.CharField | models.TextField | models.FileField):
            filled = filled.exclude(**{field.name: ""})
        return self._count(filled, "value")

    def _columns(self, model: type[models.Model]) -> set[str]:
        """None if it has no table. Django finds none whose name is written with quotes, as PostgreSQL allows."""
        table, connection = model._meta.db_table, self._connection
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(COLUMNS, [self._quote(table)])
                return {name for (name,) in cursor.fetchall()}
            if table not in self._tables:
                return set()
            return {info.name for info in connection.introspection.get_table_description(cursor, table)}

    def _count(self, rows: "models.QuerySet[Any]", noun: str) -> str:
        number = rows.using(self._connection.alias).order_by()[: MANY + 1].count()
        return f"more than {counted(MANY, noun)}" if number > MANY else counted(number, noun)


def _through(field: Any) -> type[models.Model] | None:
    """The model that Django creates for a many-to-many field; None if the project declares it."""
    through: type[models.Model] = field.remote_field.through
    return through if through._meta.auto_created else None
