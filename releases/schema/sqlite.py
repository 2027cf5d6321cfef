"""Describes what exists on SQLite, from pragmas and statements, and what is declared, from a database in memory."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3._functions import register

from releases.schema.declared import Declaration
from releases.schema.description import Column, Rule, Table

Row = tuple[str, str, str]
Query = Callable[[str], list[tuple[Any, ...]]]

CATALOGUE = "SELECT tbl_name, type, coalesce(sql, name) FROM sqlite_master ORDER BY 1, 2, 3"
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]")
CHECK = re.compile(r"\bCHECK\s*\(", re.IGNORECASE)
VIRTUAL = re.compile(r"CREATE\s+VIRTUAL\b", re.IGNORECASE)
GENERATED = re.compile(r"\bAS\s*\(", re.IGNORECASE)
CHECK_NAME = re.compile(r"CONSTRAINT\s+[\"`\[]?(\w+)[\"`\]]?\s*$", re.IGNORECASE)


def read_catalogue(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[Row]:
    """The statements of `tables` and of their indexes, as SQLite keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        return [row for row in cursor.fetchall() if row[0] in tables]


def describe(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> dict[str, Table]:
    with connection.cursor() as cursor:

        def query(statement: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

        return _describe(query, tables)


def read_declaration(declaration: Declaration) -> dict[str, Table]:
    """Creates the declared tables in memory and describes them. What SQLite refuses to create cannot exist either."""
    with closing(sqlite3.connect(":memory:")) as memory:
        register(memory)
        for statement in declaration.statements:
            with suppress(sqlite3.Error):
                memory.execute(statement)
        return _describe(lambda statement: memory.execute(statement).fetchall(), list(declaration.models))


def _describe(query: Query, tables: Sequence[str]) -> dict[str, Table]:
    statements = {(kind, name): sql for kind, name, sql in query("SELECT type, name, sql FROM sqlite_master")}
    kinds = {name: kind for kind, name in statements if kind in ("table", "view") and name in tables}
    return {name: _table(query, name, kind, statements) for name, kind in kinds.items()}


def _table(query: Query, name: str, kind: str, statements: dict[tuple[str, str], str]) -> Table:
    statement = statements[kind, name]
    if VIRTUAL.match(statement):
        kind = "virtual table"
    automatic = bool(re.search(r"\bAUTOINCREMENT\b", QUOTED.sub("", statement), re.IGNORECASE))
    found = query(f'PRAGMA table_xinfo("{name}")')
    generating = (expression for _, expression in _expressions(statement, GENERATED))
    columns = {
        column: Column(
            column,
            declared.lower(),
            nullable=not (not_null or key),
            default=default,
            generated=next(generating, "") if hidden in (2, 3) else None,
            automatic=bool(key and automatic),
        )
        for _, column, declared, not_null, default, key, hidden in found
    }
    key = ", ".join(row[1] for row in sorted(found, key=lambda row: row[5]) if row[5])
    rules = [
        *([Rule("", "primary key", f"({key})")] if key else []),
        *_indexes(query, name, statements),
        *_checks(statement),
        *_foreign_keys(query, name),
    ]
    return Table(name, columns, tuple(rules), kind)


def _indexes(query: Query, table: str, statements: dict[tuple[str, str], str]) -> Iterator[Rule]:
    for _, name, unique, origin, _ in query(f'PRAGMA index_list("{table}")'):
        if origin == "pk":
            continue
        kind = "unique" if unique else "index"
        own_statement = statements.get(("index", name))
        if own_statement is None:  # made by SQLite itself for a UNIQUE of the table
            columns = [column for _, _, column in query(f'PRAGMA index_info("{name}")')]
            yield Rule("", kind, f"({', '.join(columns)})")
        else:
            yield Rule(name, kind, _plain(own_statement[own_statement.index("(") :]))


def _checks(statement: str) -> Iterator[Rule]:
    for before, condition in _expressions(statement, CHECK):
        name = CHECK_NAME.search(before)
        yield Rule(name[1] if name else "", "check", f"CHECK ({condition})")


def _expressions(statement: str, keyword: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The text before each `keyword` of a CREATE TABLE, and what is in parentheses after it. No pragma lists these."""
    masked = QUOTED.sub(lambda match: "_" * len(match[0]), statement)
    for found in keyword.finditer(masked):
        yield statement[: found.start()], _plain(statement[found.end() : _closing(masked, found.end())])


def _closing(text: str, start: int) -> int:
    """The index of the parenthesis that closes the one opened before `start`."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)


def _foreign_keys(query: Query, table: str) -> Iterator[Rule]:
    """A reference without columns is to the primary key."""
    for row in query(f'PRAGMA foreign_key_list("{table}")'):
        target, column, to = row[2:5]
        if to is None:
            to = next((found[1] for found in query(f'PRAGMA table_info("{target}")') if found[5]), "rowid")
        yield Rule("", "foreign key", f"({column}) to {target} ({to})")


def _plain(expression: str) -> str:
    """Removes quotes around names and redundant space; string literals stay as they are."""
    parts = re.split(r"('(?:[^']|'')*')", expression)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"\s+", " ", re.sub(r'["`\[\]]', "", parts[place]))
    return "".join(parts).strip()
