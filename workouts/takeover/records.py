"""What the records of migrations say about a database that this planner has not made, or that has lost them."""

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

NEWER = ("workouts", "modified_at")
"""A column that this planner has added, and that no other application's table has."""


def find_foreign_records(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of apps that this code does not have. Call this while the first migration of `workouts` is pending."""
    recorded = {app for app, _ in MigrationRecorder(connection).applied_migrations()}
    if unknown := sorted(recorded - {config.label for config in apps.get_app_configs()}):
        return [f"it is another Django project's: this code has no app {' or '.join(unknown)}, whose migrations it has"]
    return []


def find_lost_records(connection: BaseDatabaseWrapper) -> list[str]:
    """Tables of a later migration than the records say. Call this while the first one of `workouts` is pending."""
    table, column = NEWER
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return []
        columns = {info.name for info in connection.introspection.get_table_description(cursor, table)}
    return ["its tables are this planner's, and django_migrations does not say so"] if column in columns else []
