"""Statements that are compiled once, for what most requests read and write: one row.

Django compiles a query each time, which takes longer than PostgreSQL needs to run one of these.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

SENT_AT_ONCE = 1_000

IDS = range(1, 2**31)
"""Every id of a column of type `integer`."""

Row = TypeVar("Row", bound=models.Model)
Values = Mapping[str, Any]
"""The values of a model's fields, by attribute name."""


class Statement(NamedTuple):
    sql: str
    parameters: Sequence[Any]
    returns_rows: bool = True


class Select(Generic[Row]):
    """The statement of a queryset, to be sent with other parameters. Without its annotations."""

    def __init__(self, queryset: "models.QuerySet[Row]") -> None:
        self._model = queryset.model
        queryset.query.set_annotation_mask(())
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, _ = compiler.as_sql()
        columns = [column for column, *_ in compiler.select]
        self._names = [column.target.attname for column in columns]
        self._converters: list[tuple[int, Any, Sequence[Callable[..., Any]]]] = [
            (number, column, converters) for number, (converters, column) in compiler.get_converters(columns).items()
        ]

    def rows(self, parameters: Sequence[Any]) -> Iterator[Row]:
        (found,) = _fetched([Statement(self.sql, parameters)])
        return self.instances(found)

    def instances(self, found: Iterable[Sequence[Any]]) -> Iterator[Row]:
        """Of the rows that the statement has returned."""
        database = connections[DEFAULT_DB_ALIAS]
        for row in map(list, found):
            for number, column, converters in self._converters:
                for convert in converters:
                    row[number] = convert(row[number], column, database)
            yield self._model.from_db(DEFAULT_DB_ALIAS, self._names, row)


def rows_together(queries: Sequence[tuple["Select[Any]", Sequence[Any]]]) -> Iterator[Iterator[Any]]:
    """The rows of each statement with its parameters; the statements run in their order."""
    found = _fetched([Statement(select.sql, parameters) for select, parameters in queries])
    return (select.instances(rows) for (select, _), rows in zip(queries, found, strict=True))


def update(model: type[models.Model], key: str, keys: Sequence[Any], values: Values) -> Statement:
    """Updates the rows whose column `key` is one of `keys`."""
    found = [value for one in keys for value in _prepared(model, {key: one})]
    marks = ", ".join(["%s"] * len(keys))
    sql = f"{_update(model, key, tuple(values))} IN ({marks})"
    return Statement(sql, [*_prepared(model, values), *found], returns_rows=False)


def insert(instance: models.Model) -> Statement:
    """Inserts a new row, and returns its id. It sends no signals, and sets no time by itself."""
    model = type(instance)
    values = {field.attname: getattr(instance, field.attname) for field in model._meta.concrete_fields}
    del values["id"]
    return Statement(_insert(model, tuple(values)), _prepared(model, values))


def send(*statements: Statement) -> Any:
    """Runs the statements in their order. Returns the last one's row, if it returns one."""
    *_, rows = [(), *_fetched(statements)]
    return rows[0] if rows else None


def _fetched(statements: Sequence[Statement]) -> list[Sequence[Any]]:
    """Runs the statements in their order. Returns the rows of each.

    On PostgreSQL they are sent together, which spares the time of the round trips.
    """
    at_once = SENT_AT_ONCE if connection.vendor == "postgresql" else 1
    found = []
    with connection.cursor() as cursor:
        for start in range(0, len(statements), at_once):
            some = statements[start : start + at_once]
            cursor.execute("; ".join(one.sql for one in some), [value for one in some for value in one.parameters])
            for number, statement in enumerate(some):
                if number:
                    cursor.nextset()
                found.append(cursor.fetchall() if statement.returns_rows else ())
    return found


@cache
def _update(model: type[models.Model], key: str, names: tuple[str, ...]) -> str:
    assignments = ", ".join(f"{_column(model, name)} = %s" for name in names)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {assignments} WHERE {_column(model, key)}"  # noqa: S608


@cache
def _insert(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(_column(model, name) for name in names)
    values = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({values}) RETURNING id"  # noqa: S608


def _prepared(model: type[models.Model], values: Values) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]
    return [_field(model, name).get_db_prep_save(value, database) for name, value in values.items()]


def _column(model: type[models.Model], name: str) -> str:
    return _quoted(_field(model, name).column)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
