"""Production's settings on TEST_DATABASE_URL or on SQLite, without HTTPS and slow password hashes.

What production's settings ask of the environment is set here, so that a bare `pytest` works.
"""

import os
import sys
import tempfile
from pathlib import Path

from tests.memory import TEMPORARY

SQLITE = Path(tempfile.gettempdir(), "planner-tests.sqlite3")  # never created: Django's test database is in memory

os.environ.update(
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{SQLITE}",
    DEBUG="False",
    SECRET_KEY="only-for-tests",
    PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",  # the tests' `python`, `gunicorn`
)

if TEMPORARY:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", TEMPORARY)  # of tmp_path

from config.settings import *  # noqa: E402, F403

SECURE_SSL_REDIRECT = False  # Django's test client uses HTTP; the redirect is tested with the real server
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a real hash is slow on purpose
WHITENOISE_AUTOREFRESH = True  # each new test client would read the list of static files; real servers are tested, too
