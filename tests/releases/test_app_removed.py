"""An app leaves the project while what one of its migrations removed waits to be dropped."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_online import SETTINGS, succeeds

pytestmark = pytest.mark.usefixtures("postgresql")

BOX = "class Box(models.Model):\n    pass\n"
CLIENT = "from django.db import models\n\n\nclass Client(models.Model):\n    size = models.IntegerField(null=True)\n"


@pytest.fixture
def crm(project: Project) -> Project:
    """Version zero has the app `crm`, and version one removes its model."""
    project.settings(f'{SETTINGS}\nRELEASES["COMMIT_VARIABLE"] = "COMMIT"\nINSTALLED_APPS += ["crm"]')
    project.models(BOX)
    project.write("crm/__init__.py", "")
    project.write("crm/migrations/__init__.py", "")
    for version, text in (("zero", CLIENT), ("one", "")):
        project.write("crm/models.py", text)
        succeeds(project, "makemigrations", "shop", "crm", "-n", version)
        succeeds(project, "migrate", COMMIT=version)
    return project


def test_its_table_is_dropped_by_the_release_that_no_longer_has_it(crm: Project, sql: Sql) -> None:
    crm.settings('INSTALLED_APPS.remove("crm")')
    with psycopg.connect(crm.database_url, application_name="version zero"):
        assert "It waits for sessions of an older" in succeeds(crm, "migrate", COMMIT="two")
    assert "Contract: drop table crm_client." in succeeds(crm, "migrate", COMMIT="three")
    assert sql("SELECT to_regclass('crm_client')") == [(None,)]


def test_its_table_stays_while_the_code_has_a_model_of_it(crm: Project, sql: Sql) -> None:
    """Older code, in which the app had another name."""
    crm.settings('INSTALLED_APPS[INSTALLED_APPS.index("crm")] = "clients"')
    crm.write("clients/__init__.py", "")
    crm.write("clients/models.py", f"{CLIENT}\n    class Meta:\n        db_table = 'crm_client'\n")
    refused = crm.manage("migrate", "--finish", COMMIT="older")
    assert "This code does not have crm.0002_one, and may need what these would take away" in refused.stderr
    assert sql("SELECT count(*) FROM crm_client") == [(0,)]
