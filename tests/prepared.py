"""Imports the planner in a process that forks, before its database is known. Each fork reads the settings again.

The imports are the same whatever the database, and take longer than what most commands do.
"""

import importlib
import os
import sys
from typing import Any


def prepare() -> None:
    """Populates Django's apps, runs the system checks once, and imports what a release would."""
    import django
    from django.core import checks
    from django.db.migrations.loader import MigrationLoader

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    for name in ("config.urls", "releases.management.commands.migrate"):
        importlib.import_module(name)
    MigrationLoader(None)
    checks.run_checks()
    del os.environ["DJANGO_SETTINGS_MODULE"]


def renew() -> None:
    """Forgets what depends on the environment: django.setup() will read the settings, and make the apps ready again."""
    from django import apps, conf, db

    settings: Any = conf.settings
    before = vars(settings._wrapped)

    def become_ready(*installed_apps: object) -> None:
        for name in before.keys() - vars(settings._wrapped).keys():  # defaults that the modules of apps have added
            setattr(settings, name, before[name])
        for config in apps.apps.get_app_configs():
            config.ready()

    for name in [name for name in sys.modules if name.partition(".")[0] == "config"]:
        del sys.modules[name]
    settings.__init__()
    vars(db.connections).clear()
    db.connections.__init__()  # type: ignore[misc]
    vars(apps.apps)["populate"] = become_ready
