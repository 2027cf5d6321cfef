"""What is declared and missing or different in the database. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from releases.schema.description import Column, Rule, Table

Kind = Literal["table", "column", "type", "collation", "null", "default", "generated", "automatic", "rule", "sequence"]


@dataclass(frozen=True)
class Difference:
    """`sentence` describes it; `wanted` is what should exist, and `found` what exists instead."""

    table: str
    kind: Kind
    sentence: str
    wanted: Table | Column | Rule
    found: Table | Column | Rule | None = None

    def __str__(self) -> str:
        return self.sentence.replace(self.table, self.table.replace('"', ""))


def compare(wanted: Table, found: Table | None) -> Iterator[Difference]:
    """What of `wanted` is missing or different in `found`. Anything additional is ignored."""
    if found is None:
        yield Difference(wanted.name, "table", f"the table {wanted.name} is missing", wanted)
        return
    if found.kind == "virtual table":
        return  # its module defines its columns
    if found.kind != wanted.kind:
        yield Difference(wanted.name, "table", f"{wanted.name} is a {found.kind}, and must be a table", wanted, found)
        return
    yield from compare_columns(wanted, found)
    for name, column in wanted.columns.items():
        if name in found.columns:
            yield from _within_column(wanted.name, column, found.columns[name])
    for rule in wanted.rules:
        yield from _rule(wanted.name, rule, found)


def compare_columns(wanted: Table, found: Table | None) -> Iterator[Difference]:
    """Missing tables and columns, without which no version of the code can read."""
    if found is None:
        yield from compare(wanted, found)
        return
    for name, column in wanted.columns.items():
        if name not in found.columns:
            yield Difference(wanted.name, "column", f"the column {wanted.name}.{name} is missing", column)


def _within_column(table: str, wanted: Column, found: Column) -> Iterator[Difference]:
    name = f"{table}.{wanted.name}"
    if wanted.type != found.type:
        yield Difference(table, "type", f"{name} is {found.type}, and must be {wanted.type}", wanted, found)
    if wanted.collation not in (None, found.collation):
        yield Difference(table, "collation", f"{name} must have the collation {wanted.collation}", wanted, found)
    if wanted.nullable != found.nullable:
        words = "is NOT NULL, and must be nullable" if wanted.nullable else "is nullable, and must be NOT NULL"
        yield Difference(table, "null", f"{name} {words}", wanted, found)
    if wanted.default is not None and not found.has_default_of(wanted):
        has = f"the default {found.default}" if found.default else "no default"
        yield Difference(table, "default", f"{name} has {has}, and must have {wanted.default}", wanted, found)
    if wanted.generated != found.generated:
        words = f"must be generated as {wanted.generated}" if wanted.generated else "must not be generated"
        yield Difference(table, "generated", f"{name} {words}", wanted, found)
    if wanted.automatic and not found.automatic:
        yield Difference(table, "automatic", f"{name} has no counter of its own", wanted, found)


def _rule(table: str, wanted: Rule, found: Table) -> Iterator[Difference]:
    meeting = [rule for rule in found.rules if rule.meets(wanted)]
    if any(rule.valid for rule in meeting):
        return
    named = f" ({wanted.name})" if wanted.name else ""
    if meeting:
        yield Difference(table, "rule", f"{wanted} on {table}{named} is INVALID", wanted, meeting[0])
        return
    namesake = next((rule for rule in found.rules if wanted.name and rule.name == wanted.name), None)
    instead = f": {namesake} has its name" if namesake else ""
    yield Difference(table, "rule", f"{wanted} on {table}{named} is missing{instead}", wanted, namesake)
