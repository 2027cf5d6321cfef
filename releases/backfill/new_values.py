"""What a backfill computes, as a query of the row that is being written."""

from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ExpressionWrapper, Q, QuerySet, Value
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.datastructures import BaseTable

ALIAS = "releases_"


def new_values(rows: QuerySet[Any], update: Mapping[str, Any], where: Q | None) -> Query:
    """Selects `value_0` and so on from that row, which is named `written`, if it matches `where`."""
    meta = rows.model._meta
    values = {f"value_{number}": _value(one, meta.get_field(name)) for number, (name, one) in enumerate(update.items())}
    matching = rows.filter(where) if where else rows
    query: Query = matching.annotate(**values).values(*values).query
    written = query.get_initial_alias()
    query.alias_map[written] = _Written(meta.db_table, written)
    # All at once, so that their order stays. The name of a table may have a schema, which an alias must not have.
    query.change_aliases({alias: f"{ALIAS}{number}" for number, alias in enumerate(query.alias_map)})
    return query.clone()  # which forgets the alias that it knew


def _value(given: Any, field: Any) -> "ExpressionWrapper[Any]":
    """QuerySet.update() takes expressions that do not know their type, and annotate() does not."""
    expression = given if hasattr(given, "resolve_expression") else Value(given, field)
    return ExpressionWrapper(expression, output_field=field)


class _Written(BaseTable):
    """In FROM, the row that is being written instead of its table."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return f"(SELECT written.*) AS {connection.ops.quote_name(str(self.table_alias))}", []


def columns_read(query: Query) -> dict[str, Any]:
    """The fields, by column, of the row that the values are computed from."""
    found: dict[str, Any] = {}
    left: list[Any] = list(query.annotations.values())
    while left:
        one = left.pop()
        if isinstance(one, Col):
            if one.alias == query.base_table:
                found[str(one.target.column)] = one.target
        elif hasattr(one, "get_external_cols"):  # a subquery
            left += one.get_external_cols()
        else:
            left += one.get_source_expressions()
    return found
