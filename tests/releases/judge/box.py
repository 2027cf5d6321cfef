"""A table that the tests of the judge change, large and small. Pure: no database."""

from typing import Any

from releases.judge.facts import Column, Constraint, Facts, Index, Table
from releases.judge.judged_part import Foretold
from releases.judge.rules import Circumstances, judge
from releases.judge.verdict import Deferral, Key, Verdict

COLUMNS = {
    "id": Column("bigint", not_null=True, has_default=True),
    "size": Column("integer", not_null=True),
    "note": Column("text"),
    "shelf_id": Column("bigint", not_null=True),
}
CONSTRAINTS = {
    "box_pkey": Constraint("p", "PRIMARY KEY (id)", ("id",)),
    "box_size_key": Constraint("u", "UNIQUE (size)", ("size",)),
    "box_shelf_fk": Constraint("f", "FOREIGN KEY (shelf_id) REFERENCES shelf(id)", ("shelf_id",)),
    "box_size_check": Constraint("c", "CHECK (size > 0)", ("size",)),
}
INDEXES = {
    "box_note": Index("box", definition="CREATE INDEX box_note ON public.box USING btree (note)"),
    "box_one_note": Index("box", unique=True, definition="CREATE UNIQUE INDEX box_one_note ON public.box (note)"),
}
LARGE = Facts({"box": Table(10**9, True, 10**7, COLUMNS, CONSTRAINTS)}, INDEXES)
SMALL = Facts({"box": Table(8192, False, 10, COLUMNS, CONSTRAINTS)}, INDEXES)


def verdict(sql: str, facts: Facts = LARGE, *, after: str = "", **circumstances: Any) -> Verdict:
    """The verdict on `sql`, in the same operation as `after`."""
    given = Circumstances(facts, **circumstances)
    if after:
        judge(after, given)
    (found,) = judge(sql, given)
    return found


def later(found: Verdict) -> list[str]:
    return [step.sql for step in found.later]


def waiting(key: Key) -> dict[Key, Foretold]:
    return {key: Foretold(Deferral(*key, f"drop {key[2]}", ()))}
