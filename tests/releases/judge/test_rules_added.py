"""Indexes and constraints that are added."""

import pytest

from releases.judge.facts import Facts, Table
from releases.judge.verdict import Action
from tests.releases.judge.box import COLUMNS, CONSTRAINTS, INDEXES, SMALL, later, verdict


def test_an_index_of_a_large_table_is_built_concurrently() -> None:
    found = verdict("CREATE UNIQUE INDEX i ON box (lower(note)) WHERE size > 1")
    assert (found.action, found.now) == (Action.ONLINE, [])
    assert later(found) == ["CREATE UNIQUE INDEX CONCURRENTLY i ON box USING btree (lower(note)) WHERE size > 1"]
    assert found.later[0].repeatable


def test_an_index_that_is_written_as_concurrent_stays_as_it_is() -> None:
    assert verdict("CREATE INDEX CONCURRENTLY i ON box (size)").action is Action.AS_IS


def test_a_unique_constraint_is_a_concurrent_index_that_is_attached() -> None:
    found = verdict("ALTER TABLE box ADD CONSTRAINT u UNIQUE (note, size) DEFERRABLE INITIALLY DEFERRED")
    assert (found.action, found.now) == (Action.ONLINE, [])
    build, attach = later(found)
    assert build == 'CREATE UNIQUE INDEX CONCURRENTLY "u" ON "box" ("note", "size")'
    assert attach == 'ALTER TABLE "box" ADD CONSTRAINT "u" UNIQUE USING INDEX "u" DEFERRABLE INITIALLY DEFERRED'


@pytest.mark.parametrize("rule", ["CHECK (size > 0)", "FOREIGN KEY (size) REFERENCES shelf (id)"])
def test_a_check_and_a_foreign_key_are_added_without_a_scan_and_then_validated(rule: str) -> None:
    found = verdict(f"ALTER TABLE box ADD CONSTRAINT c {rule}")
    assert found.action is Action.ONLINE
    assert found.now == [f"ALTER TABLE box ADD CONSTRAINT c {rule} NOT VALID"]
    assert later(found) == ['ALTER TABLE "box" VALIDATE CONSTRAINT "c"']


def test_a_deferrable_constraint_is_no_arbiter_for_the_old_version() -> None:
    add = "ALTER TABLE box ADD CONSTRAINT u UNIQUE (size)"
    assert "ON CONFLICT" in verdict(f"{add} DEFERRABLE INITIALLY DEFERRED").old_version
    assert "ON CONFLICT" not in verdict(add).old_version


def test_an_exclusion_constraint_is_refused() -> None:
    found = verdict("ALTER TABLE box ADD CONSTRAINT x EXCLUDE USING gist (note WITH =)")
    assert found.action is Action.REFUSED
    assert "release_accepts" in found.instead


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE box ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (code)",
        "CREATE UNIQUE INDEX i ON box (lower(code)) NULLS NOT DISTINCT",
    ],
)
def test_a_rule_that_takes_null_for_a_duplicate_comes_after_its_column(sql: str) -> None:
    added = "ALTER TABLE box ADD COLUMN code text"
    assert verdict(sql, SMALL, after=added).action is Action.REFUSED
    assert verdict(sql.replace("code", "note"), after=added).action is Action.ONLINE
    assert verdict(sql.replace(" NULLS NOT DISTINCT", ""), after=added).action is Action.ONLINE


def test_an_exclusion_constraint_is_slow_on_few_rows() -> None:
    exclude = "ALTER TABLE box ADD CONSTRAINT x EXCLUDE USING gist (note WITH =)"
    medium = Facts({"box": Table(10**6, False, 20_000, COLUMNS, CONSTRAINTS)}, INDEXES)
    assert verdict(exclude, medium).action is Action.REFUSED
    assert verdict(exclude, SMALL).action is Action.AS_IS
