"""Whether a release can disturb nobody: the database is new, or no release has succeeded in it yet.

Who has no table cannot be disturbed. A first release that fails half-way leaves tables that no version has ever used;
so it marks the database, and the release that succeeds takes the mark away.
"""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from releases.version import this_version, version_of

TABLE = """
SELECT EXISTS (
    SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
)
"""
MARK = "No release has succeeded yet."
# Only the owner can take it away.
MARKED = """
SELECT count(*) > 0 FROM pg_class
WHERE oid = to_regclass('django_migrations') AND pg_has_role(relowner, 'USAGE')
    AND obj_description(oid, 'pg_class') = %s
"""
COMMENT = "COMMENT ON TABLE django_migrations IS {}"
SESSIONS = "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"


def is_unserved(connection: BaseDatabaseWrapper) -> bool:
    """Whether no version has used the database: it has no table, or the mark, and no other version is connected."""
    if not _is_marked(connection):
        return _is_empty(connection)
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        return {version_of(name) for (name,) in cursor.fetchall()} <= {"", this_version()}


def mark_if_empty(connection: BaseDatabaseWrapper) -> None:
    """Call this before the first change. PostgreSQL only; elsewhere nothing is judged."""
    if connection.vendor == "postgresql" and _is_empty(connection):
        with transaction.atomic(using=connection.alias):
            MigrationRecorder(connection).ensure_schema()
            _comment(connection, f"'{MARK}'")


def unmark(connection: BaseDatabaseWrapper) -> None:
    """Call this when a release has succeeded: from now on a version uses the database."""
    if connection.vendor == "postgresql" and _is_marked(connection):
        _comment(connection, "NULL")


def _is_empty(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        return not cursor.fetchone()[0]


def _is_marked(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MARKED, [MARK])
        return bool(cursor.fetchone()[0])


def _comment(connection: BaseDatabaseWrapper, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COMMENT.format(text))
