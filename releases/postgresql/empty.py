"""Whether the database is new: nobody can be disturbed who has no table to use."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = """
SELECT EXISTS (
    SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
)
"""


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether no schema has a table."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        return not cursor.fetchone()[0]
