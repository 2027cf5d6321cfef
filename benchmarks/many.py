"""A project with two hundred migrations, to compare the release of an empty database with Django's own `migrate`."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, container
from tests.releases.conftest import Project

MODELS = 25
ID = 'models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")'
# One migration each, for the model Thing{n}, which the Thing{before} before it refers to.
OPERATIONS = (
    f'migrations.CreateModel("Thing{{n}}", [("id", {ID}), ("name", models.CharField(max_length=20))])',
    'migrations.AddField("Thing{n}", "before", models.ForeignKey("shop.Thing{before}", models.CASCADE, null=True))',
    'migrations.AddField("Thing{n}", "size", models.IntegerField(default=1))',
    'migrations.AddIndex("Thing{n}", models.Index(fields=["name"], name="thing{n}_index"))',
    'migrations.AlterField("Thing{n}", "name", models.CharField(max_length=40, null=True))',
    'migrations.AddConstraint("Thing{n}", models.UniqueConstraint(fields=["name"], name="thing{n}_name"))',
    "migrations.RunPython(migrations.RunPython.noop)",
    'migrations.RenameField("Thing{n}", "size", "volume")',
)
MODEL = """class Thing{n}(models.Model):
    name = models.CharField(max_length=40, null=True)
    before = models.ForeignKey("shop.Thing{before}", models.CASCADE, null=True)
    volume = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["name"], name="thing{n}_index")]
        constraints = [models.UniqueConstraint(fields=["name"], name="thing{n}_name")]


"""


def project(root: Path) -> Project:
    made = Project(root, "")
    numbers = [{"n": n, "before": max(n - 1, 0)} for n in range(MODELS)]
    made.models("".join(MODEL.format(**one) for one in numbers))
    operations = [operation.format(**one) for one in numbers for operation in OPERATIONS]
    for number, operation in enumerate(operations, 1):
        made.migration(f"{number:04}_change", operation)
    return made


def release(project: Project, url: str) -> None:
    _run(project, url, "manage.py", "migrate", "-v0")


def bare(project: Project, url: str) -> None:
    _run(project, url, "-m", "benchmarks.bare_migrate", "-v0")


def _run(project: Project, url: str, *arguments: str) -> None:
    path = f"{ROOT}{os.pathsep}{project.root}"
    environment = {**container(url), "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "project_settings"}
    subprocess.run(
        [sys.executable, *arguments], cwd=project.root, env=environment, check=True, stdout=subprocess.DEVNULL
    )
