"""What can be said of a table, in the same words whether a model declares it or the database holds it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# PostgreSQL writes a condition on a text column with other casts after the column's type was altered.
TEXT_CASTS = re.compile(r"::(character varying|varchar|bpchar|text)(\(\d+\))?(\[\])?")


@dataclass(frozen=True)
class Column:
    """`default` is an SQL expression, or None. `automatic`: the database draws the next number for it.

    `collation` is None where it is the type's own.
    """

    name: str
    type: str
    nullable: bool
    default: str | None = None
    generated: str | None = None
    automatic: bool = False
    collation: str | None = None
    sequence: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Rule:
    """An index, a constraint, or both. `definition` is the database's own text for it, without the name.

    `constrains`: it is a constraint, not an index alone. `deferral` is empty where it is checked at once.
    """

    name: str
    kind: str  # "primary key", "unique", "index", "check", "foreign key" or "exclusion"
    definition: str
    valid: bool = True
    constrains: bool = True
    deferral: str = ""

    def meets(self, wanted: "Rule") -> bool:
        """Whether it does at least what `wanted` does, once it is valid. The name does not matter."""
        kinds = {"index": ("index", "unique"), "unique": ("unique",)}.get(wanted.kind, (wanted.kind,))
        if self.kind not in kinds:
            return False
        if wanted.kind == "unique" and self.deferral != wanted.deferral:
            return False
        same_text = self.definition == wanted.definition
        return same_text or (self.name == wanted.name and _loose(self.definition) == _loose(wanted.definition))

    def __str__(self) -> str:
        """Such as `unique (week)` or `CHECK ((minutes >= 0))`."""
        if self.kind in ("check", "exclusion"):
            return self.definition
        return f"{self.kind} {self.definition.removeprefix('btree ')}"


@dataclass(frozen=True)
class Table:
    """`columns` by name. `kind` is another where a view or the like has the name of a table."""

    name: str
    columns: dict[str, Column]
    rules: tuple[Rule, ...] = ()
    kind: str = "table"

    @property
    def sequences(self) -> Iterable[Column]:
        return (column for column in self.columns.values() if column.sequence)


def _loose(definition: str) -> str:
    return re.sub(r"[()\s\"]", "", TEXT_CASTS.sub("", definition)).lower()
