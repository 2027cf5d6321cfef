"""A release that is killed at any statement goes on exactly there."""

import random

import pytest

from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import changed
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]

# Before or after the statement that KILL_AT counts, of those that write.
KILLER = """
import itertools
import re
import signal
from django.db.backends.signals import connection_created

written = itertools.count(1)
WRITES = re.compile(r"\\s*(ALTER|CREATE|DROP|UPDATE|INSERT|DELETE)", re.IGNORECASE)

def killed(execute, sql, params, many, context):
    number = next(written) if WRITES.match(str(sql)) else 0
    at = float(os.environ["KILL_AT"])
    if number == at + 0.5:
        os.kill(os.getpid(), signal.SIGKILL)
    result = execute(sql, params, many, context)
    if number == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

def watch(connection, **_):
    if "KILL_AT" in os.environ and killed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, killed)

connection_created.connect(watch)
"""
MODELS = changed(
    (
        "    size = models.IntegerField()\n",
        '    colour = models.CharField(max_length=9, default="red", db_index=True)\n'
        "    amount = models.PositiveIntegerField(default=3)\n"
        '    key = models.UUIDField(db_default=models.Func(function="gen_random_uuid"))\n'
        "    size = models.IntegerField(unique=True)\n",
    ),
    ("max_length=40, null=True", 'max_length=40, default="none"'),
    ('    note = models.CharField(max_length=40, default="", unique=False)\n', ""),
    ('indexes = [models.Index(fields=["label"], name="box_label")]', "indexes = []"),
)
COUNT = "migrations.RunPython(count, migrations.RunPython.noop)"
CODE = '''
def count(apps, schema_editor):
    """Counts how often it ran."""
    boxes = apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias)
    boxes.filter(serial=1).update(size=models.F("size") + 1000)


'''
DATA = "SELECT size, serial, label, colour, amount FROM shop_box ORDER BY serial"


def write_second(shop: Project, code: str, operation: str) -> None:
    """What makemigrations writes for MODELS, with `operation` before it and `code` above it."""
    shop.models(MODELS)
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    written = shop.root / "shop/migrations/0002_second.py"
    text = written.read_text().replace("class Migration", f"{code}class Migration")
    written.write_text(text.replace("    operations = [\n", f"    operations = [\n        {operation},\n"))


@pytest.fixture
def plain(shop: Project, databases: Databases, database_url: str) -> str:
    """A second migration is written: of it, this database has what Django itself makes."""
    url = databases.make(database_url)
    shop.settings(KILLER)
    write_second(shop, CODE, COUNT)
    migrate_as_django(shop, url)
    return url


def is_as(plain: str, database_url: str) -> None:
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)
    assert rows_of(database_url, DATA) == rows_of(plain, DATA)
    assert rows_of(database_url, "SELECT * FROM releases_journal") == []
    assert rows_of(database_url, "SELECT * FROM releases_contract") == []


def test_killed_at_every_statement(shop: Project, plain: str, database_url: str) -> None:
    at, stopped = 1.0, 0
    while (result := shop.manage("migrate", KILL_AT=str(at))).returncode:
        assert result.returncode == -9, result.stdout + result.stderr
        at, stopped = at + 0.5, stopped + 1
    assert stopped > 8
    succeeds(shop, "migrate", "--finish")
    is_as(plain, database_url)


@pytest.mark.parametrize("seed", range(3))
def test_two_at_once_killed_at_random_points(shop: Project, plain: str, database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        for run in [shop.start("migrate", KILL_AT=str(chance.randint(2, 50) / 2)) for _ in range(2)]:
            out = run.communicate(timeout=120)
            assert run.returncode in (0, -9), out
    succeeds(shop, "migrate")
    for _ in range(4):
        shop.manage("migrate", "--finish", KILL_AT=str(chance.randint(2, 20) / 2))
    succeeds(shop, "migrate", "--finish")
    is_as(plain, database_url)


def test_two_at_once(shop: Project, plain: str, database_url: str) -> None:
    for run in [shop.start("migrate") for _ in range(2)]:
        out = run.communicate(timeout=120)
        assert run.returncode == 0, out
    succeeds(shop, "migrate", "--finish")
    is_as(plain, database_url)


def test_a_migration_that_fails_half_way_goes_on_when_it_is_fixed(shop: Project, plain: str, database_url: str) -> None:
    """What was committed is not done again: the code before it counts how often it ran."""
    written = shop.root / "shop/migrations/0002_second.py"
    correct = written.read_text()
    written.write_text(correct.removesuffix("    ]\n") + "        migrations.RunSQL('SELECT 1 / 0'),\n    ]\n")
    failed = shop.manage("migrate")
    assert failed.returncode == 1
    assert "division by zero" in failed.stderr
    written.write_text(correct)
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    is_as(plain, database_url)
