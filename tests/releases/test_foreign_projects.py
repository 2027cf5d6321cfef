"""What other apps and backends of a project do beside `releases`."""

import pytest

from tests.conftest import Sql
from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.online_changes import changed
from tests.releases.test_contract import WITHOUT_NOTE, change
from tests.releases.test_online import migrate_as_django, rows_of, shop, succeeds

__all__ = ["shop"]

pytestmark = pytest.mark.usefixtures("postgresql")

RECEIVERS = """from django.db.models.signals import post_save, pre_delete, pre_save


def registered(sender, **_):
    from django.apps import apps

    if sender._meta.app_label != "migrations":  # of Django itself
        apps.get_model(sender._meta.app_label, sender._meta.object_name)


for signal in (pre_save, post_save, pre_delete):
    signal.connect(registered)


"""
BACKEND = """from django.db.backends.postgresql.base import DatabaseWrapper as Given


class DatabaseWrapper(Given):
    pass
"""
MIGRATED_MEANWHILE = """
import subprocess
import sys

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        from releases.applying import unfinished

        served_facts = unfinished.served_facts

        def migrated_meanwhile(connection):
            subprocess.run([sys.executable, "manage.py", "migrate_as_django", "shop", "-v0"], check=True)
            return served_facts(connection)

        unfinished.served_facts = migrated_meanwhile
"""
NAME = "from django.db import connection; print(connection.settings_dict['OPTIONS']['application_name'])"


def test_receivers_of_all_signals_do_not_hear_of_its_own_tables(shop: Project, sql: Sql) -> None:
    indexed = changed(('default="", unique=False', 'default="", db_index=True'))
    shop.models(RECEIVERS + indexed)
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    succeeds(shop, "migrate")
    change(shop, RECEIVERS + WITHOUT_NOTE, "third")
    assert "Contract: drop column note" in succeeds(shop, "migrate", "--finish")
    assert sql("SELECT * FROM releases_journal") == sql("SELECT * FROM releases_contract") == []


def test_another_tool_that_migrates_meanwhile_is_no_failure(shop: Project) -> None:
    migrate_as_django(shop, shop.database_url)
    shop.write("shop/apps.py", MIGRATED_MEANWHILE)
    shop.models(WITHOUT_NOTE)
    succeeds(shop, "makemigrations", "shop", "-n", "second")
    said = succeeds(shop, "migrate")
    assert "The database was migrated meanwhile by something else. It is judged again.\n" in said
    assert "No migrations to apply." in said


def test_sessions_of_a_derived_backend_say_their_version(project: Project) -> None:
    project.write("derived/base.py", BACKEND)
    project.write("derived/__init__.py", "")
    project.settings('DATABASES["default"]["ENGINE"] = "derived"')
    assert "version migrations-" in succeeds(project, "shell", "-v0", "-c", NAME)


def test_a_number_that_becomes_a_unique_text_is_as_django_leaves_it(shop: Project, databases: Databases) -> None:
    """Without the index for LIKE, as django-apscheduler's tables."""
    text = "models.CharField(max_length=9, null=True, unique=True)"
    shop.models(changed(("code = models.IntegerField(null=True, unique=True)", f"code = {text}")))
    shop.migration("0002_text", f'migrations.AlterField("Box", "code", {text})')
    shop.settings('RELEASES["LARGE_TABLE"] = 10**9')
    plain = databases.make(shop.database_url)
    succeeds(shop, "migrate")
    migrate_as_django(shop, plain)
    assert rows_of(shop.database_url, SCHEMA) == rows_of(plain, SCHEMA)
    succeeds(shop, "verify_schema")
