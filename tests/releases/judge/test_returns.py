"""What comes back before it was dropped."""

from typing import Any

import pytest

from releases.judge.facts import Column, Constraint, Facts, Index, Table
from releases.judge.judged_part import Foretold
from releases.judge.verdict import Action, Deferral, Step, Verdict
from tests.releases.judge.box import COLUMNS, CONSTRAINTS, INDEXES, LARGE, SMALL, later, verdict, waiting


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ('CREATE UNIQUE INDEX "box_one_note" ON "box" ("note") WHERE "note" <> \'x\'', "box_one_note"),
        ('ALTER TABLE "box" ADD CONSTRAINT "box_size_key" UNIQUE ("size")', "box_size_key"),
    ],
)
def test_what_comes_back_as_it_was_is_not_dropped_later(sql: str, name: str) -> None:
    """The server writes a condition with casts of its own."""
    definition = "CREATE UNIQUE INDEX box_one_note ON public.box USING btree (note) WHERE ((note)::text <> 'x'::text)"
    facts = Facts(LARGE.tables, {**INDEXES, "box_one_note": Index("box", unique=True, definition=definition)})
    key = ("constraint", '"box"', name) if "CONSTRAINT" in sql else ("index", f'"{name}"', name)
    found = verdict(sql, facts, pending=waiting(key))
    assert (found.now, found.later, found.cancelled) == ([], [], [key])


@pytest.mark.parametrize("facts", [LARGE, SMALL], ids=["large", "small"])
@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE UNIQUE INDEX box_one_note ON box (note) WHERE size > 1", "box_one_note"),
        ("ALTER TABLE box ADD CONSTRAINT box_size_key UNIQUE (size, note)", "box_size_key"),
        ("CREATE UNIQUE INDEX box_size_key ON box (size) WHERE size > 1", "box_size_key"),
    ],
)
def test_what_replaces_another_under_its_name_leaves_that_a_name_to_wait_under(
    facts: Facts, sql: str, name: str
) -> None:
    key = ("constraint", '"box"', name) if name == "box_size_key" else ("index", f'"{name}"', name)
    found = verdict(sql, facts, pending=waiting(key))
    assert (found.action, found.cancelled) == (Action.ONLINE, [key])
    rename, *rest = [*found.now, *later(found)]
    assert rename == f'ALTER INDEX "{name}" RENAME TO "{name}_replaced_1"'
    assert rest  # the new one, at once or concurrently
    (drop,) = found.deferred
    assert drop.name == f"{name}_replaced_1"
    assert [step.sql for step in drop.restore] == [f'ALTER INDEX "{name}_replaced_1" RENAME TO "{name}"']


REMOVED = ("column", '"box"', "size")
KEY_OF_SHELF = 'ALTER TABLE "box" ADD CONSTRAINT "box_size_fk" FOREIGN KEY ("size") REFERENCES "shelf" ("id") NOT VALID'
RETURNING = Facts(
    {
        "box": Table(
            10**9,
            True,
            10**7,
            {**COLUMNS, "size": Column("integer", not_null=True, has_default=True, default="3")},
            {
                "box_size_key": Constraint("u", "UNIQUE (size)", ("size",)),
                "box_size_check": CONSTRAINTS["box_size_check"],
            },
        )
    },
    {"box_size": Index("box", definition="CREATE INDEX box_size ON public.box USING btree (size)")},
)


def returning(column: str, facts: Facts = RETURNING, **restore: Any) -> Verdict:
    item = Foretold(Deferral(*REMOVED, "drop column size of box", (), **restore))
    return verdict(f'ALTER TABLE "box" ADD COLUMN "size" {column}', facts, pending={REMOVED: item})


def test_a_column_that_comes_back_is_what_it_is_declared_as_now() -> None:
    """Without what its removal left, and without an index: Django creates those that are declared by statements."""
    found = returning("integer NULL")
    assert found.cancelled == [REMOVED]
    assert found.now == [
        'ALTER TABLE "box" DROP CONSTRAINT "box_size_check"',
        'ALTER TABLE "box" ALTER COLUMN "size" DROP NOT NULL',
    ]
    assert later(found) == ['DROP INDEX CONCURRENTLY IF EXISTS "box_size"']
    assert [drop.key for drop in found.deferred] == [
        ("default", '"box"', "size"),
        ("constraint", '"box"', "box_size_key"),
    ]


def test_a_column_that_comes_back_gets_what_it_lacks() -> None:
    facts = Facts({"box": Table(10**9, True, 10**7, COLUMNS)})
    found = returning('integer DEFAULT 5 NOT NULL UNIQUE CHECK ("size" >= 0)', facts)
    assert found.now == [
        'ALTER TABLE "box" ALTER COLUMN "size" SET DEFAULT 5',
        'ALTER TABLE "box" ADD CONSTRAINT "box_size_check" CHECK (size >= 0) NOT VALID',
    ]
    texts = later(found)
    assert 'ALTER TABLE "box" ADD CONSTRAINT "box_size_key" UNIQUE USING INDEX "box_size_key"' in texts
    assert 'ALTER TABLE "box" VALIDATE CONSTRAINT "box_size_check"' in texts
    assert 'ALTER TABLE "box" ALTER COLUMN "size" SET NOT NULL' in texts
    assert Step('"size" = 5', table='"box"', where='"size" IS NULL') in found.later


@pytest.mark.parametrize(("target", "comes_back"), [("box_size_fk", True), ("box_size_fk_other", False)])
def test_a_foreign_key_comes_back_only_to_the_same_table(target: str, comes_back: bool) -> None:
    column = f'integer NULL CONSTRAINT "{target}" REFERENCES "shelf" ("id") DEFERRABLE INITIALLY DEFERRED'
    found = returning(column, restore=(Step(KEY_OF_SHELF),))
    assert (KEY_OF_SHELF in later(found)) == comes_back
    assert (found.is_final, found.action) == ((False, Action.ONLINE) if comes_back else (True, Action.REFUSED))
