"""A view that the old version may read is not dropped under it."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_online import shop, succeeds

__all__ = ["shop"]

on_postgresql = pytest.mark.usefixtures("postgresql")
CREATE = "migrations.RunSQL('CREATE VIEW small AS SELECT id, size FROM shop_box')"
DROP = "migrations.RunSQL('DROP VIEW small')"
ACCEPTS = 'RELEASES = {"ACCEPTS": {"shop": {"RunSQL": "The report has gone."}}}'


@pytest.fixture
def viewed(shop: Project) -> Project:
    shop.migration("0002_view", CREATE)
    succeeds(shop, "migrate")
    return shop


@on_postgresql
def test_a_view_is_dropped_only_if_the_migration_accepts_it(viewed: Project, sql: Sql) -> None:
    viewed.migration("0003_drop", DROP)
    failed = viewed.manage("migrate")
    assert failed.returncode == 1
    assert "- shop.0003_drop, " in failed.stderr
    assert "The old version may read view small, which this drops." in failed.stderr
    assert sql("SELECT count(*) FROM small") == [(500,)]

    viewed.settings(ACCEPTS)
    assert "Accepted: The report has gone." in succeeds(viewed, "migrate")
    assert sql("SELECT to_regclass('small')") == [(None,)]


@on_postgresql
def test_a_view_that_another_migration_creates_again_is_missing_in_between(viewed: Project) -> None:
    viewed.migration("0003_drop", DROP)
    viewed.migration("0004_again", CREATE)
    assert "Create it again in the same migration" in viewed.manage("migrate").stderr


@on_postgresql
def test_a_view_of_this_release_may_be_dropped(shop: Project, sql: Sql) -> None:
    shop.migration("0002_view", CREATE)
    shop.migration("0003_drop", DROP)
    succeeds(shop, "migrate")
    assert sql("SELECT to_regclass('small')") == [(None,)]
