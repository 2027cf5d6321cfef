"""DROP COLUMN: the column stays until the old version has gone, and is not in the way of the new one until then."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from postgast import find_nodes
from postgast import pg_query_pb2 as tree

from releases.judge.facts import Column, Facts, Table
from releases.judge.objects import named
from releases.judge.removals import STILL_USED, add_again, column_dropped, foreign_keys
from releases.judge.sql import Node, full_name, name_of, parse, quote
from releases.judge.verdict import Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

STILL_KEY = "It is the primary key, by which the old version finds rows, and which the new one does not set."
WITHOUT_OLD = "Remove it in the release after the one in which another field becomes the primary key."
STILL_DISTINCT = "The new version leaves it NULL, and {} takes one NULL for a duplicate of another."
SHOWN_BY = " Something is made of it, and has to be dropped or changed by then: {}."
WITHOUT_IT = "Remove {} in one release, and the field in the next, once that change has been made."


def drop_column(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """The column stays, and has the default of the field or accepts NULL, so that the inserts of neither version fail,
    in whatever order the contract makes what waits of the column."""
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    column = table.columns.get(command.name) if table else None
    if table is None or column is None:
        return True
    is_inserted = full_name(relation) not in circumstances.doomed
    if is_inserted and _is_refused(command.name, table, column, circumstances, verdict):
        return True
    where = name_of(relation)
    if circumstances.backwards:
        column = _as_it_waited(column, where, command.name, circumstances, verdict)
    restore: list[Step] = []
    for key, text in foreign_keys(table, command.name).items():
        verdict.now.append(f"ALTER TABLE {where} DROP CONSTRAINT IF EXISTS {quote(key)}")
        restore += add_again(where, key, text)
    if is_inserted:
        restore += _relax(where, command.name, table, column, circumstances, verdict)
    reason = STILL_USED + SHOWN_BY.format(named(column.dependents)) * bool(column.dependents)
    verdict.deferred.append(column_dropped(command.name, where, relation.relname, tuple(restore)))
    verdict.note(Action.DEFERRED, reason)
    return False


def _as_it_waited(column: Column, where: str, name: str, circumstances: "Circumstances", verdict: Verdict) -> Column:
    """A column that came back: without the default and the trigger that its return has entered in the contract."""
    for kind in ("default", "fill"):
        key = (kind, where, name)
        if key in circumstances.pending:
            verdict.now += [step["sql"] for step in circumstances.pending[key].steps]
            verdict.cancelled.append(key)
    if ("default", where, name) in verdict.cancelled:
        column = replace(column, has_default=False, default="")
    if ("fill", where, name) in verdict.cancelled:
        verdict.now.append(f"ALTER TABLE {where} ALTER COLUMN {quote(name)} DROP NOT NULL")
        column = replace(column, not_null=False)
    return column


def _is_refused(name: str, table: Table, column: Column, circumstances: "Circumstances", verdict: Verdict) -> bool:
    if name in table.key_columns and not column.has_default:
        verdict.note(Action.REFUSED, STILL_KEY, old_version="Its statements fail.", instead=WITHOUT_OLD)
        return True
    unique = _unique_indexes(circumstances.facts, table, name)
    strict = next((index for index, statement in unique if statement.nulls_not_distinct), None)
    if strict:
        verdict.note(Action.REFUSED, STILL_DISTINCT.format(strict), instead=WITHOUT_IT.format(strict))
    return strict is not None


def _relax(
    where: str, column: str, table: Table, existing: Column, circumstances: "Circumstances", verdict: Verdict
) -> list[Step]:
    """For the inserts of the new version, which leave the column out. Returns the steps that take it back."""
    alter = f"ALTER TABLE {where} ALTER COLUMN {quote(column)}"
    restore: list[Step] = []
    unique = any(_unique_indexes(circumstances.facts, table, column))
    repeated = unique and existing.is_constant
    if repeated:  # each insert would get the same value
        verdict.now.append(f"{alter} DROP DEFAULT")
        restore.append(Step(f"{alter} SET DEFAULT {existing.default}"))
    waiting = [key for key in circumstances.pending if key[1:] == (where, column) and key not in verdict.cancelled]
    value = circumstances.removed_default
    if value and existing.not_null and not (waiting or unique or existing.has_default):
        verdict.now.append(f"{alter} SET DEFAULT {value}")
        restore.append(Step(f"{alter} DROP DEFAULT"))
    elif waiting or (existing.not_null and (repeated or not existing.has_default)):
        verdict.now.append(f"{alter} DROP NOT NULL")
    verdict.cancelled += [key for key in waiting if key[0] == "not null"]
    return restore


def _unique_indexes(facts: Facts, table: Table, column: str) -> Iterator[tuple[str, Node]]:
    """The unique indexes over a column, and perhaps others."""
    for name, index in facts.indexes_of(table).items():
        if index.unique and index.definition:
            statement = parse(index.definition)[0]
            if column in {one.name for one in find_nodes(statement, tree.IndexElem)}:
                yield name, statement
