"""A column that comes back before it was dropped gets what it is declared with now, and keeps its values."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from postgast import pg_query_pb2 as tree

from releases.judge import constraints, indexes
from releases.judge.facts import Index, Table
from releases.judge.filling import fill
from releases.judge.removals import default_dropped, unique_constraint
from releases.judge.sql import Node, is_stable, name_of, object_name, parse, quote, write_expression
from releases.judge.verdict import Action, Deferral, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

WAITS = "It was not dropped yet: that is cancelled. An old version may write NULL; NOT NULL waits until it has gone."
FILLED = (
    "It was not dropped yet: that is cancelled. NULL is replaced in batches, and what an old version writes by a"
    " trigger, until that has gone."
)
Parts = dict[int, Node]
"""The constraints in the definition of a column, by their kind."""


def declare_again(
    column: Node, relation: Node, existing: Table, item: Any, circumstances: "Circumstances", verdict: Verdict
) -> None:
    """Adds what the column lacks, and drops what it has besides. `item` is its removal. A step back finds the column as
    it was, unless it had come back and waits again."""
    table, name = name_of(relation), quote(column.colname)
    parts: Parts = {one.constraint.contype: one.constraint for one in column.constraints}
    is_as_it_was = circumstances.backwards and not item.waits_again
    if is_as_it_was:
        restore = item.restore
    else:
        restore = [step for step in item.restore if tree.CONSTR_FOREIGN in parts and " CONSTRAINT " in step["sql"]]
        _default(parts, column.colname, relation, existing, circumstances, verdict)
        _unique(parts, column.colname, relation, existing, circumstances, verdict)
        _check(parts, column.colname, relation, existing, verdict)
        _drop_indexes(column.colname, relation.relname, circumstances, verdict)
    is_filled = tree.CONSTR_NOTNULL in parts or tree.CONSTR_UNIQUE not in parts
    may_be_null = not (existing.columns[column.colname].not_null or circumstances.backwards)
    if tree.CONSTR_DEFAULT in parts and is_filled and not (may_be_null and _repeats(parts)):
        value = write_expression(parts[tree.CONSTR_DEFAULT].raw_expr)
        verdict.later.append(Step(f"{name} = {value}", table=table, where=f"{name} IS NULL"))
    if tree.CONSTR_NOTNULL in parts:
        _not_null(parts, column.colname, relation, verdict, may_be_null=may_be_null)
    elif existing.columns[column.colname].not_null:
        verdict.now.append(f"ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL")
    verdict.later += [Step(**step) for step in restore]


def _not_null(parts: Parts, column: str, relation: Node, verdict: Verdict, *, may_be_null: bool) -> None:
    """Whether it is NOT NULL now, an operation before this one may have changed. An old version may write NULL."""
    if may_be_null and (tree.CONSTR_DEFAULT not in parts or _repeats(parts)):
        verdict.deferred.append(constraints.not_null_waits(relation, column))
        verdict.note(Action.ONLINE, WAITS)
        return
    if may_be_null:
        fill(relation, column, write_expression(parts[tree.CONSTR_DEFAULT].raw_expr), verdict)
        verdict.note(Action.BATCHES, FILLED)
    verdict.later += constraints.not_null(name_of(relation), column)


def _repeats(parts: Parts) -> bool:
    """Whether its default would be the same value in rows that must differ."""
    default = parts.get(tree.CONSTR_DEFAULT)
    return default is not None and tree.CONSTR_UNIQUE in parts and is_stable(default.raw_expr)


def refers_as_before(column: Node, item: Any) -> bool:
    """Whether a foreign key that is declared is the one that the removal dropped. Its name says to what it refers."""
    names = [one.constraint.conname for one in column.constraints if one.constraint.contype == tree.CONSTR_FOREIGN]
    return all(any(quote(name) in step["sql"] for step in item.restore) for name in names)


def _default(
    parts: Parts, column: str, relation: Node, existing: Table, circumstances: "Circumstances", verdict: Verdict
) -> None:
    key = ("default", name_of(relation), column)
    if tree.CONSTR_DEFAULT in parts:
        value = write_expression(parts[tree.CONSTR_DEFAULT].raw_expr)
        verdict.now.append(f"ALTER TABLE {name_of(relation)} ALTER COLUMN {quote(column)} SET DEFAULT {value}")
        verdict.cancelled += [key] if key in circumstances.pending else []
    elif existing.columns[column].default and key not in circumstances.pending:
        _drop(default_dropped(column, relation), circumstances, verdict)


def _unique(
    parts: Parts, column: str, relation: Node, existing: Table, circumstances: "Circumstances", verdict: Verdict
) -> None:
    table, name = name_of(relation), object_name(relation.relname, column, "key")
    pending = ("constraint", table, name) in circumstances.pending
    if tree.CONSTR_UNIQUE not in parts:
        if name in existing.constraints and not pending:
            _drop(unique_constraint(name, relation), circumstances, verdict)
    elif name not in existing.constraints:
        attach = f"UNIQUE USING INDEX {quote(name)}"
        verdict.later += indexes.unique(relation, quote(name), quote(column), nulls_not_distinct=False, attach=attach)
    elif pending:
        verdict.cancelled.append(("constraint", table, name))


def _drop(deferral: Deferral, circumstances: "Circumstances", verdict: Verdict) -> None:
    if circumstances.backwards:
        verdict.now += [step.sql for step in deferral.steps]
    else:
        verdict.deferred.append(deferral)


def _check(parts: Parts, column: str, relation: Node, existing: Table, verdict: Verdict) -> None:
    table, name = name_of(relation), object_name(relation.relname, column, "check")
    if name in existing.constraints:
        verdict.now.append(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}")
    if tree.CONSTR_CHECK in parts:
        rule = write_expression(parts[tree.CONSTR_CHECK].raw_expr)
        verdict.now.append(f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} CHECK ({rule}) NOT VALID")
        verdict.later.append(constraints.validate(table, name))


def _drop_indexes(column: str, table: str, circumstances: "Circumstances", verdict: Verdict) -> None:
    """Those of this column alone: Django creates the ones that are declared after the column."""
    found = circumstances.facts.indexes
    dropped = [name for name, index in found.items() if index.table == table and _is_plain(index, column)]
    verdict.later += [Step(f"DROP INDEX CONCURRENTLY IF EXISTS {quote(name)}", repeatable=True) for name in dropped]
    left = {name: index for name, index in found.items() if name not in dropped}
    circumstances.facts = replace(circumstances.facts, indexes=left)


def _is_plain(index: Index, column: str) -> bool:
    if index.unique or not index.definition:
        return False
    statement = parse(index.definition)[0]
    return [one.index_elem.name for one in statement.index_params] == [column]
