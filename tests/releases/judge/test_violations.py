"""Rows that violate what is added."""

import pytest

from releases.judge.following import followed
from releases.judge.violations import violations
from tests.releases.judge.box import LARGE


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
