"""The description of a table, the same whether a model declares it or the database has it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# PostgreSQL writes a condition on a text column with different casts once the column's type was altered, and leaves
# those of a default as they were.
TEXT_CASTS = re.compile(r"::(character varying|varchar|bpchar|text)(\(\d+\))?(\[\])?")


@dataclass(frozen=True)
class Column:
    """`default` is an SQL expression, or None. `automatic`: the database assigns the next number.

    `collation` is None if it is the type's default.
    """

    name: str
    type: str
    nullable: bool
    default: str | None = None
    generated: str | None = None
    automatic: bool = False
    collation: str | None = None
    sequence: str | None = field(default=None, compare=False)

    def has_default_of(self, wanted: "Column") -> bool:
        """Whether its default is that of `wanted`, but for casts to a text without a length."""
        return _without_casts(self.default) == _without_casts(wanted.default)


@dataclass(frozen=True)
class Rule:
    """An index, a constraint, or both. `definition` is the database's own text, without the name.

    `constrains`: it is a constraint, not only an index. `deferral` is empty if it is checked immediately.
    """

    name: str
    kind: str  # "primary key", "unique", "index", "check", "foreign key" or "exclusion"
    definition: str
    valid: bool = True
    constrains: bool = True
    deferral: str = ""

    def meets(self, wanted: "Rule") -> bool:
        """Whether it enforces at least what `wanted` does, once it is valid. The name does not matter."""
        kinds = {"index": ("index", "unique"), "unique": ("unique",)}.get(wanted.kind, (wanted.kind,))
        if self.kind not in kinds:
            return False
        if wanted.kind == "unique" and self.deferral != wanted.deferral:
            return False
        same_text = self.definition == wanted.definition
        return same_text or (self.name == wanted.name and _loose(self.definition) == _loose(wanted.definition))

    def __str__(self) -> str:
        """`unique (week)` or `CHECK ((minutes >= 0))`."""
        if self.kind in ("check", "exclusion"):
            return self.definition
        return f"{self.kind} {self.definition.removeprefix('btree ')}"


@dataclass(frozen=True)
class Table:
    """`columns` by name. `kind` is different if a view, for example, has the name of a table."""

    name: str
    columns: dict[str, Column]
    rules: tuple[Rule, ...] = ()
    kind: str = "table"

    @property
    def sequences(self) -> Iterable[Column]:
        return (column for column in self.columns.values() if column.sequence)


def _without_casts(default: str | None) -> str | None:
    return default and TEXT_CASTS.sub(lambda cast: cast[0] if cast[2] else "", default)


def _loose(definition: str) -> str:
    return re.sub(r"[()\s\"]", "", TEXT_CASTS.sub("", definition)).lower()
