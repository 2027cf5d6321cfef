"""What the models declare, as the SQL that Django would run to create it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps.registry import Apps
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.ddl_references import Statement

from releases import conf
from releases.schema.description import Column, Rule, Table

Model = type[models.Model]


@dataclass(frozen=True)
class Declaration:
    """The tables of `models` by name, and the statements that would create them, without foreign keys."""

    models: dict[str, Model]
    statements: tuple[str, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.statements).encode()).hexdigest()


def declare(connection: BaseDatabaseWrapper, apps: Apps) -> Declaration:
    """Everything that `migrate` should create in this database.

    Models are left out that are unmanaged, swapped, routed elsewhere or not supported here, and those of
    RELEASES["UNVERIFIED_APPS"].
    """
    left_out = conf.read().unverified_apps
    concerned = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in left_out
        and _is_created(model, connection)
        and router.allow_migrate_model(connection.alias, model)
    ]
    return Declaration({model._meta.db_table: model for model in concerned}, tuple(_statements(connection, concerned)))


def _is_created(model: Model, connection: BaseDatabaseWrapper) -> bool:
    by = model._meta.auto_created
    return model._meta.can_migrate(connection) and (not by or by._meta.can_migrate(connection))  # type: ignore[attr-defined]


def _statements(connection: BaseDatabaseWrapper, concerned: Iterable[Model]) -> Iterator[str]:
    """What the schema editor would run for each table, without foreign keys: see foreign_keys()."""
    for model in concerned:
        editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
        editor.deferred_sql = []
        statement, parameters = editor.table_sql(model)
        editor.execute(statement, parameters or None)
        deferred = (sql for sql in editor.deferred_sql if not _adds_foreign_key(sql))
        for sql in (*deferred, *editor._model_indexes_sql(model)):  # type: ignore[attr-defined]  # noqa: SLF001
            editor.execute(sql, None)
        yield from editor.collected_sql


def _adds_foreign_key(sql: object) -> bool:
    return isinstance(sql, Statement) and "FOREIGN KEY" in sql.template


def foreign_keys(model: Model) -> Iterator[tuple["models.ForeignKey[models.Model, models.Model]", Rule]]:
    """Each foreign key that the database should enforce, and the rule for it."""
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and field.db_constraint:  # type: ignore[attr-defined]
            target = field.target_field
            table = target.model._meta.db_table.replace('"', "")
            yield field, Rule("", "foreign key", f"({field.column}) to {table} ({target.column})")


def columns_only(model: Model) -> Table:
    """The table with only the names of its columns, which are known without querying the database."""
    names = [str(field.column) for field in model._meta.local_concrete_fields]
    return Table(model._meta.db_table, {name: Column(name, "", nullable=True) for name in names})
