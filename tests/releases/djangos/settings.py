"""The settings of Django's own tests, which add their apps."""

import os
import sys

import dj_database_url

DATABASES = {alias: dj_database_url.parse(os.environ["DATABASE_URL"]) for alias in ("default", "other")}
for alias, database in DATABASES.items():
    database["TEST"] = {"NAME": f"{os.environ['TEST_NAME']}_{alias}"}
SECRET_KEY = "only-for-tests"
USE_TZ = False
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
RELEASES = {"LARGE_TABLE": 0}
TEST_RUNNER = "tests.releases.djangos.runner.Runner"

vars(sys.modules["__main__"])["ALWAYS_INSTALLED_APPS"] += ["releases", "django.contrib.postgres"]  # of runtests.py
