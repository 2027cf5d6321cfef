"""What the old version still needs: it is relaxed now, and dropped once that version has gone."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge.constraints import UNCHECKED, added_unchecked, validate
from releases.judge.facts import Table
from releases.judge.sql import Node, name_of, object_name, quote, write
from releases.judge.verdict import Action, Deferral, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

STILL_USED = "The old version reads and writes it."
STILL_UNIQUE = "The old version may need it for ON CONFLICT. Until it is dropped, duplicates are still refused."


def drop(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """DROP INDEX and DROP TABLE; everything else as it is."""
    names = [[part.string.sval for part in one.list.items] for one in statement.objects]
    if statement.remove_type == tree.OBJECT_INDEX and len(names) == 1:
        _drop_index(statement, names[0], circumstances, verdict)
    elif statement.remove_type == tree.OBJECT_TABLE:
        _drop_tables(statement, names, circumstances, verdict)


def drop_again(statement: Node, circumstances: "Circumstances", verdict: Verdict) -> None:
    """A step back drops at once, but for what came back: that waits again. So do the columns of a table that did."""
    names = [[part.string.sval for part in one.list.items] for one in statement.objects]
    if statement.remove_type == tree.OBJECT_INDEX:
        if ("index", ".".join(map(quote, names[0])), names[0][-1]) in circumstances.came_back:
            _drop_index(statement, names[0], circumstances, verdict)
        return
    if statement.remove_type != tree.OBJECT_TABLE:
        return
    tables = {".".join(map(quote, parts)): parts[-1] for parts in names}
    if any(("table", one, "") not in circumstances.came_back for one in tables):
        return
    _drop_tables(statement, names, circumstances, verdict)
    for kind, where, name in circumstances.came_back:
        if kind == "column" and where in tables:
            verdict.deferred.append(column_dropped(name, where, tables[where]))


def _drop_index(statement: Node, parts: list[str], circumstances: "Circumstances", verdict: Verdict) -> None:
    index = circumstances.facts.index(parts[-1], ".".join(parts[:-1]))
    if index is None or statement.concurrent:
        verdict.note(Action.AS_IS, "The index is new.")
        return
    if index.unique:
        verdict.deferred.append(unique_index(parts[-1], index.table, where=".".join(map(quote, parts))))
        verdict.note(Action.DEFERRED, STILL_UNIQUE)
        return
    statement.concurrent = True
    verdict.later.append(Step(write(statement), repeatable=True))
    verdict.note(Action.ONLINE, "Dropped concurrently; nobody waits for it.", lock="SHARE UPDATE EXCLUSIVE")


def _drop_tables(statement: Node, names: list[list[str]], circumstances: "Circumstances", verdict: Verdict) -> None:
    """Those that are new are dropped at once, as the statement says."""
    found = {".".join(map(quote, parts)): circumstances.facts.table(parts[-1], ".".join(parts[:-1])) for parts in names}
    if not any(found.values()):
        verdict.note(Action.AS_IS, "The table is new." if len(names) == 1 else "The tables are new.")
        return
    one_of_them = "DROP TABLE IF EXISTS {}" if statement.missing_ok else "DROP TABLE {}"
    one_of_them += " CASCADE" * (statement.behavior == tree.DROP_CASCADE)
    for (where, table), parts in zip(found.items(), names, strict=True):
        if table:
            _drop_table(table, where, parts[-1], circumstances, verdict)
        else:
            verdict.now.append(one_of_them.format(where))


def _drop_table(table: Table, where: str, name: str, circumstances: "Circumstances", verdict: Verdict) -> None:
    waiting = {key[2] for key in circumstances.pending if key[:2] == ("column", where)}  # without foreign keys already
    keys = {
        name: text for name, text in foreign_keys(table).items() if waiting.isdisjoint(table.constraints[name].columns)
    }
    verdict.now += [f"ALTER TABLE {where} DROP CONSTRAINT {quote(name)}" for name in keys]
    restore = tuple(step for name, text in keys.items() for step in add_again(where, name, text))
    step = Step(f"DROP TABLE IF EXISTS {where}")
    verdict.defer("table", where, "", f"drop table {name}", step, restore=restore, reason=STILL_USED)


def drop_constraint(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """Returns whether the command remains: the old version may need a unique constraint for ON CONFLICT."""
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    constraint = table.constraints.get(command.name) if table else None
    if constraint is None or constraint.kind not in "pu":
        return True
    verdict.deferred.append(unique_constraint(command.name, relation))
    verdict.note(Action.DEFERRED, STILL_UNIQUE)
    return False


def unique_index(name: str, table: str, restore: tuple[Step, ...] = (), where: str = "") -> Deferral:
    """`where` is how SQL names it, if with its schema."""
    where = where or quote(name)
    step = Step(f"DROP INDEX CONCURRENTLY IF EXISTS {where}", repeatable=True)
    return Deferral("index", where, name, f"drop unique index {name} of {table}", (step,), restore)


def unique_constraint(name: str, relation: Node, restore: tuple[Step, ...] = ()) -> Deferral:
    table = name_of(relation)
    step = Step(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {quote(name)}")
    return Deferral("constraint", table, name, f"drop constraint {name} of {relation.relname}", (step,), restore)


def default_dropped(column: str, relation: Node) -> Deferral:
    table = name_of(relation)
    step = Step(f"ALTER TABLE {table} ALTER COLUMN {quote(column)} DROP DEFAULT")
    return Deferral("default", table, column, f"drop the default of {relation.relname}.{column}", (step,))


def column_dropped(column: str, where: str, table: str, restore: tuple[Step, ...] = ()) -> Deferral:
    """`where` is how SQL names the table."""
    step = Step(f"ALTER TABLE {where} DROP COLUMN IF EXISTS {quote(column)}")
    return Deferral("column", where, column, f"drop column {column} of {table}", (step,), restore)


def identity_dropped(column: str, relation: Node) -> Deferral:
    """And the sequence, which Django drops by a statement of its own: that of a serial column is left."""
    table = name_of(relation)
    steps = (
        Step(f"ALTER TABLE {table} ALTER COLUMN {quote(column)} DROP IDENTITY IF EXISTS"),
        Step(f"DROP SEQUENCE IF EXISTS {quote(object_name(relation.relname, column, 'seq'))} CASCADE"),
    )
    return Deferral("identity", table, column, f"drop the identity of {relation.relname}.{column}", steps)


def foreign_keys(table: Table, column: str = "") -> dict[str, str]:
    """The foreign keys of the table, or those of one column, with their definitions."""
    return {
        name: one.definition
        for name, one in table.constraints.items()
        if one.kind == "f" and (not column or column in one.columns)
    }


def add_again(table: str, name: str, definition: str) -> tuple[Step, ...]:
    added = Step(f"ALTER TABLE {table} {added_unchecked(name, definition)}")
    return (added,) if definition.endswith(UNCHECKED) else (added, validate(table, name))
