"""Changes of the type of a column."""

import pytest

from releases.judge.facts import Column, Constraint, Facts, Index, Table
from releases.judge.rules import Circumstances, judge
from releases.judge.types import is_compatible
from releases.judge.verdict import Action, Step
from tests.releases.judge.box import COLUMNS, SMALL, verdict, waiting

TYPES = ("text", "varchar(20)")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("varchar(10)", "varchar(20)"),
        ("varchar(10)", "varchar"),
        ("varchar(10)", "text"),
        ("text", "varchar"),
        ("numeric(8,2)", "numeric(10,2)"),
        ("numeric(8,2)", "numeric"),
        ("varchar(9)", "citext"),
        ("citext", "text"),
        ("cidr", "inet"),
        ("timestamp with time zone", "timestamptz"),
        ("time(3)", "time"),
    ],
)
def test_types_that_change_in_the_catalogue_alone(before: str, after: str) -> None:
    assert is_compatible(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("varchar(20)", "varchar(10)"),
        ("text", "varchar(10)"),
        ("integer", "bigint"),
        ("numeric(8,2)", "numeric(8,3)"),
        ("numeric(8,2)", "numeric(6,2)"),
        ("integer", "text"),
        ("integer[]", "integer"),
        ("citext", "varchar(9)"),
        ("citext[]", "citext"),
        ("timestamp", "timestamp(0)"),
    ],
)
def test_types_that_read_or_write_every_row(before: str, after: str) -> None:
    assert not is_compatible(before, after)


def test_a_type_that_writes_every_row_is_refused_with_the_recipe() -> None:
    found = verdict("ALTER TABLE box ALTER COLUMN size TYPE bigint USING size::bigint")
    assert found.action is Action.REFUSED
    assert "From integer to bigint every row" in found.reason
    assert "releases.operations.Backfill" in found.instead


@pytest.mark.parametrize(("becomes", "drops"), [("double precision", True), ("bigint", False), ("integer", False)])
def test_what_is_no_integer_any_more_is_not_numbered(becomes: str, drops: bool) -> None:
    given = Circumstances(SMALL)
    judge('ALTER TABLE "box" ALTER COLUMN "id" DROP IDENTITY IF EXISTS', given)
    (found,) = judge(f'ALTER TABLE "box" ALTER COLUMN "id" TYPE {becomes} USING "id"::{becomes}', given)
    assert ('ALTER TABLE "box" ALTER COLUMN "id" DROP IDENTITY IF EXISTS' in found.now) == drops


def test_a_default_that_waits_is_changed_with_the_type() -> None:
    given = Circumstances(SMALL, pending=waiting(("default", '"box"', "added")))
    judge("ALTER TABLE box ADD COLUMN added integer DEFAULT 3 NOT NULL", given)
    (found,) = judge("ALTER TABLE box ALTER COLUMN added TYPE boolean USING added::boolean", given)
    drop, change = found.now
    assert drop == 'ALTER TABLE "box" ALTER COLUMN "added" DROP DEFAULT'
    assert change.endswith("ALTER COLUMN added SET DEFAULT 3::boolean")
    assert given.facts.tables["box"].added["added"] == Column("boolean", True, True, "3::boolean")


def test_types_are_followed_through_a_release() -> None:
    columns = {**COLUMNS, "note": Column("character varying(10)")}
    given = Circumstances(Facts({"box": Table(10**9, True, 10**7, columns)}))
    actions = [judge(f"ALTER TABLE box ALTER COLUMN note TYPE {becomes}", given)[0].action for becomes in TYPES]
    assert actions == [Action.AS_IS, Action.REFUSED]


@pytest.mark.parametrize(
    ("column", "becomes", "action", "now"),
    [
        (Column("character varying(10)"), "varchar(10)", Action.ONLINE, []),
        (Column("text", collation="C"), 'text COLLATE "C"', Action.ONLINE, []),
        (Column("text", collation="C"), "text", Action.REFUSED, ["ALTER TABLE box ALTER COLUMN note TYPE text"]),
        (
            Column("geometry(Point,4326)"),
            "geometry(Polygon,4326)",
            Action.REFUSED,
            ["ALTER TABLE box ALTER COLUMN note TYPE geometry(Polygon,4326)"],
        ),
        (Column("geometry(Point,4326)"), "geometry(POINT,4326)", Action.ONLINE, []),
    ],
    ids=["type", "collation", "without its collation", "modifiers that are no numbers", "the same modifiers"],
)
def test_a_type_that_a_column_has_already_is_not_given_again(
    column: Column, becomes: str, action: Action, now: list[str]
) -> None:
    """Django does so where only the comment changes."""
    index = Index("box", definition="CREATE INDEX box_note ON public.box USING btree (note)")
    facts = Facts({"box": Table(10**9, True, 10**7, {**COLUMNS, "note": column})}, {"box_note": index})
    (found,) = judge(f"ALTER TABLE box ALTER COLUMN note TYPE {becomes}", Circumstances(facts))
    assert (found.action, found.now) == (action, now)


def test_a_check_is_made_again_beside_a_type_that_becomes_wider() -> None:
    """Left alone, the server would check every row under the lock of the change."""
    checks = {
        "one": Constraint("c", "CHECK (price > 0::numeric)", ("price",)),
        "Old": Constraint("c", "CHECK (price <> 7::numeric) NOT VALID", ("price",)),
        "other": Constraint("c", "CHECK (size > 0)", ("size",)),
    }
    facts = Facts({"box": Table(10**9, True, 10**7, {**COLUMNS, "price": Column("numeric(8,2)")}, checks)})
    (found,) = judge("ALTER TABLE box ALTER COLUMN price TYPE numeric(12,2)", Circumstances(facts))
    assert found.action is Action.ONLINE
    assert found.now == [
        "ALTER TABLE box DROP CONSTRAINT one, ADD CONSTRAINT one CHECK (price > 0::numeric) NOT VALID,"
        ' DROP CONSTRAINT "Old", ADD CONSTRAINT "Old" CHECK (price <> 7::numeric) NOT VALID,'
        " ALTER COLUMN price TYPE numeric(12, 2)"
    ]
    assert found.later == [Step('ALTER TABLE "box" VALIDATE CONSTRAINT "one"', repeatable=True, cleans_up=True)]


@pytest.mark.parametrize(("indexed", "action"), [("note", Action.REFUSED), ("size", Action.AS_IS)])
def test_an_index_of_a_text_is_built_anew_where_case_does_not_matter_any_more(indexed: str, action: Action) -> None:
    index = Index("box", definition=f"CREATE INDEX i ON public.box USING btree ({indexed})")
    facts = Facts({"box": Table(10**9, True, 10**7, COLUMNS)}, {"i": index})
    (found,) = judge("ALTER TABLE box ALTER COLUMN note TYPE citext USING note::citext", Circumstances(facts))
    assert found.action is action
