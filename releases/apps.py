"""The release: bringing the database to the schema of the code, safely, before the code serves."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "releases"
