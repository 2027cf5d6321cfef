"""What a code leaves open and the database knows, looked up once something has failed, through a session of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from releases.advice import AGAIN, COMMAND, CORRECT_THE_MIGRATION
from releases.connecting import Refusal

RECORDS = MigrationRecorder.Migration._meta.db_table
EXISTS = {"42P07", "42701", "42710", "42P06", "42723"}
ABSENT = {"42P01", "42703", "42704", "42883", "3F000"}

PRIMARY_KEY = """
SELECT a.attname, pg_get_serial_sequence(c.conrelid::regclass::text, a.attname)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'p' AND cardinality(c.conkey) = 1 AND c.conname = %s AND c.conrelid = to_regclass(%s)
"""
ELSEWHERE = "SELECT quote_ident(schemaname) FROM pg_tables WHERE tablename = %s ORDER BY 1"


def find(
    code: str, source: BaseException | None, migration: Migration | None, connection: BaseDatabaseWrapper
) -> str | None:
    """The advice that the database's state gives; None where it gives none, or gives no answer any more."""
    with suppress(Error, OSError), _session_of_its_own(connection) as session:
        if code == "23505" and isinstance(source, psycopg.Error):
            return _duplicate(source, session)
        if code == "42501":
            return _right(session)
        if code == "25006":
            return _read_only(session)
        if migration and (code in EXISTS or code == "SQLITE_ERROR"):
            return _standing(migration, session)
        if not migration and (code in ABSENT or code == "SQLITE_ERROR"):
            return _unmigrated(session)
    return None
