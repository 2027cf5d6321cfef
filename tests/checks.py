"""`python -m tests.checks [--quick]`: every check of the code that does not run the product.

`--quick` leaves out the checks that take more than seconds.
"""

import os
import secrets
import subprocess
import sys
import tempfile

PRODUCTION = {"DEBUG": "False", "SECRET_KEY": secrets.token_hex(32)}

WORKFLOWS = ".github/workflows/ci.yml .github/workflows/rehearsal.yml"

Check = tuple[str, str, dict[str, str]]

QUICK: list[Check] = [
    ("Lint", "ruff check .", {}),
    ("Format", "ruff format --check .", {}),
    ("Templates", "djlint --lint releases/templates workouts/templates", {}),
    ("Format of templates", "djlint --check releases/templates workouts/templates", {}),
    ("Workflows", f"check-jsonschema --builtin-schema vendor.github-workflows {WORKFLOWS}", {}),
    ("Renovate", "check-jsonschema --builtin-schema vendor.renovate renovate.json", {}),
]
THOROUGH: list[Check] = [
    ("Types", "mypy .", {}),
    ("Models have their migrations", "python manage.py makemigrations --check", {}),
    ("Settings for deployment", "python manage.py check --deploy --fail-level WARNING", PRODUCTION),
    ("Migrations keep the old version working", "python manage.py plan_release --worst-case releases workouts", {}),
]


def main(arguments: list[str]) -> int:
    failed = failing(QUICK if arguments == ["--quick"] else QUICK + THOROUGH)
    print("\n" + (f"FAILED: {', '.join(failed)}" if failed else "All checks passed."))
    return len(failed)


def failing(checks: list[Check]) -> list[str]:
    """Runs the checks; returns the titles of those that failed."""
    failed = []
    with tempfile.TemporaryDirectory() as files:
        for title, command, extra in checks:
            print(f"\n=== {title}: {command}", flush=True)
            environment = {"DEBUG": "True", **os.environ, "DATABASE_URL": f"sqlite:///{files}/db.sqlite3", **extra}
            if subprocess.run(command.split(), env=environment, check=False).returncode:
                failed.append(title)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
