"""Whether rows violate what statements would add: then a release would fail at it in the middle."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from postgast import pg_query_pb2 as tree

from releases.judge.facts import Facts, Table
from releases.judge.future_rows import defaults_of, rows_of
from releases.judge.new_columns import GIVE_VALUE, lacks_value
from releases.judge.retyping import after
from releases.judge.shared_values import filled_column, fills_key
from releases.judge.sql import (
    Node,
    is_stable,
    kind,
    listed_names,
    name_of,
    named_columns,
    parsed,
    quote,
    write_expression,
    write_type,
)
from releases.judge.types import read_type
from releases.messages.counting import grouped

LATER = (
    "The old version writes the default until it has gone. Choose one that the constraint allows, or add the constraint"
    " in the next release."
)
OTHER_DEFAULT = (
    "They would get the default of the new field. Choose another one, or add the field with null=True and no default."
)
DISTINCT_VALUES = (
    "They would get the default of the new field. Add it with null=True and no default, give each row a value of its"
    " own by RunPython, and make it unique after that."
)


@dataclass(frozen=True)
class Violation:
    """`query` counts the rows; it finds nothing, or 0, if all is well. `words` are said of them, with {} for the count.

    `instead` says what to do, if it is not to clean the rows. `is_later`: of rows that the old version will insert.
    """

    query: str
    words: str
    instead: str = ""
    is_later: bool = False

    def in_words(self, count: int) -> str:
        """The names in it may contain braces, too."""
        return self.words.replace("{}", grouped(count), 1)


def violations(texts: Iterable[str], facts: Facts) -> Iterator[Violation]:
    """Of the statements of one operation: what can be asked of columns that exist, or whose values are known."""
    filled: set[str] = set()
    for statement in (one for one in parsed(texts) if kind(one) in ("AlterTableStmt", "IndexStmt", "UpdateStmt")):
        table = facts.table(statement.relation.relname, statement.relation.schemaname)
        if table is None:
            continue
        relation = statement.relation
        if kind(statement) == "UpdateStmt":
            if not fills_key(statement, facts):
                filled.add(filled_column(statement))
        elif kind(statement) == "IndexStmt":
            yield from _of_index(statement, relation, table)
        else:
            for one in statement.cmds:
                yield from _of_command(one.alter_table_cmd, relation, table, filled)


def _of_command(command: Node, relation: Node, table: Table, filled: set[str]) -> Iterator[Violation]:
    if command.subtype == tree.AT_SetNotNull and _may_lack_value(command.name, table) and command.name not in filled:
        yield _without_value(relation, command.name)
    elif command.subtype == tree.AT_AddConstraint:
        constraint = getattr(command, "def").constraint
        rules = {tree.CONSTR_UNIQUE: _of_unique, tree.CONSTR_CHECK: _of_check, tree.CONSTR_FOREIGN: _of_foreign_key}
        if rule := rules.get(constraint.contype):
            yield from rule(constraint, relation, table)
    elif command.subtype == tree.AT_AlterColumnType and command.name in table.columns:
        yield from _of_type(command.name, getattr(command, "def").column_def, relation)
    elif command.subtype == tree.AT_AddColumn:
        yield from _of_column(getattr(command, "def").column_def, relation, after(table, command))


def _of_column(column: Node, relation: Node, table: Table) -> Iterator[Violation]:
    """One that waits to be dropped has its values, and is not added again. `table` is the one that has it."""
    name, parts = column.colname, {one.constraint.contype: one.constraint for one in column.constraints}
    default = parts.get(tree.CONSTR_DEFAULT)
    if tree.CONSTR_CHECK in parts:
        yield from _of_check(parts[tree.CONSTR_CHECK], relation, table)
    if tree.CONSTR_FOREIGN in parts:
        yield from _of_foreign_key(parts[tree.CONSTR_FOREIGN], relation, table, (name,))
    if name in table.columns:
        if lacks_value(column):
            yield _without_value(relation, name)
        if tree.CONSTR_UNIQUE in parts:
            yield _duplicates(name_of(relation), [quote(name)], "", False, False)
    elif lacks_value(column):
        words = f"there are {{}}, and {name} has no value for them"
        yield Violation(f"SELECT count(*) FROM {name_of(relation)}", words, GIVE_VALUE)
    elif default is not None and tree.CONSTR_UNIQUE in parts and is_stable(default.raw_expr):
        words = f"there are {{}} that would have the same {name}"
        yield Violation(f"SELECT count(*) FROM {name_of(relation)} HAVING count(*) > 1", words, DISTINCT_VALUES)


def _of_type(name: str, wanted: Node, relation: Node) -> Iterator[Violation]:
    """Texts that are too long; only a cast that is written out cuts them off."""
    kind_of_type, sizes = read_type(write_type(wanted.type_name))
    if kind_of_type == "varchar" and sizes and not wanted.HasField("raw_default"):
        query = f"SELECT count(*) FROM {name_of(relation)} WHERE char_length({quote(name)}::text) > {sizes[0]}"
        yield Violation(query, f"there are {{}} with more than {sizes[0]} characters in {name}")


def _may_lack_value(name: str, table: Table) -> bool:
    return name in table.columns and not table.columns[name].filled


def _without_value(relation: Node, column: str) -> Violation:
    query = f"SELECT count(*) FROM {name_of(relation)} WHERE {quote(column)} IS NULL"
    return Violation(query, f"there are {{}} without a value in {column}")


def _of_unique(constraint: Node, relation: Node, table: Table) -> Iterator[Violation]:
    names = listed_names(constraint.keys)
    if not constraint.indexname and (rows := rows_of(relation, table, names)):
        yield _duplicates(rows, list(map(quote, names)), "", constraint.nulls_not_distinct, _defaulted(names, table))


def _of_check(constraint: Node, relation: Node, table: Table) -> Iterator[Violation]:
    names, violated = named_columns(constraint), f"WHERE NOT ({write_expression(constraint.raw_expr)})"
    if rows := rows_of(relation, table, names):
        instead = OTHER_DEFAULT if _defaulted(names, table) else ""
        yield Violation(f"SELECT count(*) FROM {rows} {violated}", "there are {}", instead)
    if defaults := defaults_of(relation, table, names):
        words = f"those that the old version inserts, by the default of {' and '.join(sorted(names))}"
        yield Violation(f"SELECT count(*) FROM {defaults} {violated}", words, LATER, is_later=True)


def _of_foreign_key(
    constraint: Node, relation: Node, table: Table, columns: tuple[str, ...] = ()
) -> Iterator[Violation]:
    """Django's have one column each."""
    columns, targets = columns or listed_names(constraint.fk_attrs), listed_names(constraint.pk_attrs)
    if len(columns) == len(targets) == 1 and (rows := rows_of(relation, table, columns)):
        target, column = name_of(constraint.pktable), quote(columns[0])
        query = (
            f"SELECT count(*) FROM (SELECT {column} AS value FROM {rows}) AS one WHERE value IS NOT NULL"
            f" AND NOT EXISTS (SELECT FROM {target} AS other WHERE other.{quote(targets[0])} = one.value)"
        )
        words = f"there are {{}} whose {columns[0]} refers to no row of {constraint.pktable.relname}"
        yield Violation(query, words, OTHER_DEFAULT if _defaulted(columns, table) else "")


def _of_index(statement: Node, relation: Node, table: Table) -> Iterator[Violation]:
    elements = [one.index_elem for one in statement.index_params]
    names = named_columns(statement)
    if statement.unique and (rows := rows_of(relation, table, names)):
        values = [quote(one.name) if one.name else f"({write_expression(one.expr)})" for one in elements]
        condition = write_expression(statement.where_clause) if statement.HasField("where_clause") else ""
        yield _duplicates(rows, values, condition, statement.nulls_not_distinct, _defaulted(names, table))


def _defaulted(names: Collection[str], table: Table) -> bool:
    """Whether this release adds one of the columns with a default."""
    return any(one.has_default for name, one in table.added.items() if name in names and name not in table.columns)


def _duplicates(
    rows: str, values: list[str], condition: str, nulls_not_distinct: bool, is_defaulted: bool
) -> Violation:
    conditions = [f"({condition})"] if condition else []
    conditions += [] if nulls_not_distinct else [f"{value} IS NOT NULL" for value in values]
    query = (
        f"SELECT count(*) FROM {rows}{' WHERE ' if conditions else ''}{' AND '.join(conditions)}"
        f" GROUP BY {', '.join(values)} HAVING count(*) > 1 LIMIT 1"
    )
    names = ", ".join(value.replace('"', "") for value in values)
    instead = DISTINCT_VALUES if is_defaulted else ""
    return Violation(query, f"there are {{}} with the same {names}", instead)
