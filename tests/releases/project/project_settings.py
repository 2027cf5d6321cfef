"""The least that a project with `releases` sets."""

import os

import dj_database_url

SECRET_KEY = "only-for-tests"
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["releases", "shop"]
RELEASES = {
    "DATABASE_VARIABLE": "DATABASE_URL",
    **{
        name.removeprefix("RELEASE_"): float(value) for name, value in os.environ.items() if name.startswith("RELEASE_")
    },
}
