"""The rows of a table once columns are added to it or filled: what a release gives to all rows is known before."""

from collections.abc import Collection

from releases.judge.facts import Column, Table
from releases.judge.sql import Node, is_stable, name_of, parse, quote


def rows_of(relation: Node, table: Table, names: Collection[str]) -> str:
    """What to select from to find the columns `names`; empty if the values of one of them are not known."""
    added, filled = _added(table, names), _filled(table, names)
    if added is None or not all(is_stable(parse(f"SELECT {value}")[0]) for value in filled.values()):
        return ""
    if not (added or filled):
        return name_of(relation)
    there = [quote(name) for name in sorted(names) if name in table.columns.keys() - filled] if filled else ["*"]
    there += [f"COALESCE({quote(name)}, {value}) AS {quote(name)}" for name, value in filled.items()]
    selected = ", ".join([*there, *_values(added)])
    return f"(SELECT {selected} FROM {name_of(relation)}) AS {quote(relation.relname)}"  # noqa: S608


def defaults_of(relation: Node, table: Table, names: Collection[str]) -> str:
    """The same for the row that the old version inserts; empty if it may give one of the columns another value."""
    added = _added(table, names)
    if not added or len(added) < len(names):
        return ""
    return f"(SELECT {', '.join(_values(added))}) AS {quote(relation.relname)}"


def _added(table: Table, names: Collection[str]) -> dict[str, Column] | None:
    """Those of the columns that this release has added; None if their values are not known."""
    new = {name: table.added.get(name) for name in names if name not in table.columns}
    known = {name: one for name, one in new.items() if one and (one.is_constant or not one.has_default)}
    return known if len(known) == len(new) else None


def _filled(table: Table, names: Collection[str]) -> dict[str, str]:
    """Those in which this release replaces NULL, with what it writes there."""
    return {name: one.filled for name in sorted(names) if (one := table.columns.get(name)) and one.filled}


def _values(added: dict[str, Column]) -> list[str]:
    values = ((quote(name), one.default or "NULL", one.type) for name, one in added.items())
    return [f"CAST({default} AS {type_}) AS {name}" for name, default, type_ in values]
