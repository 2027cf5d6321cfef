"""ADD COLUMN: the column appears in a moment; what needs all rows comes after."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge import constraints, indexes
from releases.judge.sql import Node, is_serial, is_stable, name_of, object_name, quote, write_expression
from releases.judge.verdict import SHORT, Action, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

WITH_VALUE = {tree.CONSTR_DEFAULT, tree.CONSTR_IDENTITY, tree.CONSTR_GENERATED}
VALUELESS = "The rows that are there, and those that the old version inserts, have no value for it."
GIVE_VALUE = "Give the field a default, or let it be null."
GENERATED = "It is computed for every row while nobody can read or write the table."
SEQUENCE = "Every row gets a number while nobody can read or write the table."
SAME_KEY = "Every row would get the same value, and a primary key has no value twice."
DEFERRED = " DEFERRABLE INITIALLY DEFERRED"
GIVE_KEYS = "Add a plain column, fill it with another value in each row, in batches, and make it the key after that."
WAIT = "Add a plain column and fill it in batches; or release while nobody uses the table, with release_accepts."


def add(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Returns True: the command remains, without what needs all rows."""
    column = getattr(command, "def").column_def
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    parts = {one.constraint.contype: one.constraint for one in column.constraints}
    if table is None:
        return True
    if lacks_value(column) and not circumstances.backwards:
        if table.rows:
            verdict.note(Action.REFUSED, VALUELESS, instead=GIVE_VALUE)
            return True
        take_out(column, {tree.CONSTR_NOTNULL})
        parts.pop(tree.CONSTR_NOTNULL)
        verdict.deferred.append(constraints.not_null_waits(relation, column.colname))
        verdict.note(Action.DEFERRED, "The old version's inserts leave it NULL.")
    refusal, instead = _rewrites(parts, column) if table.is_large else ("", "")
    if refusal:
        verdict.note(Action.REFUSED, refusal, lock="ACCESS EXCLUSIVE, until every row is written", instead=instead)
    if refusal or not table.is_large:
        _replace_primary_key(relation, column, table.primary_key, verdict)
        return True
    _postpone(column, relation, parts, verdict)
    return True


def lacks_value(column: Node) -> bool:
    """Whether it is NOT NULL and nothing gives it a value."""
    parts = {one.constraint.contype for one in column.constraints}
    return tree.CONSTR_NOTNULL in parts and not (parts & WITH_VALUE or is_serial(column))


def take_out(column: Node, kinds: Collection[int]) -> None:
    kept = [one for one in column.constraints if one.constraint.contype not in kinds]
    del column.constraints[:]
    column.constraints.extend(kept)


def _replace_primary_key(relation: Node, column: Node, old: str, verdict: Verdict) -> None:
    if old and any(one.constraint.contype == tree.CONSTR_PRIMARY for one in column.constraints):
        take_out(column, {tree.CONSTR_PRIMARY})
        name = object_name(relation.relname, "", "pkey")
        constraints.replace_primary_key(relation, name, quote(column.colname), old, verdict)


def _postpone(column: Node, relation: Node, parts: dict[int, Node], verdict: Verdict) -> None:
    """What needs all rows of a large table."""
    default = parts.get(tree.CONSTR_DEFAULT)
    taken_out = {tree.CONSTR_UNIQUE, tree.CONSTR_CHECK}
    if default is not None:
        taken_out |= {tree.CONSTR_FOREIGN, tree.CONSTR_ATTR_DEFERRABLE, tree.CONSTR_ATTR_DEFERRED}
    if default is not None and not is_stable(default):  # a stable one is stored once, and not in each row
        taken_out |= {tree.CONSTR_DEFAULT, tree.CONSTR_NOTNULL}
        _fill_in_batches(relation, column.colname, write_expression(default.raw_expr), verdict)
        if tree.CONSTR_NOTNULL in parts:
            verdict.later += constraints.not_null(name_of(relation), column.colname)
    _add_constraints_after(relation, column.colname, parts, taken_out, verdict)
    take_out(column, taken_out)


def _rewrites(parts: dict[int, Node], column: Node) -> tuple[str, str]:
    """Why the table would be rewritten, and what to do instead; empty if it would not."""
    generated = parts.get(tree.CONSTR_GENERATED)
    if generated is not None and generated.generated_kind != "v":
        return GENERATED, WAIT
    if tree.CONSTR_PRIMARY in parts and tree.CONSTR_DEFAULT in parts and is_stable(parts[tree.CONSTR_DEFAULT]):
        return SAME_KEY, GIVE_KEYS
    is_numbered = is_serial(column) or tree.CONSTR_IDENTITY in parts or tree.CONSTR_PRIMARY in parts
    return (SEQUENCE, WAIT) if is_numbered else ("", "")


def _fill_in_batches(relation: Node, column: str, value: str, verdict: Verdict) -> None:
    table, name = name_of(relation), quote(column)
    verdict.now.append(f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {value}")
    verdict.later.append(Step(f"{name} = {value}", table=table, where=f"{name} IS NULL"))
    verdict.note(
        Action.BATCHES,
        "Each row needs a value of its own. New rows get the default, existing ones are filled in batches.",
        lock=SHORT,
    )


def _add_constraints_after(
    relation: Node, column: str, parts: dict[int, Node], taken_out: set[int], verdict: Verdict
) -> None:
    table = name_of(relation)
    if tree.CONSTR_UNIQUE in parts:
        name = quote(object_name(relation.relname, column, "key"))
        verdict.later += indexes.unique(
            relation, name, quote(column), nulls_not_distinct=False, attach=f"UNIQUE USING INDEX {name}"
        )
        verdict.note(Action.ONLINE, "Its index is built concurrently and then attached.", lock=SHORT)
    added = {}
    if tree.CONSTR_CHECK in parts:
        expression = write_expression(parts[tree.CONSTR_CHECK].raw_expr)
        added[object_name(relation.relname, column, "check")] = f"CHECK ({expression})"
    if tree.CONSTR_FOREIGN in taken_out and tree.CONSTR_FOREIGN in parts:
        foreign = parts[tree.CONSTR_FOREIGN]
        added[foreign.conname] = _foreign_key(column, foreign) + (
            DEFERRED if tree.CONSTR_ATTR_DEFERRED in parts else ""
        )
    for name, definition in added.items():
        verdict.now.append(f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} {definition} NOT VALID")
        verdict.later.append(constraints.validate(table, name))
        verdict.note(Action.ONLINE, constraints.CHECKED, lock=SHORT)


def _foreign_key(column: str, foreign: Node) -> str:
    target = f"{name_of(foreign.pktable)} ({quote(foreign.pk_attrs[0].string.sval)})"
    return f"FOREIGN KEY ({quote(column)}) REFERENCES {target}"
