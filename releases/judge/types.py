"""Which changes of a column's type PostgreSQL makes in the catalogue alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from releases.judge.constraints import UNCHECKED, added_unchecked, validate
from releases.judge.facts import Constraint, Facts, Table
from releases.judge.objects import named
from releases.judge.sql import Node, collation_of, name_of, named_columns, parse, quote, write, write_type
from releases.judge.verdict import SHORT, Action, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

LOCKED = "ACCESS EXCLUSIVE, until every row is written"
BOUND = "The values stay as they are, but {} would be built anew, and nobody can use the table meanwhile."
UNTOUCHED = "The stored values stay as they are."
CHECKED_AGAIN = "The values stay as they are. Added again NOT VALID, then validated, for which nobody waits: {}."
FREE_FIRST = "Remove that in a release before this one, and add it again in one after it."
UNCHANGED = "The type is the same already. The server would build and check anew what is bound to it."
DEPENDED_ON = "The server refuses to change the type of a column that something is made of: {}."
MADE_AGAIN = (
    "In the same migration, drop that by migrations.RunSQL before this operation, and create it again after it. They"
    " are committed together."
)
OTHER_FIELD = (
    "Add a second field of the new type, write both, fill it in batches with releases.operations.Backfill, read the new"
    " one, and remove the old one in a later release."
)
TEXT = ("varchar", "text")
CASELESS = "citext"
PRECISE = ("timestamp", "timestamptz", "time", "timetz", "varbit")


def change(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Returns whether the command remains in its statement."""
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    wanted = getattr(command, "def").column_def
    column = table.column(command.name) if table else None
    if table is None or not (table.is_large or (column and column.dependents)):
        return True
    collates = column is not None and collation_of(wanted) != column.collation
    if column and not collates and _is_unchanged(column.type, wanted):
        verdict.note(Action.ONLINE, UNCHANGED)
        return False
    if column and column.dependents:
        verdict.note(Action.REFUSED, DEPENDED_ON.format(named(column.dependents)), instead=MADE_AGAIN)
        return True
    if column and is_compatible(column.type, write_type(wanted.type_name)):
        collates |= CASELESS in (read_type(column.type)[0], read_type(write_type(wanted.type_name))[0])
        checks = {
            name: one for name, one in table.constraints.items() if one.kind == "c" and command.name in one.columns
        }
        if bound := list(_built_of(command.name, table, circumstances.facts, collates=collates)):
            verdict.note(Action.REFUSED, BOUND.format(", ".join(bound)), lock=LOCKED, instead=FREE_FIRST)
        elif checks:
            _check_again(checks, command, relation, verdict)
            return False
        else:
            verdict.note(Action.AS_IS, UNTOUCHED, lock=SHORT)
        return True
    was, becomes = column.type if column else "its type", write_type(wanted.type_name)
    verdict.note(
        Action.REFUSED,
        f"From {was} to {becomes} every row is checked or written, and nobody can use the table meanwhile.",
        lock=LOCKED,
        instead=OTHER_FIELD,
    )
    return True


def _built_of(column: str, table: Table, facts: Facts, *, collates: bool) -> Iterator[str]:
    """The indexes that the server builds anew if the type changes in any way. Measured.

    Those that name the column, if they also have an expression or a condition, of whatever column. If it gets another
    collation, all that name it.
    """
    for index, one in facts.indexes_of(table).items():
        if not one.definition:
            continue
        statement = parse(one.definition)[0]
        if column in named_columns(statement) and (collates or _is_computed(statement)):
            yield index


def _check_again(checks: dict[str, Constraint], command: Node, relation: Node, verdict: Verdict) -> None:
    """The server would check every row by the constraints that name the column, if they stood meanwhile."""
    table = name_of(relation)
    commands = []
    for name, one in checks.items():
        commands.append(f"DROP CONSTRAINT {quote(name)}")
        commands.append(added_unchecked(name, one.definition))
    statement = parse(f"ALTER TABLE {table} {', '.join(commands)}")[0]
    statement.cmds.add().alter_table_cmd.CopyFrom(command)
    verdict.now.append(write(statement))
    valid = [name for name, one in checks.items() if not one.definition.endswith(UNCHECKED)]
    verdict.later += [replace(validate(table, name), cleans_up=True) for name in valid]
    verdict.note(Action.ONLINE, CHECKED_AGAIN.format(", ".join(valid)) if valid else UNTOUCHED, lock=SHORT)


def _is_computed(index: Node) -> bool:
    """Whether it has an expression or a condition. The server does not compare these with what they were."""
    return index.HasField("where_clause") or any(one.index_elem.HasField("expr") for one in index.index_params)


def _is_unchanged(before: str, wanted: Node) -> bool:
    """Such as Django writes it where only the comment changes."""
    return not wanted.HasField("raw_default") and write_type(_type_name(before)) == write_type(wanted.type_name)


def is_same(one: str, other: str) -> bool:
    return read_type(one) == read_type(other)


def is_compatible(before: str, after: str) -> bool:
    """Whether no row and no index is written. Source: the server's code, and measured with pg_relation_filenode()."""
    (old, old_size), (new, new_size) = read_type(before), read_type(after)
    if CASELESS in (old, new):
        return not new_size and {old, new} <= {CASELESS, *TEXT}
    if old in TEXT and new in TEXT:
        return not new_size or (old == "varchar" and bool(old_size) and new_size >= old_size)
    if old == new == "numeric":
        return not new_size or (bool(old_size) and new_size[0] >= old_size[0] and new_size[1:] == old_size[1:])
    if old == new:
        return old_size == new_size or (old in PRECISE and (not new_size or (bool(old_size) and new_size >= old_size)))
    # With USE_TZ the session's time zone is UTC; otherwise it is that of the settings.
    times = {("timestamp", "timestamptz"), ("timestamptz", "timestamp")} if settings.USE_TZ else set()
    return (old, new) in {("cidr", "inet"), *times}


def read_type(text: str) -> tuple[str, list[int]]:
    """`numeric(8,2)`: its name and its modifiers."""
    name = _type_name(text)
    if not all(one.a_const.HasField("ival") for one in name.typmods):
        return write_type(name), []  # such as geometry(Point,4326)
    array = "[]" * len(name.array_bounds)
    return name.names[-1].string.sval + array, [int(one.a_const.ival.ival) for one in name.typmods]


def _type_name(text: str) -> Node:
    return parse(f"SELECT NULL::{text}")[0].target_list[0].res_target.val.type_cast.type_name
