"""Which tables the pending migrations create, alter and refer to, by their operations. Queries no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    AlterModelManagers,
    AlterModelOptions,
    CreateModel,
    RenameModel,
    RunPython,
    RunSQL,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.utils import resolve_relation

from releases.applying.parts import on_database
from releases.record.pending import applied_state


@dataclass
class Pending:
    """Names of tables, each with the first migration that creates it, alters it, or refers to it."""

    connection: BaseDatabaseWrapper
    created: dict[str, str] = field(default_factory=dict)
    altered: dict[str, str] = field(default_factory=dict)
    referenced: dict[str, str] = field(default_factory=dict)  # by a new foreign key

    def follow(self, migration: Migration, state: ProjectState) -> None:
        """Notes what `migration` does, and applies it to `state`."""
        for operation in migration.operations:
            for one in reaching_the_database(operation):
                self._note(one, migration, state)
            operation.state_forwards(migration.app_label, state)

    def _note(self, operation: Operation, migration: Migration, state: ProjectState) -> None:
        app = migration.app_label
        if isinstance(operation, CreateModel):
            model = ModelState(app, operation.name, operation.fields, dict(operation.options))
            self._add(self.created, [model], migration)
            self._add_targets(model, model.fields.values(), migration, state)
            return
        models = [state.models[key] for key in _keys(operation, app, state)]
        if isinstance(operation, AlterField) and models and not _alters(models[0].fields[operation.name], operation):
            return
        self._add(self.altered, models, migration)
        if isinstance(operation, AddField) and models:
            self._add_targets(models[0], [operation.field], migration, state)

    def _add_targets(self, model: ModelState, fields: Iterable[Any], migration: Migration, state: ProjectState) -> None:
        for one in fields:
            if one.remote_field and getattr(one, "db_constraint", True):
                key = resolve_relation(one.remote_field.model, model.app_label, model.name_lower)
                target = state.models.get(key)
                for name in self.tables(target)[:1] if target else ():
                    self.referenced.setdefault(name, str(migration))

    def _add(self, tables: dict[str, str], models: Iterable[ModelState], migration: Migration) -> None:
        for model in models:
            for name in self.tables(model):
                tables.setdefault(name, str(migration))

    def tables(self, model: ModelState) -> list[str]:
        """The model's table, then those of its many-to-many fields; empty if Django creates none in this database."""
        app, options = model.app_label, model.options
        if not options.get("managed", True) or options.get("proxy"):
            return []
        if not router.allow_migrate(self.connection.alias, app, model_name=model.name_lower):
            return []
        own = str(options.get("db_table") or f"{app}_{model.name_lower}")
        names = [own, *(f"{own}_{name}" for name, one in model.fields.items() if _has_own_table(one))]
        return [truncate_name(name, self.connection.ops.max_name_length()) for name in names]


def read_pending(connection: BaseDatabaseWrapper, loader: MigrationLoader, app_label: str | None) -> Pending | None:
    """The unapplied migrations (with `app_label`, of that app and what it depends on); None if there are none."""
    graph, applied = loader.graph, loader.applied_migrations
    leaves = [key for key in graph.leaf_nodes() if app_label in (None, key[0])]
    plan = dict.fromkeys(key for leaf in leaves for key in graph.forwards_plan(leaf) if key not in applied)
    if not plan:
        return None
    pending = Pending(connection)
    state = applied_state(loader)
    for key in plan:
        pending.follow(graph.nodes[key], state)
    return pending


def reaching_the_database(operation: Operation) -> Iterator[Operation]:
    """The operations within `operation` that run statements, without those that change only the state."""
    for one in on_database([operation]):
        if not (
            isinstance(one, AlterModelOptions | AlterModelManagers)
            or (isinstance(one, RunPython) and one.code is RunPython.noop)
            or (isinstance(one, RunSQL) and one.sql == RunSQL.noop)
        ):
            yield one


def _keys(operation: Operation, app: str, state: ProjectState) -> list[tuple[str, str]]:
    """Keys of `state.models` whose tables are altered. RunPython and RunSQL may alter any table of their app."""
    name = getattr(operation, "model_name", None) or getattr(operation, "name", None)
    if name is None:
        return [key for key in state.models if key[0] == app]
    keys = [(app, name.lower())]
    if isinstance(operation, RenameModel):  # the foreign keys to it are created again
        keys += state.relations.get(keys[0], ())
    return [key for key in keys if key in state.models]


def _alters(before: Any, operation: AlterField) -> bool:
    """Whether the database changes, not only attributes such as `choices`."""

    def shape(one: Any) -> tuple[Any, ...]:
        _, path, args, kwargs = one.deconstruct()
        return path, args, {name: value for name, value in kwargs.items() if name not in one.non_db_attrs}

    return shape(before) != shape(operation.field)


def _has_own_table(one: Any) -> bool:
    return bool(one.many_to_many) and one.remote_field.through is None
