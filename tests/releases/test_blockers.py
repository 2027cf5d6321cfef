"""Whatever holds a lock that a release needs is named, with what ends it."""

import json
import re
from collections.abc import Callable

import psycopg
import pytest

from tests.postgres import throwaway_postgres
from tests.releases.conftest import Project
from tests.releases.test_sessions import until

BOX = 'migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())])'

LABELLED = """class Box(models.Model):
    label = models.CharField(max_length=9, null={}, db_default="none")
"""
TRIGGER = "CREATE OR REPLACE TRIGGER"

LOSE_THE_COMPANION = """
import time
from django.db import connection
from releases.postgresql import opening, stalls, watch

companion = opening.open_sessions(connection, 5, print)
watch.read_blockers = lambda *_: [watch.Blocker("autovacuum", is_autovacuum=True)]
stalls.StallBudget.check = lambda _: companion.close()
with watch.Watcher(companion, connection, print, 2):
    time.sleep(1)
print(connection.is_usable())
"""


@pytest.mark.usefixtures("postgresql")
def test_a_release_that_loses_its_lock_while_a_blocker_is_reported_is_cut_off(project: Project) -> None:
    result = project.manage("shell", "-v0", "-c", LOSE_THE_COMPANION)
    assert (result.stdout, result.stderr) == ("False\n", "")


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("LOCK TABLE shop_box", "ALTER TABLE shop_box ADD note text"),
        ("UPDATE shop_box SET size = 2", "UPDATE shop_box SET size = 3"),
    ],
    ids=["table", "row"],
)
def test_a_prepared_transaction_is_named_and_its_end_can_be_typed(
    new_project: Callable[[str], Project], held: str, wanted: str
) -> None:
    with throwaway_postgres(max_prepared_transactions="2") as server:
        shop = new_project(server.url)
        shop.migration("0001_box", BOX)
        assert shop.manage("migrate").returncode == 0
        shop.migration("0002_change", f"migrations.RunSQL('{wanted}')")
        with psycopg.connect(server.url, autocommit=True) as session:
            session.execute("INSERT INTO shop_box (size) VALUES (1)")
            session.execute("BEGIN")
            session.execute(held)
            session.execute("PREPARE TRANSACTION 'it''s lost'")

            release = shop.start("migrate", RELEASE_LOCK_TIMEOUT="0.5")
            said = until(release, "Waiting for ")

            assert re.match(r"Waiting for the prepared transaction it's lost \(owner postgres, \d+ s old\)\. ", said)
            session.execute(said.partition("If nothing will commit it: ")[2])
        assert release.wait(60) == 0
        (last,) = shop.manage("releases", "--json", "--last", "1").stdout.splitlines()
        assert json.loads(last)["waited"] > 0


def test_little_is_sent_while_a_lock_is_held(new_project: Callable[[str], Project]) -> None:
    """Each statement takes a round trip, and whoever needs the table waits for all of them."""
    with throwaway_postgres(log_statement="all", log_line_prefix="%p ") as server:
        shop = new_project(server.url)
        shop.settings('RELEASES["LARGE_TABLE"] = 0')
        for null in (True, False):
            shop.models(LABELLED.format(null))
            assert shop.manage("makemigrations", "shop").returncode == 0
            result = shop.manage("migrate")
            assert result.returncode == 0, result.stderr
        log = (server.data.parent / "log").read_text()
    sent = re.findall(r"^(\d+) LOG: +statement: (.*)", log, re.MULTILINE)
    (session,) = {session for session, sql in sent if sql.startswith(TRIGGER)}
    texts = [sql for one, sql in sent if one == session]
    at = next(number for number, sql in enumerate(texts) if sql.startswith(TRIGGER))
    assert "set_config('lock_timeout', '200ms'" in texts[at - 2]
    held = texts[at + 1 : texts.index("COMMIT", at)]
    assert [sql[:32] for sql in held] == [
        "SET CONSTRAINTS ALL IMMEDIATE",
        'DELETE FROM "releases_contract" ',
        'INSERT INTO "releases_contract" ',
        'UPDATE "releases_journal" SET "d',
    ]
