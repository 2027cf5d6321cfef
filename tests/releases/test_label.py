"""A project that has an app called `releases` gives this one another label."""

from pathlib import Path

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

CONFIG = """
from django.apps import AppConfig

from releases.apps import ReleasesConfig


class DeploysConfig(ReleasesConfig):
    label = "deploys"


class MusicConfig(AppConfig):
    name = "music"
    label = "releases"
"""
MODEL = """
from django.db import models


class Release(models.Model):
    title = models.TextField()
"""
ADMIN = """
INSTALLED_APPS += [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
ROOT_URLCONF = "project_urls"
STATIC_URL = "static/"
ALLOWED_HOSTS = ["testserver"]
"""
URLS = """
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("releases.urls"))]
"""
LOOK = """
from django.contrib.auth.models import User
from django.test import Client

client = Client()
client.force_login(User.objects.create_superuser("root"))
for page in ("deploys/release/", "deploys/release/applied/", "deploys/release/1/change/", "releases/"):
    answer = client.get(f"/admin/{page}")
    print(page, answer.status_code, b"/admin/deploys/release/" in answer.content)
print("readyz", client.get("/readyz").status_code, client.get("/livez").status_code)
"""


@pytest.fixture
def shop(project: Project) -> Project:
    project.write("configs.py", CONFIG)
    project.write("music/__init__.py", "")
    project.write(
        "music/models.py", "from django.db import models\n\n\nclass Release(models.Model): title = models.TextField()\n"
    )
    project.write("project_urls.py", URLS)
    project.settings('INSTALLED_APPS = ["configs.DeploysConfig", "configs.MusicConfig", "shop"]')
    return project


def test_both_apps_have_their_tables_and_migrations(shop: Project, sql: Sql) -> None:
    assert shop.manage("makemigrations", "releases", "-v0").returncode == 0
    result = shop.manage("migrate")
    assert result.returncode == 0, result.stderr

    (outcome,) = sql("SELECT outcome FROM deploys_release")
    assert outcome == ("succeeded",)
    assert sql("SELECT count(*) FROM releases_release") == [(0,)]
    assert "[X] 0004_forget_applied_migrations" in shop.manage("showmigrations", "deploys").stdout
    assert shop.manage("migrate", "--check").returncode == 0
    assert shop.manage("makemigrations", "--check").returncode == 0


def test_nothing_is_left_to_migrate_with_another_default_auto_field(project: Project) -> None:
    project.settings('DEFAULT_AUTO_FIELD = "django.db.models.AutoField"')
    assert project.manage("makemigrations", "--check", "releases").stdout == "No changes detected in app 'releases'\n"


def test_the_migrations_go_back_and_forth_under_that_label(shop: Project, sql: Sql) -> None:
    shop.manage("makemigrations", "releases", "-v0")
    assert shop.manage("migrate", "-v0").returncode == 0
    result = shop.manage("migrate", "deploys", "0002", "-v0")
    assert result.returncode == 0, result.stderr
    assert shop.manage("migrate", "-v0").returncode == 0


def test_admin_and_probes_have_the_addresses_of_that_label(shop: Project, tmp_path: Path) -> None:
    shop.manage("makemigrations", "releases", "-v0")
    shop.settings(ADMIN)
    assert shop.manage("check").returncode == 0
    assert shop.manage("migrate", "-v0").returncode == 0

    result = shop.manage("shell", "-c", LOOK)

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-5:] == [
        "deploys/release/ 200 True",
        "deploys/release/applied/ 200 True",
        "deploys/release/1/change/ 200 True",
        "releases/ 404 False",
        "readyz 200 200",
    ]
