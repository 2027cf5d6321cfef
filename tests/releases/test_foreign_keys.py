"""A foreign key that AlterField drops and adds again is enforced all the time."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import BASE, changed
from tests.releases.test_contract import change
from tests.releases.test_hangs import wait_for
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

HOLD = """
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON shop_box FOR EACH ROW EXECUTE FUNCTION hold();
"""
SHELF = 'models.ForeignKey(Shelf, models.CASCADE, null=True, related_name="+")'


@pytest.mark.parametrize("goes", ["forwards", "with a comment", "back"])
def test_a_foreign_key_binds_while_its_column_is_filled(shop: Project, sql: Sql, database_url: str, goes: str) -> None:
    comment = (
        ', db_comment="where it stands"' if goes == "with a comment" else ""
    )  # for which Django gives the type again
    shop.models(changed((SHELF, SHELF.replace("null=True", f"default=1{comment}"))))
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    if goes == "back":
        succeeds(shop, "migrate")
        change(shop, BASE, "third")
        sql("UPDATE shop_box SET shelf_id = NULL")
    before = sql(FOREIGN_KEYS)
    sql(HOLD)
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(7)")
        release = shop.start("migrate", *(("shop", "0002") if goes == "back" else ()))
        wait_for(lambda: sql("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'UPDATE%' AND wait_event = 'advisory'"))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            other.execute("INSERT INTO shop_box (size, serial, note, shelf_id) VALUES (1, 9001, '', 99)")
    assert release.wait(60) == 0
    assert sql(FOREIGN_KEYS) == before
    assert sql("SELECT count(*) FROM shop_box WHERE shelf_id = 1") == [(500,)]


FOREIGN_KEYS = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated ORDER BY 1"
RENAMED = """
ALTER TABLE shop_box ADD CONSTRAINT by_hand FOREIGN KEY (shelf_id) REFERENCES shop_shelf DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shop_box DROP CONSTRAINT {name};
"""
UNCHECKED = """
ALTER TABLE shop_box DROP CONSTRAINT {name};
ALTER TABLE shop_box ADD CONSTRAINT {name} FOREIGN KEY (shelf_id) REFERENCES shop_shelf ON DELETE CASCADE NOT VALID;
"""


@pytest.mark.parametrize("before", ["", RENAMED, UNCHECKED], ids=["as it was", "another name", "not valid"])
def test_a_foreign_key_becomes_that_of_a_one_to_one(shop: Project, sql: Sql, databases: Databases, before: str) -> None:
    """As plain Django makes it, whatever it was before."""
    ((name,),) = sql("SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'shop_box'::regclass")
    sql(before.format(name=name) or "SELECT 1")
    plain = databases.make(shop.database_url)
    shop.models(changed((SHELF, SHELF.replace("ForeignKey", "OneToOneField"))))
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    migrate_as_django(shop, plain)
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)
    succeeds(shop, "migrate", "shop", "0001")
    migrate_as_django(shop, plain, "0001")
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)
