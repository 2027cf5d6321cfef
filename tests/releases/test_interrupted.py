"""A release that is killed at any statement goes on exactly there."""

import pytest

from tests.conftest import Sql
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


def test_killed_at_every_statement(shop: Project, sql: Sql, databases: Databases, database_url: str) -> None:
    plain = databases.make(database_url)
    shop.settings(KILLER)
    shop.models(MODELS)
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    written = shop.root / "shop/migrations/0002_second.py"
    text = written.read_text().replace("class Migration", f"{CODE}class Migration")
    written.write_text(text.replace("    operations = [\n", f"    operations = [\n        {COUNT},\n"))
    migrate_as_django(shop, plain)
    at, stopped = 1.0, 0
    while (result := shop.manage("migrate", KILL_AT=str(at))).returncode:
        assert result.returncode == -9, result.stdout + result.stderr
        at, stopped = at + 0.5, stopped + 1
    assert stopped > 8
    succeeds(shop, "migrate", "--finish")
    assert rows_of(database_url, SCHEMA) == rows_of(plain, SCHEMA)
    assert rows_of(database_url, DATA) == rows_of(plain, DATA)
    assert sql("SELECT * FROM releases_journal") == []
