"""Every concurrent operation of a release, Django's own as well: patient, repeatable, and exact about what stands."""

from tests.conftest import Sql
from tests.releases.conftest import Project

BOX = 'migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())])'


def test_a_project_of_its_own(project: Project, sql: Sql) -> None:
    project.models("class Box(models.Model):\n    size = models.IntegerField()\n")
    project.migration("0001_box", BOX)

    result = project.manage("migrate")

    assert result.returncode == 0, result.stderr
    assert sql("SELECT outcome FROM releases_release") == [("succeeded",)]
    assert project.manage("migrate", "--check").returncode == 0
