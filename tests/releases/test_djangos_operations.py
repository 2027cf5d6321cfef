"""Django's own tests of its operations, which are in its source distribution, pass under the release."""

import re
import subprocess
import sys
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
import pytest

from tests.conftest import ROOT, container

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("postgresql")]

EXPECTED = {
    "test_composite_pk_operations",  # a primary key that comes back keeps its name, and Django gives it another
    "test_run_python_atomic",  # expects a transaction where this runner opens none
    "test_rename_m2m_model_after_rename_field",  # a new table is renamed in its own migration: its indexes are not
}
COUNT_QUERIES = re.compile(r"Create(Collation|Extension)Tests|RemoveCollationTests")
NEEDED = ("hstore", "citext", "unaccent", "btree_gist", "uuid-ossp")
EXTENSIONS = "SELECT count(*) FROM pg_available_extensions WHERE name = ANY (%s)"
ICU = "SELECT count(*) > 0 FROM pg_collation WHERE collname = 'sv-x-icu'"


@pytest.fixture(scope="session")
def djangos_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their directory."""
    folder = tmp_path_factory.mktemp("django")
    requirement = f"Django=={django.__version__}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "Django", requirement]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip("Django's source distribution cannot be downloaded.")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (tests,) = folder.glob("*/tests")
    return tests


@pytest.mark.parametrize("module", ["migrations.test_operations", "postgres_tests.test_operations"])
def test_operations(djangos_tests: Path, database_url: str, module: str) -> None:
    with psycopg.connect(database_url) as connection:
        if module.startswith("postgres_tests") and connection.execute(EXTENSIONS, [[*NEEDED]]).fetchone() != (5,):
            pytest.skip("This server does not have PostgreSQL's extensions.")
        has_icu = connection.execute(ICU).fetchone() == (True,)
    name = urlsplit(database_url).path[1:]
    environment = {**container(database_url), "PYTHONPATH": str(ROOT), "TEST_NAME": f"test_{name}"}
    command = [sys.executable, "runtests.py", "--settings=tests.releases.djangos.settings", "--parallel=1", "--noinput"]
    run = subprocess.run(
        [*command, module], cwd=djangos_tests, env=environment, capture_output=True, text=True, check=False
    )
    failed = re.findall(r"^(?:ERROR|FAIL): (\S+) \((.*)\)", run.stderr, re.MULTILINE)
    unexpected = [test for short, test in failed if short not in EXPECTED and not COUNT_QUERIES.search(test)]
    if not has_icu:  # whose collation these tests use
        unexpected = [test for test in unexpected if not test.endswith("db_collation")]
    assert unexpected == [], run.stderr
    assert "'operations'" in run.stdout, run.stderr
