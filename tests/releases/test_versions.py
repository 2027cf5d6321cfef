"""Which version a session is of where the platform names no commit: its migrations tell it."""

import psycopg
import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_online import succeeds

BOX = 'class Box(models.Model):\n    size = models.IntegerField()\n{}\n    class Meta:\n        app_label = "shop"\n'
ELSEWHERE = 'MIGRATION_MODULES = {"shop": "migrations_of_shop"}'
SAID = "from releases.version import this_version; print(this_version())"


def version_of(project: Project) -> str:
    return succeeds(project, "shell", "-v0", "-c", SAID).strip()


@pytest.mark.usefixtures("postgresql")
def test_migrations_that_the_settings_put_elsewhere_tell_it_too(project: Project, sql: Sql, database_url: str) -> None:
    project.settings(ELSEWHERE)
    project.write("migrations_of_shop/__init__.py", "")
    project.models(BOX.format("    note = models.TextField(null=True)\n"))
    succeeds(project, "makemigrations", "shop", "-n", "first")
    succeeds(project, "migrate")
    with psycopg.connect(database_url, application_name=f"version {version_of(project)}"):
        project.models(BOX.format(""))
        succeeds(project, "makemigrations", "shop", "-n", "second")
        succeeds(project, "migrate")
        refused = project.manage("migrate", "--finish")
        assert refused.returncode == 1
        assert "It waits for sessions of an older or unknown version" in refused.stderr
        sql("SELECT note FROM shop_box")
    succeeds(project, "migrate", "--finish")


@pytest.mark.parametrize("module", ["None", '"of_nobody"', '"of_nobody.migrations"'])
def test_an_app_whose_migrations_are_nowhere_has_none(project: Project, module: str) -> None:
    """Django says what is wrong, where anything is."""
    without = version_of(project)
    project.migration("0001_box")
    assert version_of(project) != without
    project.settings(ELSEWHERE.replace('"migrations_of_shop"', module))
    assert version_of(project) == without
