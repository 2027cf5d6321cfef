"""Tables whose models write their name with quotes, with a schema or not.

Django looks up their constraints by that name as it is written, and names their indexes without the schema. So it would
find none of them, and leave standing what it should drop.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.judge.declared import schema_and_name

PATH = "SELECT set_config('search_path', %s, false)"


@contextmanager
def quoted_tables_found(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Within, Django finds what belongs to them."""
    connection = connections[connection.alias]  # it may be django.db's proxy for the default one
    introspection: Any = connection.introspection
    find = introspection.get_constraints

    def get_constraints(cursor: Any, table: str) -> Any:
        if '"' not in table:
            return find(cursor, table)
        cursor.execute("SELECT current_setting('search_path')")
        (path,) = cursor.fetchone()
        schema, name = schema_and_name(table)
        cursor.execute(PATH, [f'"{schema}", {path}' if schema else path])
        found = find(cursor, name)
        cursor.execute(PATH, [path])
        return found

    introspection.get_constraints = get_constraints
    connection.SchemaEditorClass = qualifying(type(connection).SchemaEditorClass)
    try:
        yield
    finally:
        del introspection.get_constraints, connection.SchemaEditorClass


def qualifying(given: Any) -> Any:
    """The schema editor `given`, which names the schema of an index and of a foreign key where the model does."""
    return type(given.__name__, (_Qualifying, given), {})


class _Qualifying:
    """Beside a backend's schema editor."""

    def _delete_index_sql(self, model: Any, name: str, *args: Any, **options: Any) -> Any:
        statement = super()._delete_index_sql(model, name, *args, **options)  # type: ignore[misc]
        return self._with_schema(statement, model, "name")

    def _rename_index_sql(self, model: Any, *names: str) -> Any:
        return self._with_schema(super()._rename_index_sql(model, *names), model, "old_name")  # type: ignore[misc]

    def _delete_constraint_sql(self: Any, template: str, model: Any, name: str) -> Any:
        if template == self.sql_delete_fk:
            template = template.replace("SET CONSTRAINTS ", f"SET CONSTRAINTS {self._schema(model)}")
        return super()._delete_constraint_sql(template, model, name)  # type: ignore[misc]

    def _with_schema(self, statement: Any, model: Any, part: str) -> Any:
        statement.parts[part] = self._schema(model) + statement.parts[part]
        return statement

    def _schema(self: Any, model: Any) -> str:
        schema, _ = schema_and_name(model._meta.db_table)
        return f"{self.quote_name(schema)}." if schema else ""
