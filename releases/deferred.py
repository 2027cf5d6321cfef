"""SQL that Django defers to the end of a migration: indexes and foreign keys of new tables."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState


def run_deferred_sql_before_record(migration: Migration) -> None:
    """Makes `migration` end with its deferred SQL, so that its work and its record commit together.

    Django records a migration within its transaction only where no SQL is left for the end of it
    (MigrationExecutor.apply_migration). A release killed between the two would leave work without a record, and every
    later one would stop at "already exists". A migration without a transaction stays as it is.
    """
    apply = migration.apply

    def apply_all(
        project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        project_state = apply(project_state, schema_editor, collect_sql)
        if schema_editor.atomic_migration and not collect_sql:
            deferred, schema_editor.deferred_sql = schema_editor.deferred_sql, []
            for sql in deferred:
                schema_editor.execute(sql, None)
        return project_state

    migration.apply = apply_all  # type: ignore[method-assign]
