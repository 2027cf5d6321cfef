"""`python -m tests.checks`: everything that can be said of the code without running the product."""

import os
import secrets
import subprocess
import sys
import tempfile

from tests.postgres import throwaway_postgres

PRODUCTION = {"DEBUG": "False", "SECRET_KEY": secrets.token_hex(32)}
LINTER = {"DJANGO_SETTINGS_MODULE": "tests.linter_settings"}

CHECKS: list[tuple[str, str, dict[str, str]]] = [
    ("Lint", "ruff check .", {}),
    ("Format", "ruff format --check .", {}),
    ("Types", "mypy .", {}),
    ("Models have their migrations", "python manage.py makemigrations --check", {}),
    ("Settings for deployment", "python manage.py check --deploy --fail-level WARNING", PRODUCTION),
    ("Migrations keep the old version working", "python manage.py lintmigrations --warnings-as-errors", LINTER),
    ("Templates", "djlint --lint releases/templates workouts/templates", {}),
    ("Format of templates", "djlint --check releases/templates workouts/templates", {}),
]


def main() -> int:
    failed = []
    with throwaway_postgres() as server, tempfile.TemporaryDirectory() as files:
        for title, command, extra in CHECKS:
            print(f"\n=== {title}: {command}", flush=True)
            database = server.url if extra is LINTER else f"sqlite:///{files}/db.sqlite3"
            environment = {"DEBUG": "True", **os.environ, "DATABASE_URL": database, **extra}
            if subprocess.run(command.split(), env=environment, check=False).returncode:
                failed.append(title)
    print("\n" + (f"FAILED: {', '.join(failed)}" if failed else "All checks passed."))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
