"""Who holds an advisory lock of the database."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

HOLDER = """
SELECT a.pid, a.application_name, coalesce(date_trunc('second', a.backend_start)::text, 'an unknown time')
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.datname = current_database()
    AND (l.classid::bigint << 32) | l.objid::bigint = %s
"""


def holder(connection: BaseDatabaseWrapper, key: int) -> Any:
    """Who holds the lock `key`, as pid, application_name and since when; None if nobody does."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [key])
        return cursor.fetchone()
