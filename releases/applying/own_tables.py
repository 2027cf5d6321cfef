"""The tables in which a release keeps its place, for itself.

Like Django's own record of applied migrations, they are no models of the app: they must exist before the first
migration runs, and they belong in no dump.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.apps import own_label


@cache
def journal_model() -> type[models.Model]:
    """How far each half-run migration has got. releases.applying.journal"""

    class Entry(models.Model):  # noqa: DJ008  # never shown
        app = models.CharField(max_length=255)
        name = models.CharField(max_length=255)
        digest = models.CharField(max_length=64)
        done = models.IntegerField(default=0)
        steps = models.JSONField(default=list)
        position = models.JSONField(null=True)

        class Meta:
            apps = Apps()
            app_label = "releases"
            db_table = f"{own_label()}_journal"
            constraints = (models.UniqueConstraint(fields=("app", "name"), name=f"{own_label()}_journal_migration"),)

    return Entry


@cache
def contract_model() -> type[models.Model]:
    """What waits until no old version is connected. releases.contract"""

    class Entry(models.Model):  # noqa: DJ008  # never shown
        kind = models.CharField(max_length=20)
        table = models.CharField(max_length=255)
        name = models.CharField(max_length=255)
        description = models.TextField()
        steps = models.JSONField(default=list)
        restore = models.JSONField(default=list)
        position = models.JSONField(null=True)
        migration = models.CharField(max_length=511)
        version = models.CharField(max_length=64)
        entered = models.DateTimeField(auto_now_add=True)

        class Meta:
            apps = Apps()
            app_label = "releases"
            db_table = f"{own_label()}_contract"

    return Entry


def create(model: type[models.Model], connection: BaseDatabaseWrapper, entries: Sequence[models.Model]) -> None:
    """Without signals, as delete(): a receiver of all of them may not know these models."""
    model._default_manager.using(connection.alias).bulk_create(entries)


def delete(entries: "models.QuerySet[Any]") -> None:
    entries._raw_delete(entries.db)  # noqa: SLF001


def exists(connection: BaseDatabaseWrapper, model: type[models.Model]) -> bool:
    return model._meta.db_table in connection.introspection.table_names()


def ensure(connection: BaseDatabaseWrapper) -> None:
    """Creates those of the tables that do not exist."""
    for model in (journal_model(), contract_model()):
        if not exists(connection, model):
            with connection.schema_editor() as editor:
                editor.create_model(model)
