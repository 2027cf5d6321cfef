"""What stands in the database before a release: tables and their sizes, columns, constraints, indexes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from postgast import PgQueryError

from releases.judge.declared import Key, unquoted
from releases.judge.objects import Object
from releases.judge.sql import is_stable, parse, touched


@dataclass(frozen=True)
class Column:
    type: str
    not_null: bool = False
    has_default: bool = False
    default: str = ""  # its expression
    collation: str = ""  # if it is not that of the type
    dependents: tuple[Object, ...] = ()  # because of which the server refuses to change its type
    filled: str = ""  # what this release writes instead of NULL into the rows that are there

    @property
    def is_constant(self) -> bool:
        """Whether its default gives the same value to all rows of a statement."""
        return bool(self.default) and is_stable(parse(f"SELECT {self.default}")[0])


@dataclass(frozen=True)
class Constraint:
    kind: str  # of pg_constraint: c, f, n, p, u, x
    definition: str = ""
    columns: tuple[str, ...] = ()  # in its order


@dataclass(frozen=True)
class Index:
    table: str
    unique: bool = False
    definition: str = ""
    valid: bool = True


@dataclass(frozen=True)
class Table:
    bytes: int
    is_large: bool  # whether work on all of its rows would be felt by others
    rows: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    added: Mapping[str, Column] = field(default_factory=dict)  # by this release: no running version depends on them
    is_partitioned: bool = False
    triggers: tuple[str, ...] = ()  # that run for each row whatever column is updated

    def column(self, name: str) -> Column | None:
        """Whether it was there before or not."""
        return self.columns.get(name) or self.added.get(name)

    @property
    def primary_key(self) -> str:
        """The name of its constraint; empty if it has none."""
        return next((name for name, one in self.constraints.items() if one.kind == "p"), "")

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Those of its primary key."""
        return next((one.columns for one in self.constraints.values() if one.kind == "p"), ())


@dataclass(frozen=True)
class Facts:
    """`tables` and `indexes` by name; by schema and name (`sales.box`) outside the search path. Tables that this
    release creates are not here: no running version depends on them. `unique` are the keys that the models declare, by
    table, and `database_defaults` the columns with a default there."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    unique: Mapping[str, frozenset[Key]] = field(default_factory=dict)
    database_defaults: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def table(self, name: str, schema: str = "") -> Table | None:
        return self.tables.get(f"{schema}.{name}" if schema else name)

    def table_of(self, db_table: str) -> Table | None:
        """Of a model, by the name in its Meta."""
        return self.tables.get(unquoted(db_table))

    def index(self, name: str, schema: str = "") -> Index | None:
        """A schema of the search path may be named, or another one."""
        if schema and (elsewhere := self.indexes.get(f"{schema}.{name}")):
            return elsewhere
        index = self.indexes.get(name)
        return index if index and self.table(index.table, schema) is self.table(index.table) else None

    def indexes_of(self, table: Table) -> dict[str, Index]:
        return {name: one for name, one in self.indexes.items() if self.tables.get(one.table) is table}

    def touched_by(self, text: str) -> list[str]:
        """The names of the tables that SQL names, or whose index it names; none if it cannot be parsed."""
        try:
            names = touched(text)
        except PgQueryError:
            return []
        tables = (self.indexes[name].table if name in self.indexes else name for name in names)
        return [name for name in tables if name in self.tables]
