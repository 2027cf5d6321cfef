"""Makes concurrent index statements, and check constraints, repeatable after a crash at any point.

A concurrent statement commits in parts. If it fails, it leaves an INVALID index; if its client was killed, it continues
in the server for as long as it waits for other sessions.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, ProgrammingError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.repeatable.statements import IDENTIFIER

EXISTS = "SELECT to_regclass(%s)::text"
TABLE_OF = "SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass(%s)"
LOCKABLE = "SELECT relkind IN ('r', 'p') FROM pg_class WHERE oid = to_regclass(%s)"

# The relation of that name, whether it is an index of the table, and whether that is valid.
EXISTING = """
SELECT c.oid::regclass::text, coalesce(c.relkind = 'i' AND i.indrelid = to_regclass(%(table)s), false),
    i.indisvalid AND i.indisready AND i.indislive,
    concat('ALTER ', CASE c.relkind WHEN 'i' THEN 'INDEX ' ELSE 'TABLE ' END, c.oid::regclass, ' RENAME TO ',
        quote_ident(c.relname || '_old'))
FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relname = (parse_ident(%(name)s))[1]::name
    AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass(%(table)s))
"""
# Everything that distinguishes two indexes of a table, as the server itself writes it.
DEFINITION = """
SELECT quote_ident(c.relname), concat_ws(' ', CASE WHEN indisunique THEN 'UNIQUE' END, 'INDEX',
    CASE WHEN indisexclusion THEN 'of an exclusion constraint' WHEN NOT indimmediate THEN 'that is deferrable' END,
    substr(pg_get_indexdef(indexrelid), strpos(pg_get_indexdef(indexrelid), ' USING ') + 1))
FROM pg_index JOIN pg_class c ON c.oid = indexrelid
"""
# https://www.postgresql.org/docs/18/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
LEFT_BY_REINDEX = """
SELECT c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
    AND i.indrelid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) FROM pg_class WHERE oid = to_regclass(%s))
"""
CONSTRAINT = """
SELECT quote_ident(conname), conrelid::regclass::text, pg_get_constraintdef(oid), convalidated,
    concat('ALTER TABLE ', conrelid::regclass, ' RENAME CONSTRAINT ', quote_ident(conname), ' TO ',
        quote_ident(conname || '_old'))
FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = (parse_ident(%s))[1]::name
"""


class RepeatableStatements:
    """Each method takes a statement as releases.repeatable.statements matched it, and `run`, which runs it.

    Raises ProgrammingError if something else has the name.
    """

    def __init__(self, connection: BaseDatabaseWrapper, say: Callable[[str], None]) -> None:
        self._connection, self._say = connection, say

    def create_index(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """Leaves a valid index of exactly this definition."""
        table = wanted["table"]
        if not self._rows(EXISTS, [table])[0][0]:
            run()  # the server reports that the table is missing
            return
        name = wanted["name"] or self._wanted_index(wanted)[0]
        if found := self._settled(name, table):
            self._accept_index(found, wanted)
            return
        try:
            run()
        except BaseException:
            self._clean_up(lambda: self._settled(name, table))
            raise

    def drop_index(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        for (table,) in self._rows(TABLE_OF, [wanted["name"]]):
            self._wait_for_others(table)
        if self._rows(EXISTS, [wanted["name"]])[0][0]:
            run()
        else:
            self._say(f"There is no index {wanted['name']}: nothing to drop.")

    def reindex(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """Drops the INVALID indexes (_ccnew, _ccold) of a failed one, which slow down every write."""
        kind, table = wanted["kind"].upper(), wanted["name"]
        if kind == "INDEX":
            table = next((table for (table,) in self._rows(TABLE_OF, [table])), None)
        if kind not in ("INDEX", "TABLE") or not table:
            run()
            return
        self._drop_left_by_reindex(table)
        try:
            run()
        except BaseException:
            self._clean_up(lambda: self._drop_left_by_reindex(table))
            raise

    def add_check(self, wanted: re.Match[str], run: Callable[[], None]) -> None:
        """Leaves this constraint, valid unless it is wanted NOT VALID."""
        found = self._rows(CONSTRAINT, [wanted["table"], wanted["name"]])
        definition = self._wanted_check(wanted) if found else ""
        if not definition:
            run()
            return
        name, table, existing, valid, rename = found[0]
        if existing.removesuffix(" NOT VALID") != definition or not (valid or wanted["not_valid"]):
            raise taken(name, existing, f"{definition}{wanted['not_valid'] or ''}", table, rename)
        self._say(f"Constraint {name} already exists with the wanted definition.")

    def _settled(self, name: str, table: str) -> tuple[str, bool, str] | None:
        """What has the name, once no other statement works on the table, and after an INVALID index is dropped."""
        self._wait_for_others(table)
        for index, ours, valid, rename in self._rows(EXISTING, {"name": name, "table": table}):
            if not ours or valid:
                return index, ours, rename
            self._execute(f"DROP INDEX CONCURRENTLY {index}")
        return None

    def _wait_for_others(self, table: str) -> None:
        """Every concurrent statement holds this lock on the table until it ends, even after its client has gone.

        Waiting for the lock takes no snapshot, so such a statement does not wait for us.
        """
        if self._rows(LOCKABLE, [table]) == [(True,)]:
            with transaction.atomic(using=self._connection.alias):
                self._execute(f"LOCK TABLE ONLY {table} IN SHARE UPDATE EXCLUSIVE MODE")

    def _accept_index(self, found: tuple[str, bool, str], wanted: re.Match[str]) -> None:
        index, ours, rename = found
        definition = self._wanted_index(wanted)[1]
        existing = self._rows(f"{DEFINITION} WHERE indexrelid = to_regclass(%s)", [index])
        if ours and existing[0][1] == definition:
            self._say(f"Index {index} already exists with the wanted definition.")
            return
        what = f"{existing[0][1]}{'' if ours else ' of another table'}" if existing else "something other than an index"
        raise taken(index, what, definition, self._rows(EXISTS, [wanted["table"]])[0][0], rename)

    def _wanted_index(self, wanted: re.Match[str]) -> tuple[str, str]:
        """The name and the definition of the index that the statement would create."""
        with self._copy(wanted["table"]) as copy:
            self._execute(f"CREATE {wanted['unique'] or ''} INDEX {wanted['name'] or ''} ON {copy} {wanted['rest']}")
            (found,) = self._rows(f"{DEFINITION} WHERE indrelid = to_regclass(%s)", [copy])
        return found

    def _wanted_check(self, wanted: re.Match[str]) -> str:
        """The definition; empty if the statement does more than add the constraint."""
        constraint = f", CONSTRAINT {wanted['name']} {wanted['check']}"
        try:
            with self._copy(wanted["table"], constraint) as copy:
                ((_, _, definition, _, _),) = self._rows(CONSTRAINT, [copy, wanted["name"]])
        except ProgrammingError:
            return ""
        return str(definition)

    @contextmanager
    def _copy(self, table: str, constraint: str = "") -> Iterator[str]:
        """An empty copy of `table`, by name, in a transaction that is rolled back.

        It is named like the table, because expressions may mention that name.
        """
        copy = f"pg_temp.{re.findall(IDENTIFIER, table)[-1]}"
        with transaction.atomic(using=self._connection.alias):
            self._execute(f"CREATE TEMPORARY TABLE {copy} (LIKE {table}{constraint})")
            yield copy
            transaction.set_rollback(True, using=self._connection.alias)

    def _drop_left_by_reindex(self, table: str) -> None:
        self._wait_for_others(table)
        for (index,) in self._rows(LEFT_BY_REINDEX, [table]):
            self._execute(f"DROP INDEX CONCURRENTLY {index}")

    def _clean_up(self, drop: Callable[[], object]) -> None:
        """Does not wait for the next release: an INVALID index may already reject writes."""
        try:
            if self._connection.is_usable():
                drop()
        except Error:
            self._say("An INVALID index may be left. The next attempt drops it.")

    def _execute(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def _rows(self, sql: str, parameters: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())


def taken(name: str, existing: str, wanted: str, table: str, rename: str) -> ProgrammingError:
    """The error for a name that something else has. `existing` and `wanted` are definitions, `rename` is SQL."""
    return ProgrammingError(
        f"{name} exists with another definition: it is {existing}, and wanted on {table} is {wanted}. Rename the"
        f" existing one, with this SQL: {rename}; or rename the wanted one in the migration."
    )
