"""Tables, columns and indexes that are renamed, and facts that follow them."""

import pytest

from releases.judge.facts import Column, Constraint, Facts, Table
from releases.judge.following import followed
from releases.judge.judged_part import Foretold
from releases.judge.verdict import Action, Deferral, Key
from tests.releases.judge.box import INDEXES, LARGE, verdict


def test_renames_that_the_old_version_notices_are_refused() -> None:
    assert verdict("ALTER TABLE box RENAME TO crate").action is Action.REFUSED
    assert verdict("ALTER TABLE box RENAME COLUMN size TO width").action is Action.REFUSED


@pytest.mark.parametrize("text", ["ALTER TABLE box RENAME TO crate", "ALTER TABLE box RENAME COLUMN size TO width"])
@pytest.mark.parametrize(
    ("key", "naming"),
    [
        (("column", '"box"', "size"), "table and column"),
        (("column", '"box"', "width"), "table and column"),
        (("trigger", '"box"', "in_step"), "table and column"),
        (("column", '"box"', "note"), "table"),
        (("table", '"crate"', ""), "table"),
        (("column", '"shelf"', "size"), ""),
    ],
)
def test_a_rename_of_what_the_contract_names_cannot_be_accepted(text: str, key: Key, naming: str) -> None:
    found = verdict(text, pending={key: Foretold(Deferral(*key, "drop it", ()))})
    named = ("column" if "COLUMN" in text else "table") in naming
    assert found.action is Action.REFUSED
    assert found.is_final == named
    assert ("drop it" in found.reason) == named


def test_renames_that_nobody_notices_are_run_as_they_are() -> None:
    assert verdict("ALTER INDEX box_note RENAME TO box_remark").action is Action.AS_IS
    assert verdict("ALTER TABLE box RENAME CONSTRAINT box_size_key TO one_size").action is Action.AS_IS


def test_facts_follow_a_renamed_column() -> None:
    found = followed(LARGE, ['ALTER TABLE "box" RENAME COLUMN "size" TO "width"'])
    box = found.tables["box"]
    assert list(box.columns) == ["id", "width", "note", "shelf_id"]
    assert {name: (one.definition, one.columns) for name, one in box.constraints.items()} == {
        "box_pkey": ("PRIMARY KEY (id)", ("id",)),
        "box_size_key": ("UNIQUE (width)", ("width",)),
        "box_shelf_fk": ("FOREIGN KEY (shelf_id) REFERENCES shelf(id)", ("shelf_id",)),
        "box_size_check": ("CHECK (width > 0)", ("width",)),
    }
    assert found.indexes == INDEXES
    found = followed(found, ["ALTER TABLE box RENAME COLUMN note TO remark"])
    assert found.indexes["box_note"].definition == "CREATE INDEX box_note ON public.box USING btree (remark)"


def test_facts_follow_a_renamed_table_and_what_refers_to_it() -> None:
    shelf = Table(8192, False, 10, {"id": Column("bigint")})
    facts = Facts({"box": LARGE.tables["box"], "shelf": shelf, "public.shelf": shelf}, INDEXES)

    found = followed(facts, ["ALTER TABLE shelf RENAME TO rack; ALTER TABLE rack RENAME COLUMN id TO number"])

    assert found.tables["rack"] is found.tables["public.rack"]
    assert list(found.tables["rack"].columns) == ["number"]
    key = found.tables["box"].constraints["box_shelf_fk"]
    assert key.definition == "FOREIGN KEY (shelf_id) REFERENCES rack (number)"
    assert found.tables.keys() == {"box", "rack", "public.rack"}


def test_facts_follow_a_renamed_table_with_its_indexes() -> None:
    box, other = LARGE.tables["box"], Table(8192, False)
    facts = Facts({"box": box, "public.box": box, "sales.box": other}, INDEXES)
    found = followed(facts, ["ALTER TABLE box RENAME TO crate", "ALTER INDEX box_note RENAME TO crate_note"])
    assert found.tables.keys() == {"crate", "public.crate", "sales.box"}
    assert {name: (one.table, one.definition) for name, one in found.indexes.items()} == {
        "crate_note": ("crate", "CREATE INDEX box_note ON public.crate USING btree (note)"),
        "box_one_note": ("crate", "CREATE UNIQUE INDEX box_one_note ON public.crate USING btree (note)"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE crate RENAME TO chest",
        "ALTER TABLE box RENAME COLUMN height TO width",
        "ALTER TABLE box RENAME CONSTRAINT box_size_check TO positive",
        "ALTER INDEX crate_note RENAME TO note",
        "ALTER TABLE RENAME",
        "SELECT 'RENAME'",
    ],
)
def test_facts_stay_where_nothing_of_them_is_renamed(text: str) -> None:
    assert followed(LARGE, [text]) is LARGE


def test_facts_follow_a_renamed_table_outside_the_search_path() -> None:
    key = Constraint("f", "FOREIGN KEY (box_id) REFERENCES sales.box(id)", ("box_id",))
    box, sold = (Table(8192, False, columns={"id": Column("bigint")}) for _ in range(2))
    lid = Table(8192, False, constraints={"lid_box": key})

    found = followed(
        Facts({"box": box, "public.box": box, "sales.box": sold, "lid": lid}),
        ["ALTER TABLE sales.box RENAME COLUMN id TO number", "ALTER TABLE box RENAME COLUMN id TO code"],
    )

    assert found.tables["lid"].constraints["lid_box"].definition == (
        "FOREIGN KEY (box_id) REFERENCES sales.box (number)"
    )
    assert [list(found.tables[name].columns) for name in ("box", "public.box", "sales.box")] == [
        ["code"],
        ["code"],
        ["number"],
    ]
