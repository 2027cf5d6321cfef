"""The ways to deduplicate and constrain that are compared. Each takes the URL of a database."""

import os
import resource
import subprocess
import sys

import psycopg

from tests.conftest import ROOT, procfile

NAME = "uq_workout_selections_workout_id"

# The rule in one statement; the archive exists already.
DEDUPLICATE = """
WITH twice AS (SELECT workout_id FROM workout_selections GROUP BY workout_id HAVING count(*) > 1),
ranked AS (
    SELECT s.*, row_number() OVER (PARTITION BY workout_id ORDER BY updated_at DESC NULLS LAST, id DESC) AS place
    FROM workout_selections s WHERE workout_id IN (SELECT workout_id FROM twice)
), filled AS (
    UPDATE workout_selections s SET current_plan_day = coalesce(s.current_plan_day, r.current_plan_day),
        time_of_day = coalesce(s.time_of_day, r.time_of_day)
    FROM ranked kept JOIN ranked r ON r.workout_id = kept.workout_id AND r.place = 2
    WHERE kept.place = 1 AND s.id = kept.id
), gone AS (
    DELETE FROM workout_selections USING ranked r WHERE r.id = workout_selections.id AND r.place > 1
    RETURNING workout_selections.*, NULL::integer
)
INSERT INTO archive_of_the_floor SELECT * FROM gone
"""
ARCHIVE = "CREATE TABLE archive_of_the_floor AS SELECT *, NULL::integer AS kept FROM workout_selections LIMIT 0"

OLD_MANUAL = """
DELETE FROM workout_selections WHERE id NOT IN
(SELECT DISTINCT ON (workout_id) id FROM workout_selections ORDER BY workout_id, updated_at DESC)
"""


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "bench", "DEBUG": "False", "LOG_LEVEL": "WARNING"}


def run(command: list[str], url: str, **extra: str) -> None:
    subprocess.run(
        command,
        cwd=ROOT,
        env={**environment(url), **extra},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def release(url: str) -> None:
    """The Procfile's release line."""
    run(["sh", "-c", procfile()["release"]], url)


def start(url: str) -> None:
    """What every command of Django does first: imports, and system checks."""
    run([sys.executable, "manage.py", "check"], url)


def floor(url: str) -> None:
    """The minimum: one statement, then one concurrent index build that becomes the constraint."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ARCHIVE)
        connection.execute(DEDUPLICATE)
        connection.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON workout_selections (workout_id)")
        connection.execute(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}")


def add_constraint(url: str) -> None:
    """One statement, then what Django's AddConstraint does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ARCHIVE)
        connection.execute(DEDUPLICATE)
        connection.execute(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} UNIQUE (workout_id)")


def old_manual(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(OLD_MANUAL)
        connection.execute(f"ALTER TABLE workout_selections ADD CONSTRAINT {NAME} UNIQUE (workout_id)")


def zero_downtime(url: str) -> None:
    """One statement, then AddConstraint through django-pg-zero-downtime-migrations."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ARCHIVE)
        connection.execute(DEDUPLICATE)
    run([sys.executable, "-m", "benchmarks.zero_downtime"], url)


def bare_check(url: str) -> None:
    """Django's own `migrate --check`, on the same settings."""
    run([sys.executable, "-m", "benchmarks.bare_migrate", "--check"], url)


def alembic_head(url: str) -> None:
    """Alembic's `upgrade head` with nothing to do, on an equivalent schema."""
    alembic = [sys.executable, "-m", "alembic", "--config", str(ROOT / "benchmarks/alembic.ini")]
    run([*alembic, "upgrade", "head"], url, ALEMBIC_URL=url.replace("postgresql://", "postgresql+psycopg://"))


def peak_memory() -> float:
    """Megabytes of the largest child process so far."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
