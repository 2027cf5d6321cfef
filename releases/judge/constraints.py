"""Constraints are added without a check of the rows, and checked after that while the table is read and written."""

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as tree

from releases.judge import indexes
from releases.judge.sql import Node, digest, listed, listed_names, name_of, object_name, quote
from releases.judge.verdict import SHORT, Action, Deferral, Step, Verdict

if TYPE_CHECKING:
    from releases.judge.rules import Circumstances

NO_ARBITER = " INSERT ... ON CONFLICT DO NOTHING without columns fails, because it is deferrable."
SLOW = 100_000  # bytes. An exclusion constraint compares each row with others: 2 s for 20 000 rows of 1 MB
UNCHECKED = (" NOT VALID", " NOT ENFORCED")  # how the definition of one ends that does not hold for all rows
CHECKED = "Added NOT VALID, then validated; nobody waits for that."


def add(command: Node, relation: Node, circumstances: "Circumstances", verdict: Verdict) -> bool:
    """ALTER TABLE … ADD CONSTRAINT. Returns whether the command remains in its statement."""
    constraint = getattr(command, "def").constraint
    table = circumstances.facts.table(relation.relname, relation.schemaname)
    if table is None or constraint.indexname:
        return True
    if constraint.contype == tree.CONSTR_PRIMARY and table.primary_key and not circumstances.backwards:
        replace_primary_key(relation, constraint.conname, listed(constraint.keys), table.primary_key, verdict)
        return False
    if indexes.compares_nulls(constraint, set(listed_names(constraint.keys)), table, verdict):
        return True
    exclusion = constraint.contype == tree.CONSTR_EXCLUSION
    if not (table.is_large or (exclusion and table.bytes > SLOW)):
        return True
    if exclusion:
        verdict.note(
            Action.REFUSED,
            "An exclusion constraint is built while nobody can write to the table.",
            lock="ACCESS EXCLUSIVE, until the index is built",
            instead="Add it while nobody uses the table, with release_accepts on the migration.",
        )
    elif constraint.contype in (tree.CONSTR_UNIQUE, tree.CONSTR_PRIMARY):
        add_unique(constraint, relation, verdict)
        return False
    elif constraint.contype in (tree.CONSTR_CHECK, tree.CONSTR_FOREIGN) and not constraint.skip_validation:
        constraint.skip_validation, constraint.initially_valid = True, False
        verdict.later.append(validate(name_of(relation), constraint.conname))
        verdict.note(Action.ONLINE, CHECKED, lock=SHORT, old_version=indexes.BINDS)
    return True


def add_unique(constraint: Node, relation: Node, verdict: Verdict) -> None:
    name = quote(constraint.conname)
    primary = constraint.contype == tree.CONSTR_PRIMARY
    attach = f"{'PRIMARY KEY' if primary else 'UNIQUE'} USING INDEX {name}"
    if constraint.deferrable:
        attach += f" DEFERRABLE INITIALLY {'DEFERRED' if constraint.initdeferred else 'IMMEDIATE'}"
    verdict.later += indexes.unique(
        relation,
        name,
        listed(constraint.keys),
        nulls_not_distinct=constraint.nulls_not_distinct,
        attach=attach,
    )
    reason = f"Its index is built concurrently and then attached. {indexes.DUPLICATES}"
    verdict.note(Action.ONLINE, reason, lock=SHORT, old_version=indexes.BINDS + NO_ARBITER * constraint.deferrable)


def replace_primary_key(relation: Node, name: str, columns: str, old: str, verdict: Verdict) -> None:
    """A table has one primary key, and until the old version has gone that is its own. The index of the new one gets
    the name of the constraint when it becomes that, so until then it has another one than the old."""
    table, waiting = name_of(relation), object_name(relation.relname, "", "pkey1") if name == old else name
    create = f"CREATE UNIQUE INDEX CONCURRENTLY {quote(waiting)} ON {table} ({columns})"
    verdict.later.append(Step(create, repeatable=True))
    attach = f"ADD CONSTRAINT {quote(name)} PRIMARY KEY USING INDEX {quote(waiting)}"
    description = f"make {waiting} the primary key of {relation.relname}"
    step = Step(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {quote(old)}, {attach}")
    verdict.defer("primary key", table, waiting, description, step, reason="The old version may need its own.")


def validate(table: str, name: str) -> Step:
    return Step(f"ALTER TABLE {table} VALIDATE CONSTRAINT {quote(name)}", repeatable=True)


def added_unchecked(name: str, definition: str) -> str:
    """The command that adds it again, without a check of the rows."""
    state = "" if definition.endswith(UNCHECKED) else " NOT VALID"
    return f"ADD CONSTRAINT {quote(name)} {definition}{state}"


def not_null_waits(relation: Node, column: str) -> Deferral:
    table = name_of(relation)
    return Deferral("not null", table, column, f"set {relation.relname}.{column} NOT NULL", not_null(table, column))


def not_null(table: str, column: str) -> tuple[Step, ...]:
    """NOT NULL without a scan that others wait for: the server takes a valid CHECK as proof."""
    check = f"releases_not_null_{digest(f'{table}.{column}')}"
    alter, name = f"ALTER TABLE {table}", quote(check)
    return (
        Step(f"{alter} ADD CONSTRAINT {name} CHECK ({quote(column)} IS NOT NULL) NOT VALID"),
        validate(table, check),
        Step(f"{alter} ALTER COLUMN {quote(column)} SET NOT NULL"),
        Step(f"{alter} DROP CONSTRAINT IF EXISTS {name}", cleans_up=True),
    )
