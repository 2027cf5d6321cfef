"""A small shop with a real server is rehearsed: a good release, and each kind of a bad one."""

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import psycopg
import pytest

from releases.rehearsal import Request, Scenario
from releases.rehearsal.arguments import parser
from releases.rehearsal.course import Course
from releases.rehearsal.databases import OLD_ROLE
from releases.rehearsal.observer import OBSERVED
from releases.rehearsal.postgres import ThrowawayPostgres, throwaway_postgres
from releases.rehearsal.recording import Recording
from releases.rehearsal.report import Report
from releases.rehearsal.source import dump_of
from releases.rehearsal.verdict import Thresholds, faults
from tests.conftest import ROOT
from tests.memory import TEMPORARY
from tests.releases.conftest import Project

pytestmark = [pytest.mark.proof, pytest.mark.either_engine]

SETTINGS = """
from pathlib import Path

SECRET_KEY = os.environ["SECRET_KEY"]
ROOT_URLCONF = "urls"
ALLOWED_HOSTS = ["127.0.0.1"]
MIDDLEWARE = ["releases.middleware.HealthCheckMiddleware"]
INSTALLED_APPS += ["django.contrib.staticfiles"]
STATIC_URL, STATIC_ROOT = "static/", Path(__file__).parent / "collected"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
RELEASES |= {"COMMIT_VARIABLE": "RAILWAY_GIT_COMMIT_SHA"}
print("settings")
"""
URLS = """
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path

from shop.models import Box


def boxes(request):
    request.get_signed_cookie("user")
    return HttpResponse(Box.objects.filter(size__lt=10).count())


urlpatterns = [path("", boxes), path("style", lambda request: HttpResponse(static("box.css")))]
"""
WSGI = """
import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "project_settings"
application = get_wsgi_application()
"""
STUBBORN = """
import signal
import subprocess

signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.call(["gunicorn", "wsgi"])
"""
DEPLOY = {
    "preDeployCommand": ["python manage.py migrate --noinput"],
    "startCommand": "gunicorn --threads 4 wsgi",
    "healthcheckPath": "/readyz",
    "healthcheckTimeout": 60,
    "overlapSeconds": 1,
    "drainingSeconds": 10,
}
MODELS = """
class Box(models.Model):
    size = models.IntegerField()
    note = models.CharField(max_length=200, default="")
"""
TESTS = """
from django.test import TestCase

from shop.models import Box


class BoxTests(TestCase):
    def test_a_box_is_made(self):
        Box.objects.create(size=1)
"""
ROWS = "INSERT INTO shop_box (size, note) SELECT n, repeat('x', 50) FROM generate_series(1, 5000) n"
OLD_TESTS = "python manage.py test --keepdb --noinput"
NO_DEFAULT = "ALTER TABLE shop_box ADD weight int NOT NULL DEFAULT 1; ALTER TABLE shop_box ALTER weight DROP DEFAULT"
BY_HAND = "def by_hand(apps, editor):\n    editor.execute({!r})\n\n"
RUN = "migrations.RunPython(by_hand, migrations.RunPython.noop)"
SIGNED = 'from django.core.signing import get_cookie_signer as s; print(s(salt="user").sign("ann"))'

Rehearse = Callable[..., tuple[list[str], Report]]


class Shoppers(Scenario):
    def requests(self, shell: Callable[[str], str]) -> list[Request]:
        headers = {"Cookie": f"user={shell(SIGNED)}"}
        return [Request("GET", "/", headers=headers), Request("GET", "/style")]


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with throwaway_postgres(TEMPORARY, **OBSERVED) as server:
        yield server


@pytest.fixture(scope="module")
def old_shop(server: ThrowawayPostgres, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The version that serves, in a repository; beside it a dump of its database."""
    shop = Project(tmp_path_factory.mktemp("old") / "shop", server.url)
    shop.settings(SETTINGS)
    for name, text in {"urls.py": URLS, "wsgi.py": WSGI, "shop/static/box.css": "", "shop/tests.py": TESTS}.items():
        shop.write(name, text)
    shop.write("Dockerfile", "RUN python manage.py collectstatic --noinput && echo built\n")
    shop.write(".gitignore", "collected\n__pycache__\n")
    shop.write("railway.json", json.dumps({"deploy": DEPLOY}))
    shop.models(MODELS)
    assert shop.manage("makemigrations", "shop").returncode == 0
    assert shop.manage("migrate").returncode == 0
    shop.end()
    with psycopg.connect(server.url) as connection:
        connection.execute(ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_URL", server.url)
        shutil.move(dump_of("SHOP_URL", shop.root.parent), shop.root.parent / "shop.dump")
    git = ["git", "-c", "user.name=shop", "-c", "user.email=shop@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], cwd=shop.root, check=True)
    return shop


@pytest.fixture
def shop(old_shop: Project, tmp_path: Path) -> Project:
    """The version that is to be deployed: at first the same."""
    copied = copy.copy(old_shop)
    copied.root = tmp_path / "shop"
    shutil.copytree(old_shop.root, copied.root)
    return copied


@pytest.fixture
def rehearse(
    shop: Project, old_shop: Project, server: ThrowawayPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rehearse]:
    """Returns the faults and the report. A wait of 100 ms is a fault only if it is asked for."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def rehearse(*arguments: str) -> tuple[list[str], Report]:
        fixed = f"--dump {old_shop.root.parent}/shop.dump --quiet 1 --patience 5000 --take PYTHONPATH".split()
        options = parser().parse_args([*fixed, "--root", str(shop.root), *arguments])
        options.folder = tmp_path
        recording = Recording()
        Course(server.url, options, Shoppers(), recording).run()
        found = faults(recording, Thresholds(**{one.name: getattr(options, one.name) for one in fields(Thresholds)}))
        return found, Report(recording, found, options.percentile)

    yield rehearse
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE rehearsal WITH (FORCE)")
        connection.execute(f"DROP ROLE {OLD_ROLE}".encode())


def by_hand(shop: Project, name: str, statement: str, *operations: str) -> None:
    """A migration with a statement that nothing judges."""
    shop.migration(name, RUN, *operations, before=BY_HAND.format(statement))


def test_a_good_release_under_the_load_and_the_tests_of_the_old_version(shop: Project, rehearse: Rehearse) -> None:
    shop.models(MODELS.replace("    note", "    colour = models.CharField(max_length=9, null=True)\n    label"))
    shop.migration(
        "0002_change",
        'migrations.AddField("Box", "colour", models.CharField(max_length=9, null=True))',
        'migrations.AddField("Box", "label", models.CharField(max_length=200, default=""))',
        'Backfill("Box", update={"colour": "red"}, where=models.Q(colour=None), reverse={})',
        'migrations.RemoveField("Box", "note")',
    )

    found, report = rehearse("--old", "HEAD", "--old-tests", OLD_TESTS)

    assert found == []
    figures = report.figures()
    (migration,) = (one for one in figures["phases"] if one["name"] == "shop.0002_change")
    assert migration["rows"] >= 5000
    assert migration["rewritten"] == []
    assert any("after the old version" in one for one in migration["foretold"])
    assert len(migration["megabytes"]) == 2
    steps = [one["name"] for one in figures["phases"] if not one["within"]]
    assert steps == [
        *("filling the database", "build of the old version", "release of the old version"),
        *(
            "build of the new version",
            "start of the old version",
            "warm-up",
            "quiet",
            "release",
            "start of the new version",
        ),
        *("overlap", "draining of the old version", "the new version alone", "draining of the new version"),
        *("schema for the tests, by the old version", "schema for the tests, by the new version"),
        *("release of the old version, brought back", "release of the new version, again", "forward again"),
        *("start of the new version", "next release", "draining of the new version"),
    ]
    done = {one["name"]: one["count"] for one in figures["phases"]}
    assert all(done[step] for step in ("quiet", "release", "overlap", "the new version alone", "next release"))
    assert any("note" in change for change in figures["contract"])
    assert "One step back and forward again restores the same data." in figures["findings"]
    assert "The old version can be brought back: its own release succeeds on the new schema." in figures["findings"]
    assert "The database has everything that the models declare." in figures["findings"]
    assert "No test of the old version fails only on the new schema." in figures["findings"]
    assert any(
        re.fullmatch(r"Old code on the new schema: \d+ reads and writes, 0 failed.", one) for one in figures["findings"]
    )
    assert list(report.lines())[-1] == "The deploy would have gone well."
    assert "shop.0002_change" in report.page()


def test_what_the_old_version_cannot_bear_is_found_for_each_migration(shop: Project, rehearse: Rehearse) -> None:
    shop.models(MODELS.replace("    note", "    label"))
    add_label = 'migrations.AddField("Box", "label", models.CharField(max_length=200, default=""))'
    shop.migration("0002_label", add_label)
    by_hand(shop, "0003_rewrite", "ALTER TABLE shop_box ADD seen timestamptz DEFAULT clock_timestamp()")
    by_hand(shop, "0004_lock", "LOCK TABLE shop_box; SELECT pg_sleep(1)")
    by_hand(shop, "0005_no_default", NO_DEFAULT)
    state = 'migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("Box", "note")])'
    by_hand(shop, "0006_pause", "SELECT pg_sleep(1)")
    by_hand(shop, "0007_drop", "ALTER TABLE shop_box DROP note", state)

    found, report = rehearse("--deploy-only", "--patience", "100", "--slower", "0", "--rewritten", "1000")

    words = "\n".join(found)
    assert "shop.0003_rewrite rewrote shop_box (" in words
    assert "During shop.0004_lock the old version waited " in words
    (locking,) = (one for one in report.figures()["phases"] if one["name"] == "shop.0004_lock")
    assert any(one.startswith("shop_box: AccessExclusive, about ") for one in locking["locks"])
    assert any(one.startswith("shop_box: up to ") for one in locking["waits"])
    null = 'null value in column "weight" of relation "shop_box" violates not-null constraint'
    assert re.search(rf"failed, since [^:]*shop.0005_no_default[^:]*: {null}", words)
    assert re.search(r'failed, since [^:]*shop.0007_drop: column "note" does not exist', words)


def test_a_release_that_stalls_others_stops_the_deploy(shop: Project, rehearse: Rehearse) -> None:
    by_hand(shop, "0002_lock", "LOCK TABLE shop_box; SELECT pg_sleep(30)")

    found, report = rehearse()

    assert found[0].startswith(
        "release failed, so the deploy stops here. CommandError: Migration shop.0002_lock failed"
    )
    assert "more than the stall budget of 2 s" in found[0]
    assert [one["name"] for one in report.figures()["phases"]][-1] == "the old version serves on"


def test_a_migration_that_raises_half_way_stops_the_deploy(shop: Project, rehearse: Rehearse) -> None:
    by_hand(shop, "0002_half", "UPDATE shop_box SET size = size; SELECT 1 / 0")

    found, _ = rehearse()

    assert len(found) == 1
    assert "Migration shop.0002_half failed" in found[0]
    assert "division by zero" in found[0]


def test_a_version_that_is_not_healthy(shop: Project, rehearse: Rehearse) -> None:
    shop.settings("MIDDLEWARE = []")

    found, report = rehearse("--health-timeout", "5")

    assert len(found) == 1  # on a very busy machine it has not answered anything by then
    assert re.match(r"the new version: /readyz did not answer 200 within 5 s, but (404 |nothing)", found[0])
    assert [one["name"] for one in report.figures()["phases"]][-1] == "the old version serves on"


def test_a_version_that_never_answers(shop: Project, rehearse: Rehearse) -> None:
    shop.write("wsgi.py", "import time\n\ntime.sleep(600)\n")
    found, _ = rehearse("--health-timeout", "2")
    assert found == ["the new version: /readyz did not answer 200 within 2 s, but nothing."]


def test_a_version_that_ends_at_once(shop: Project, rehearse: Rehearse) -> None:
    shop.write("wsgi.py", "import nowhere\n")
    found, _ = rehearse()
    assert len(found) == 1
    assert found[0].startswith("the new version ended with status 3 before it was healthy.")


def test_a_release_that_is_not_run(shop: Project, rehearse: Rehearse) -> None:
    shop.write("railway.json", json.dumps({"deploy": {"startCommand": DEPLOY["startCommand"]}}))
    shop.migration("0002_colour", 'migrations.AddField("Box", "colour", models.CharField(max_length=9, null=True))')
    found, report = rehearse("--deploy-only")
    assert found[0].startswith("manage.py verify_schema failed: CommandError: Not applied yet: shop.0002_colour.")
    assert report.figures()["findings"] == []


def test_a_new_version_that_is_slow(shop: Project, rehearse: Rehearse) -> None:
    shop.write("urls.py", URLS.replace("    request.get", "    __import__('time').sleep(2)\n    request.get"))

    found, _ = rehearse("--old", "HEAD", "--patience", "1000", "--overlap", "5", "--deploy-only")

    (fault,) = (one for one in found if "`overlap`" in one)
    assert re.match(r"In the step `overlap` the new version's 99.9th percentile was 2\d\d\d ms; allowed are ", fault)


def test_another_secret_key_missing_files_an_ignored_signal_and_old_tests_that_fail(
    shop: Project, rehearse: Rehearse
) -> None:
    shop.settings('SECRET_KEY = "another" * 9')
    shop.write("Dockerfile", "")
    deploy = {**DEPLOY, "startCommand": "python stubborn.py", "drainingSeconds": 2}
    shop.write("railway.json", json.dumps({"deploy": deploy}))
    shop.write("stubborn.py", STUBBORN)
    by_hand(shop, "0002_no_default", NO_DEFAULT)

    found, _ = rehearse("--deploy-only", "--old", "HEAD", "--old-tests", OLD_TESTS)

    words = "\n".join(found)
    assert "its SECRET_KEY is another one, and the old one is not in SECRET_KEY_FALLBACKS." in words
    assert "failed, in the step `overlap`: GET /: 500" in words
    assert "failed, in the step `overlap`: GET /style: 500" in words
    assert "the new version did not end within 2 s of SIGTERM, and was killed." in words
    assert "Would break while both versions run: test_a_box_is_made (shop.tests.BoxTests.test_a_box_is_made)" in words


def test_replicas_that_start_at_once_behind_a_proxy(shop: Project, rehearse: Rehearse) -> None:
    if not shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"):
        pytest.skip("haproxy is not installed")
    release = "python manage.py migrate --check || python manage.py migrate --noinput"
    shop.write("Procfile", f"release: {release}\nweb: gunicorn --threads 4 wsgi\n")
    shop.migration("0002_colour", 'migrations.AddField("Box", "colour", models.CharField(max_length=9, null=True))')
    shop.models(MODELS + "    colour = models.CharField(max_length=9, null=True)\n")

    found, report = rehearse("--deploy-only", "--platform", "kubernetes", "--replicas", "3")

    assert found == []
    applied = [one["name"] for one in report.figures()["phases"] if one["within"]]
    assert applied == ["shop.0002_colour"]
