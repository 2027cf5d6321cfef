"""The judge's rules, one by one. Pure: no database."""

from dataclasses import replace
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from releases.judge.declared import keys_of, unique_keys
from releases.judge.facts import Column, Constraint, Facts, Index, Table
from releases.judge.following import followed
from releases.judge.judged_operation import JudgedOperation
from releases.judge.plan import Foretold, Situation, judge_plan
from releases.judge.rules import Circumstances, judge
from releases.judge.types import is_compatible
from releases.judge.verdict import Action, Deferral, Key, Step, Verdict, strongest
from releases.judge.violations import violations
from releases.judge.worst_case import facts_of

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
TYPES = ("text", "varchar(20)")
BEFORE = "UPDATE box SET note = '' WHERE note IS NULL; SET CONSTRAINTS ALL IMMEDIATE"


def verdict(sql: str, facts: Facts = LARGE, *, after: str = "", **circumstances: Any) -> Verdict:
    """The verdict on `sql`, in the same operation as `after`."""
    given = Circumstances(facts, **circumstances)
    if after:
        judge(after, given)
    (found,) = judge(sql, given)
    return found


def later(found: Verdict) -> list[str]:
    return [step.sql for step in found.later]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON crate (size)",
        "ALTER TABLE crate ADD CONSTRAINT c CHECK (size > 0)",
        "ALTER TABLE crate RENAME TO chest",
        "ALTER TABLE crate RENAME COLUMN size TO width",
        "ALTER TABLE crate DROP COLUMN size CASCADE",
        "DROP TABLE crate CASCADE",
    ],
)
def test_a_table_of_this_release_is_changed_as_django_does(sql: str) -> None:
    found = verdict(sql)
    assert (found.action, found.now, found.later, found.deferred) == (Action.AS_IS, [sql], [], [])


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON box (size)",
        "ALTER TABLE box ADD CONSTRAINT c CHECK (size > 0)",
        "ALTER TABLE box ADD CONSTRAINT u UNIQUE (note)",
        "ALTER TABLE box ALTER COLUMN size TYPE bigint",
        "ALTER TABLE box ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL",
    ],
)
def test_a_small_table_is_changed_as_django_does(sql: str) -> None:
    found = verdict(sql, SMALL)
    assert (found.action, found.now, found.later) == (Action.AS_IS, [sql], [])


def test_an_index_of_a_large_table_is_built_concurrently() -> None:
    found = verdict("CREATE UNIQUE INDEX i ON box (lower(note)) WHERE size > 1")
    assert (found.action, found.now) == (Action.ONLINE, [])
    assert later(found) == ["CREATE UNIQUE INDEX CONCURRENTLY i ON box USING btree (lower(note)) WHERE size > 1"]
    assert found.later[0].repeatable


def test_an_index_that_is_written_as_concurrent_stays_as_it_is() -> None:
    assert verdict("CREATE INDEX CONCURRENTLY i ON box (size)").action is Action.AS_IS


def test_an_index_is_dropped_concurrently() -> None:
    assert later(verdict("DROP INDEX IF EXISTS box_note")) == ["DROP INDEX CONCURRENTLY IF EXISTS box_note"]


def test_a_unique_index_is_dropped_after_the_old_version() -> None:
    found = verdict("DROP INDEX IF EXISTS box_one_note")
    assert (found.action, found.now, found.later) == (Action.DEFERRED, [], [])
    assert found.deferred[0].description == "drop unique index box_one_note of box"


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


@pytest.mark.parametrize("name", ["box_pkey", "box_size_key"])
def test_a_unique_constraint_is_dropped_after_the_old_version(name: str) -> None:
    found = verdict(f"ALTER TABLE box DROP CONSTRAINT {name}")
    assert (found.action, found.now) == (Action.DEFERRED, [])


@pytest.mark.parametrize(
    ("default", "index", "relaxed"),
    [
        ("5", "(width)", True),
        ("5", "(note, width)", True),
        ("now()", "(width)", True),
        ("gen_random_uuid()", "(width)", False),
        ("5", "(note)", False),
    ],
)
def test_a_column_that_waits_makes_no_two_rows_of_the_new_version_equal(
    default: str, index: str, relaxed: bool
) -> None:
    columns = {**COLUMNS, "width": Column("integer", not_null=True, has_default=True, default=default)}
    unique = {"u": Index("box", unique=True, definition=f"CREATE UNIQUE INDEX u ON public.box USING btree {index}")}
    facts = Facts({"box": Table(8192, False, 10, columns, CONSTRAINTS)}, unique)
    found = verdict("ALTER TABLE box DROP COLUMN width", facts)
    assert found.action is Action.DEFERRED
    relaxing = [f'ALTER TABLE "box" ALTER COLUMN "width" DROP {what}' for what in ("DEFAULT", "NOT NULL")]
    assert found.now == (relaxing if relaxed else [])


def test_a_column_whose_nulls_are_not_distinct_is_removed_after_that_rule() -> None:
    unique = {"u": Index("box", unique=True, definition="CREATE UNIQUE INDEX u ON box (note, size) NULLS NOT DISTINCT")}
    found = verdict("ALTER TABLE box DROP COLUMN note", Facts(LARGE.tables, unique))
    assert found.action is Action.REFUSED
    assert found.instead.startswith("Remove u in one release, and the field in the next")


@pytest.mark.parametrize("name", ["box_size_check", "box_shelf_fk"])
def test_other_constraints_are_dropped_at_once(name: str) -> None:
    assert verdict(f"ALTER TABLE box DROP CONSTRAINT {name}").action is Action.AS_IS


def test_a_nullable_column_is_added_as_it_is() -> None:
    found = verdict("ALTER TABLE box ADD COLUMN width integer NULL")
    assert (found.action, found.later) == (Action.AS_IS, [])


def test_a_constant_default_is_stored_once_for_all_rows() -> None:
    assert verdict("ALTER TABLE box ADD COLUMN width integer DEFAULT 3 NOT NULL").action is Action.AS_IS
    assert verdict("ALTER TABLE box ADD COLUMN made timestamptz DEFAULT now() NOT NULL").action is Action.AS_IS


def test_a_volatile_default_is_filled_in_batches() -> None:
    found = verdict("ALTER TABLE box ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL")
    assert found.action is Action.BATCHES
    assert found.now == [
        "ALTER TABLE box ADD COLUMN code uuid",
        'ALTER TABLE "box" ALTER COLUMN "code" SET DEFAULT gen_random_uuid()',
    ]
    assert found.later[0].where == '"code" IS NULL'
    assert later(found)[-2:] == [
        'ALTER TABLE "box" ALTER COLUMN "code" SET NOT NULL',
        'ALTER TABLE "box" DROP CONSTRAINT IF EXISTS "releases_not_null_1bee27285fe4"',
    ]


def test_a_new_unique_column_gets_its_constraint_from_a_concurrent_index() -> None:
    found = verdict("ALTER TABLE box ADD COLUMN code text NULL UNIQUE")
    assert (found.action, found.now) == (Action.ONLINE, ["ALTER TABLE box ADD COLUMN code text NULL"])
    assert later(found)[0] == 'CREATE UNIQUE INDEX CONCURRENTLY "box_code_key" ON "box" ("code")'


def test_a_new_column_with_a_check_gets_it_without_a_scan() -> None:
    found = verdict("ALTER TABLE box ADD COLUMN width integer DEFAULT 1 NOT NULL CHECK (width >= 0)")
    assert found.action is Action.ONLINE
    assert found.now[-1] == 'ALTER TABLE "box" ADD CONSTRAINT "box_width_check" CHECK (width >= 0) NOT VALID'


@pytest.mark.parametrize(
    "column",
    [
        "total integer GENERATED ALWAYS AS (size * 2) STORED",
        "number bigint GENERATED BY DEFAULT AS IDENTITY",
        "number bigserial",
    ],
)
def test_a_column_that_writes_every_row_is_refused(column: str) -> None:
    found = verdict(f"ALTER TABLE box ADD COLUMN {column}")
    assert found.action is Action.REFUSED
    assert found.now == [f"ALTER TABLE box ADD COLUMN {column}"]


def test_a_default_goes_after_the_old_version() -> None:
    found = verdict("ALTER TABLE box ALTER COLUMN width DROP DEFAULT")
    assert (found.action, found.now) == (Action.DEFERRED, [])
    assert verdict("ALTER TABLE box ALTER COLUMN size SET DEFAULT 3").action is Action.AS_IS


ADDED = "ALTER TABLE box ADD COLUMN code text DEFAULT 'x' NOT NULL"


@pytest.mark.parametrize("key", [("code",), ("code", "crate")])
@pytest.mark.parametrize("facts", [LARGE, SMALL])
def test_a_default_is_not_written_where_no_two_rows_may_have_the_same(facts: Facts, key: tuple[str, ...]) -> None:
    unique = replace(facts, unique={"box": frozenset([key])})
    found = verdict("ALTER TABLE box ALTER COLUMN code DROP DEFAULT", unique, after=ADDED)
    assert found.now == [
        "ALTER TABLE box ALTER COLUMN code DROP DEFAULT",
        'ALTER TABLE "box" ALTER COLUMN "code" DROP NOT NULL',
    ]
    assert [one.key for one in found.deferred] == [("not null", '"box"', "code")]
    nullable = verdict(
        "ALTER TABLE box ALTER COLUMN code DROP DEFAULT", unique, after=ADDED.replace("NOT NULL", "NULL")
    )
    assert (len(nullable.now), nullable.deferred) == (1, [])


@pytest.mark.parametrize(("table", "key"), [("box", ("code", "size")), ("box", ("size",)), ("crate", ("code",))])
def test_a_default_is_written_where_another_column_tells_rows_apart(table: str, key: tuple[str, ...]) -> None:
    facts = replace(LARGE, unique={table: frozenset([key])})
    found = verdict("ALTER TABLE box ALTER COLUMN code DROP DEFAULT", facts, after=ADDED)
    assert (found.now, [one.kind for one in found.deferred]) == ([], ["default"])


def test_null_is_not_replaced_where_no_two_rows_may_have_the_same() -> None:
    facts = replace(LARGE, unique={"box": frozenset([("note",)])})
    given = Circumstances(facts, alters_field=True)
    filled, _ = judge(BEFORE, given)
    assert (filled.now, filled.later, filled.deferred) == ([], [], [])
    (required,) = judge("ALTER TABLE box ALTER COLUMN note SET NOT NULL", given)
    assert [one.kind for one in required.deferred] == ["not null"]
    volatile, _ = judge(BEFORE.replace("''", "gen_random_uuid()"), Circumstances(facts, alters_field=True))
    assert volatile.later


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


def test_null_that_is_replaced_is_replaced_in_batches_and_by_a_trigger() -> None:
    found, _ = judge(BEFORE, Circumstances(LARGE, alters_field=True))
    assert found.action is Action.DEFERRED
    assert [step.where for step in found.later] == ['"note" IS NULL']
    assert "CREATE OR REPLACE TRIGGER" in found.now[1]
    assert [one.kind for one in found.deferred] == ["fill"]


def test_an_update_of_another_operation_is_run_as_it_is() -> None:
    found = verdict("UPDATE box SET note = '' WHERE note IS NULL")
    assert (found.action, found.now) == (Action.AS_IS, ["UPDATE box SET note = '' WHERE note IS NULL"])


def test_not_null_after_batches_is_proved_by_a_check() -> None:
    found = verdict("ALTER TABLE box ALTER COLUMN note SET NOT NULL", after=BEFORE, alters_field=True)
    assert (found.action, len(found.later)) == (Action.BATCHES, 4)


def test_not_null_without_a_default_waits_for_the_old_version() -> None:
    assert verdict("ALTER TABLE box ALTER COLUMN note SET NOT NULL").action is Action.DEFERRED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("varchar(10)", "varchar(20)"),
        ("varchar(10)", "varchar"),
        ("varchar(10)", "text"),
        ("text", "varchar"),
        ("numeric(8,2)", "numeric(10,2)"),
        ("numeric(8,2)", "numeric"),
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


def waiting(key: Key) -> dict[Key, Foretold]:
    return {key: Foretold(Deferral(*key, f"drop {key[2]}", ()))}


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


@pytest.mark.parametrize("kind", ["default", "not null", "fill"])
def test_a_column_accepts_null_before_what_waits_of_it_is_made(kind: str) -> None:
    columns = {**COLUMNS, "size": Column("integer", not_null=True, has_default=True)}
    facts = Facts({"box": Table(10**9, True, 10**7, columns)})
    found = verdict("ALTER TABLE box DROP COLUMN size", facts, pending=waiting((kind, '"box"', "size")))
    assert found.now == ['ALTER TABLE "box" ALTER COLUMN "size" DROP NOT NULL']
    assert found.cancelled == ([(kind, '"box"', "size")] if kind == "not null" else [])


def test_a_primary_key_that_the_database_does_not_number_cannot_be_removed() -> None:
    facts = Facts({"box": Table(10**9, True, 10**7, {"id": Column("uuid", not_null=True)}, CONSTRAINTS)})
    assert verdict("ALTER TABLE box DROP COLUMN id CASCADE", facts).action is Action.REFUSED
    assert verdict("ALTER TABLE box DROP COLUMN id CASCADE").action is Action.DEFERRED


def test_numbers_that_the_old_version_needs_are_given_until_it_has_gone() -> None:
    given = Circumstances(LARGE)
    (found,) = judge('ALTER TABLE "box" ALTER COLUMN "id" DROP IDENTITY IF EXISTS', given)
    assert (found.now, found.deferred[0].key) == ([], ("identity", '"box"', "id"))
    (sequence,) = judge('DROP SEQUENCE IF EXISTS "box_id_seq" CASCADE', given)
    assert sequence.now == []
    back = verdict(
        'ALTER TABLE "box" ALTER COLUMN "id" ADD GENERATED BY DEFAULT AS IDENTITY',
        pending=waiting(found.deferred[0].key),
    )
    assert (back.now, back.cancelled) == ([], [found.deferred[0].key])


@pytest.mark.parametrize(("becomes", "drops"), [("double precision", True), ("bigint", False), ("integer", False)])
def test_what_is_no_integer_any_more_is_not_numbered(becomes: str, drops: bool) -> None:
    given = Circumstances(SMALL)
    judge('ALTER TABLE "box" ALTER COLUMN "id" DROP IDENTITY IF EXISTS', given)
    (found,) = judge(f'ALTER TABLE "box" ALTER COLUMN "id" TYPE {becomes} USING "id"::{becomes}', given)
    assert ('ALTER TABLE "box" ALTER COLUMN "id" DROP IDENTITY IF EXISTS' in found.now) == drops


def test_of_several_tables_those_that_exist_wait() -> None:
    facts = Facts({**LARGE.tables, "shelf": Table(8192, False)})
    found = verdict("DROP TABLE box, shelf, crate CASCADE", facts)
    assert [drop.key for drop in found.deferred] == [("table", '"box"', ""), ("table", '"shelf"', "")]
    assert found.now[-1] == 'DROP TABLE "crate" CASCADE'
    assert verdict("DROP TABLE crate, lid", facts).now == ["DROP TABLE crate, lid"]
    assert verdict("DROP TABLE IF EXISTS gone, box", facts).now[0] == 'DROP TABLE IF EXISTS "gone"'


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


def test_renames_that_nobody_notices_are_run_as_they_are() -> None:
    assert verdict("ALTER INDEX box_note RENAME TO box_remark").action is Action.AS_IS
    assert verdict("ALTER TABLE box RENAME CONSTRAINT box_size_key TO one_size").action is Action.AS_IS


def test_a_column_is_relaxed_now_and_dropped_after_the_old_version() -> None:
    found = verdict("ALTER TABLE box DROP COLUMN shelf_id CASCADE")
    assert found.action is Action.DEFERRED
    assert found.now == [
        'ALTER TABLE "box" DROP CONSTRAINT IF EXISTS "box_shelf_fk"',
        'ALTER TABLE "box" ALTER COLUMN "shelf_id" DROP NOT NULL',
    ]
    (dropped,) = found.deferred
    assert dropped.key == ("column", '"box"', "shelf_id")
    assert [step.sql.split()[3] for step in dropped.restore] == ["ADD", "VALIDATE"]


def test_a_table_is_dropped_after_the_old_version() -> None:
    found = verdict("DROP TABLE box CASCADE")
    assert (found.action, found.now) == (Action.DEFERRED, ['ALTER TABLE "box" DROP CONSTRAINT "box_shelf_fk"'])


def test_an_exclusion_constraint_is_slow_on_few_rows() -> None:
    exclude = "ALTER TABLE box ADD CONSTRAINT x EXCLUDE USING gist (note WITH =)"
    medium = Facts({"box": Table(10**6, False, 20_000, COLUMNS, CONSTRAINTS)}, INDEXES)
    assert verdict(exclude, medium).action is Action.REFUSED
    assert verdict(exclude, SMALL).action is Action.AS_IS


def test_what_cannot_be_parsed_is_left_to_the_stall_budget() -> None:
    found = verdict("ALTER TABEL box")
    assert (found.action, found.now) == (Action.AS_IS, ["ALTER TABEL box"])
    assert "stall budget" in found.reason


def test_each_statement_of_a_text_has_its_verdict() -> None:
    found = judge("CREATE INDEX i ON box (size); DROP TABLE crate", Circumstances(LARGE))
    assert [one.action for one in found] == [Action.ONLINE, Action.AS_IS]


def test_the_strongest_verdict_is_the_one_that_needs_most_care() -> None:
    verdicts = [Verdict(Action.ONLINE), Verdict(Action.REFUSED), Verdict(Action.DEFERRED)]
    assert strongest(verdicts).action is Action.REFUSED
    assert strongest([]).action is Action.AS_IS


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        (
            "ALTER TABLE box ADD CONSTRAINT u UNIQUE (note, size)",
            'SELECT count(*) FROM "box" WHERE "note" IS NOT NULL AND "size" IS NOT NULL'
            ' GROUP BY "note", "size" HAVING count(*) > 1 LIMIT 1',
        ),
        (
            "CREATE UNIQUE INDEX i ON box (lower(note)) NULLS NOT DISTINCT WHERE size > 1",
            'SELECT count(*) FROM "box" WHERE (size > 1) GROUP BY (lower(note)) HAVING count(*) > 1 LIMIT 1',
        ),
        ("ALTER TABLE box ALTER COLUMN note SET NOT NULL", 'SELECT count(*) FROM "box" WHERE "note" IS NULL'),
        (
            "ALTER TABLE box ADD COLUMN code text DEFAULT '' NOT NULL UNIQUE",
            'SELECT count(*) FROM "box" HAVING count(*) > 1',
        ),
        ("ALTER TABLE box ADD COLUMN code text NOT NULL", 'SELECT count(*) FROM "box"'),
        ("ALTER TABLE box ADD COLUMN note text NOT NULL", 'SELECT count(*) FROM "box" WHERE "note" IS NULL'),
        ("ALTER TABLE box ADD CONSTRAINT c CHECK (size > 1)", 'SELECT count(*) FROM "box" WHERE NOT (size > 1)'),
        (
            "ALTER TABLE box ADD CONSTRAINT f FOREIGN KEY (size) REFERENCES crate (id)",
            'SELECT count(*) FROM (SELECT "size" AS value FROM "box") AS one WHERE value IS NOT NULL'
            ' AND NOT EXISTS (SELECT FROM "crate" AS other WHERE other."id" = one.value)',
        ),
    ],
)
def test_rows_are_looked_for_that_violate_what_is_added(sql: str, query: str) -> None:
    assert [one.query for one in violations([sql], LARGE)] == [query]


ADDED = "ALTER TABLE box ADD COLUMN code integer DEFAULT 3 NOT NULL"
WITH_CODE = '(SELECT *, CAST(3 AS int) AS "code" FROM "box") AS "box"'
ONE_CODE = '(SELECT CAST(3 AS int) AS "code") AS "box"'


@pytest.mark.parametrize(
    ("sql", "queries"),
    [
        (
            "ALTER TABLE box ADD CONSTRAINT c CHECK (code > 5)",
            [
                f"SELECT count(*) FROM {WITH_CODE} WHERE NOT (code > 5)",
                f"SELECT count(*) FROM {ONE_CODE} WHERE NOT (code > 5)",
            ],
        ),
        (
            "ALTER TABLE box ADD CONSTRAINT c CHECK (code > size)",
            [f"SELECT count(*) FROM {WITH_CODE} WHERE NOT (code > size)"],
        ),
        (
            "CREATE UNIQUE INDEX i ON box (code, size) WHERE code > 1",
            [
                f'SELECT count(*) FROM {WITH_CODE} WHERE (code > 1) AND "code" IS NOT NULL AND "size" IS NOT NULL'
                ' GROUP BY "code", "size" HAVING count(*) > 1 LIMIT 1'
            ],
        ),
        (
            "ALTER TABLE box ADD CONSTRAINT f FOREIGN KEY (code) REFERENCES crate (id)",
            [
                f'SELECT count(*) FROM (SELECT "code" AS value FROM {WITH_CODE}) AS one WHERE value IS NOT NULL'
                ' AND NOT EXISTS (SELECT FROM "crate" AS other WHERE other."id" = one.value)'
            ],
        ),
    ],
)
def test_new_columns_have_the_values_that_the_release_gives_them(sql: str, queries: list[str]) -> None:
    assert [one.query for one in violations([sql], followed(LARGE, [ADDED]))] == queries
    unknown = "ALTER TABLE box ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL"
    assert not list(violations([sql], followed(LARGE, [unknown])))


def test_a_new_column_without_a_default_has_none() -> None:
    added = followed(LARGE, ["ALTER TABLE box ADD COLUMN code integer"])
    check = "ALTER TABLE box ADD CONSTRAINT c CHECK (code IS NOT NULL)"
    assert 'CAST(NULL AS int) AS "code"' in next(violations([check], added)).query


def test_what_a_new_column_brings_along_is_asked_of_its_default() -> None:
    sql = "ALTER TABLE box ADD COLUMN code integer DEFAULT 3 NOT NULL REFERENCES crate (id) CHECK (code >= 0)"
    assert [one.query.partition(" WHERE ")[0] for one in violations([sql], LARGE)] == [
        f"SELECT count(*) FROM {WITH_CODE}",
        f"SELECT count(*) FROM {ONE_CODE}",
        f'SELECT count(*) FROM (SELECT "code" AS value FROM {WITH_CODE}) AS one',
    ]


def test_a_column_that_is_filled_first_has_no_null() -> None:
    fills = "UPDATE box SET note = '' WHERE note IS NULL; SET CONSTRAINTS ALL IMMEDIATE"
    assert not list(violations([fills, "ALTER TABLE box ALTER COLUMN note SET NOT NULL"], LARGE))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX i ON box (note)",
        "CREATE UNIQUE INDEX i ON box (new)",
        "CREATE UNIQUE INDEX i ON crate (size)",
        "ALTER TABLE box ADD CONSTRAINT u UNIQUE USING INDEX i",
        "ALTER TABLE box ADD COLUMN code integer UNIQUE",
        "ALTER TABLE box ADD COLUMN code uuid DEFAULT gen_random_uuid() NOT NULL UNIQUE",
        "ALTER TABLE box ADD COLUMN note text DEFAULT '' NOT NULL",
        "ALTER TABLE box ADD COLUMN code bigserial NOT NULL",
        "ALTER TABLE box ADD COLUMN code bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY",
        "ALTER TABLE box ALTER COLUMN new SET NOT NULL",
        "ALTER TABLE box ADD CONSTRAINT c CHECK (new > 1)",
        "ALTER TABEL box",
    ],
)
def test_no_rows_are_looked_for_elsewhere(sql: str) -> None:
    assert not list(violations([sql], LARGE))


def plan(*operations: Operation, **fields: Any) -> list[JudgedOperation]:
    """Of a model Box with `fields`, in the worst case."""
    state = ProjectState()
    options: dict[str, Any] = {"unique_together": {("size", "note")}} if "note" in fields else {}
    given: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True)), *fields.items()]
    state.add_model(ModelState("shop", "Box", given, options))
    kind = type("Migration", (Migration,), {"operations": list(operations)})
    return judge_plan([kind("0002_change", "shop")], state, Situation(facts_of(state, connection)), connection)


def actions(judged: list[JudgedOperation]) -> list[Action]:
    return [one.verdict.action for one in judged]


def test_an_index_of_a_field_is_found_by_its_columns() -> None:
    (one,) = plan(migrations.AlterField("Box", "size", models.IntegerField()), size=models.IntegerField(db_index=True))
    assert (one.verdict.action, one.tables[0].name) == (Action.ONLINE, "shop_box")
    assert later(one.verdict) == ["DROP INDEX CONCURRENTLY IF EXISTS shop_box_size_2219d76d"]


def test_a_unique_constraint_of_fields_is_found_by_its_columns() -> None:
    operations = [
        migrations.AlterField("Box", "size", models.IntegerField()),
        migrations.AlterUniqueTogether("Box", set()),
    ]
    judged = plan(*operations, size=models.IntegerField(unique=True), note=models.TextField())
    assert actions(judged) == [Action.DEFERRED, Action.DEFERRED]


def test_what_an_earlier_operation_of_the_plan_made_is_as_django_makes_it() -> None:
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("size", models.IntegerField(unique=True)),
    ]
    judged = plan(
        migrations.CreateModel("Crate", fields, {"unique_together": {("id", "size")}}),
        migrations.AlterField("Crate", "size", models.CharField(max_length=9)),
        migrations.AlterUniqueTogether("Crate", set()),
        migrations.RenameModel("Crate", "Chest"),
        migrations.DeleteModel("Chest"),
    )
    assert actions(judged) == [Action.AS_IS] * 5


def test_a_primary_key_that_becomes_wider_is_refused_with_the_keys_to_it() -> None:
    (one,) = plan(migrations.AlterField("Box", "id", models.CharField(max_length=9, primary_key=True)))
    assert one.verdict.action is Action.REFUSED


def test_a_renamed_foreign_key_keeps_its_column() -> None:
    (one,) = plan(
        migrations.RenameField("Box", "inside", "within"), inside=models.ForeignKey("shop.Box", models.CASCADE)
    )
    assert "within = models.ForeignKey(db_column='inside_id', on_delete=models.CASCADE" in one.verdict.instead


def test_a_renamed_column_of_the_same_field_keeps_its_name() -> None:
    new = models.IntegerField(db_column="width")
    (one,) = plan(migrations.AlterField("Box", "size", new), size=models.IntegerField())
    assert one.verdict.instead == (
        "In the model and in this operation:\n    size = models.IntegerField(db_column='size')"
    )


def test_a_parameter_of_sql_is_quoted() -> None:
    (one,) = plan(migrations.RunSQL([("UPDATE shop_box SET size = %s WHERE note LIKE '%%x'", [7])]))
    assert one.verdict.now == ["UPDATE shop_box SET size = 7 WHERE note LIKE '%x'"]


def test_an_operation_that_changes_no_table_says_so() -> None:
    (one,) = plan(migrations.AlterModelOptions("Box", {"ordering": ["size"]}), size=models.IntegerField())
    assert (one.verdict.action, one.tables, one.verdict.reason) == (Action.AS_IS, (), "Changes no table.")


def test_an_operation_that_fails_without_a_server_cannot_be_foretold() -> None:
    class Count(Operation):
        def state_forwards(self, app_label: str, state: ProjectState) -> None:
            pass

        def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
            from_state.apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).get()

    (one,) = plan(Count(), size=models.IntegerField())
    assert one.verdict.reason.startswith("What it does cannot be foretold.")


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


def test_the_keys_that_models_declare() -> None:
    keys = unique_keys()
    assert keys["workout_selections"] == {("workout_id",)}
    assert keys["auth_permission"] == {("content_type_id", "codename")}
    assert keys["tokens"] == {("user_id", "purpose")}


def test_the_keys_of_expressions_and_transforms() -> None:
    class Tag(models.Model):  # noqa: DJ008  # never shown
        name = models.CharField(max_length=9)
        kind = models.CharField(max_length=9, db_column="sort")

        class Meta:
            apps = Apps()
            app_label = "shop"
            constraints = (
                models.UniqueConstraint(models.functions.Lower("name"), "kind", name="one"),
                models.UniqueConstraint("name__lower", name="two"),
            )

    assert set(keys_of(Tag)) == {("name", "sort"), ("name",)}
