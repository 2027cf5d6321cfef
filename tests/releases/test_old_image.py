"""An image that is brought back is released over the newer schema, before its contract and after it."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, CHANGES
from tests.releases.test_contract import OLD_INSERT, WITHOUT_BOX, WITHOUT_NOTE
from tests.releases.test_online import OldVersion, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")


class Newer:
    """Releases commit `one`, and as commit `two` a migration to `models`, which can be hidden from the older code."""

    def __init__(self, shop: Project, models: str) -> None:
        self.shop, self.models = shop, models
        shop.settings('RELEASES["COMMIT_VARIABLE"] = "COMMIT"')
        succeeds(shop, "migrate", COMMIT="one")
        shop.models(models)
        succeeds(shop, "makemigrations", "shop", "-n", "second")
        succeeds(shop, "migrate", COMMIT="two")
        self.migration = shop.root / "shop/migrations/0002_second.py"
        self.text = self.migration.read_text()

    def hide(self) -> None:
        self.migration.unlink()
        self.shop.models(BASE)

    def bring_back(self) -> None:
        self.migration.write_text(self.text)
        self.shop.models(self.models)


@pytest.mark.proof
@pytest.mark.parametrize("change", CHANGES)
def test_an_image_that_is_brought_back_works(shop: Project, database_url: str, change: str) -> None:
    newer = Newer(shop, CHANGES[change])
    newer.hide()
    succeeds(shop, "migrate", "--check", COMMIT="one")
    succeeds(shop, "migrate", COMMIT="one")
    with OldVersion(database_url) as old:
        succeeds(shop, "releases", COMMIT="one")
    assert old.errors == []

    newer.bring_back()
    succeeds(shop, "migrate", "shop", "0001", COMMIT="two")


def test_what_older_code_leaves_is_undone_from_the_newer_one_as_it_says(shop: Project, sql: Sql) -> None:
    newer = Newer(shop, WITHOUT_NOTE)
    newer.hide()
    released = succeeds(shop, "migrate", COMMIT="one")
    command = "python manage.py rollback"
    assert f"or undo it from there, with: {command}\n" in released
    newer.bring_back()
    succeeds(shop, *command.split()[2:], "--noinput", COMMIT="two")
    assert sql("SELECT * FROM releases_contract") == []
    newer.hide()
    assert "does not have" not in succeeds(shop, "migrate", COMMIT="one")
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]


def test_what_was_released_last_serves_without_a_session(shop: Project, sql: Sql) -> None:
    """As between two requests, with a connection for each."""
    newer = Newer(shop, WITHOUT_NOTE)
    newer.hide()
    succeeds(shop, "migrate", COMMIT="one")
    newer.bring_back()
    released = succeeds(shop, "migrate", COMMIT="three")
    assert "The version that was released last, one, may need what these would take away: drop column" in released
    assert sql("SELECT count(note) FROM shop_box") == [(500,)]
    assert "Contract: drop column note of shop_box." in succeeds(shop, "migrate", COMMIT="five")


@pytest.mark.parametrize("commit", ["one", "three"], ids=["image of before", "reverted commit"])
def test_code_that_needs_what_waits_is_released_again(shop: Project, sql: Sql, database_url: str, commit: str) -> None:
    newer = Newer(shop, WITHOUT_NOTE)
    newer.hide()
    released = succeeds(shop, "migrate", COMMIT=commit)
    words = "This code does not have shop.0002_second, and may need what these would take away: drop column note of"
    assert words in released
    assert words in shop.manage("migrate", "--finish", COMMIT=commit).stderr
    shop.migration("0002_other", "migrations.RunPython(migrations.RunPython.noop)")
    succeeds(shop, "migrate", COMMIT="four")
    sql(OLD_INSERT)
    assert sql("SELECT count(note) FROM shop_box") == [(501,)]

    (shop.root / "shop/migrations/0002_other.py").unlink()
    newer.bring_back()
    for old in (commit, "four"):
        with psycopg.connect(database_url, application_name=f"version {old}"):
            assert f"(version {old}, user" in succeeds(shop, "migrate", COMMIT="five")
    assert "Contract: drop column note of shop_box." in succeeds(shop, "migrate", COMMIT="five")


@pytest.mark.parametrize(
    ("models", "missing"),
    [(WITHOUT_NOTE, "the column shop_box.note is missing"), (WITHOUT_BOX, "the table shop_box is missing")],
    ids=["column", "table"],
)
def test_code_that_needs_what_was_removed_changes_nothing_and_says_so(
    shop: Project, sql: Sql, database_url: str, models: str, missing: str
) -> None:
    newer = Newer(shop, models)
    succeeds(shop, "migrate", "--finish", COMMIT="two")
    schema = rows_of(database_url, SCHEMA)
    newer.hide()
    said = (
        f"- {missing}: this code is older than the database (shop.0002_second is applied and unknown). Release or"
        " repair from the code that has it, or restore a backup\n"
    )
    released = shop.manage("migrate", COMMIT="one").stderr
    assert said in released
    assert "--repair" not in released
    assert shop.manage("migrate", "--check", COMMIT="one").returncode == 1
    sql("ALTER TABLE releases_release DROP COLUMN reason")
    repaired = shop.manage("verify_schema", "--repair", COMMIT="one")
    assert repaired.returncode == 1
    assert repaired.stderr == f"CommandError: This cannot be repaired:\n{said}"
    assert "Repaired: the column releases_release.reason is missing" in repaired.stdout
    assert rows_of(database_url, SCHEMA) == schema
    newer.bring_back()
    succeeds(shop, "migrate", COMMIT="two")
