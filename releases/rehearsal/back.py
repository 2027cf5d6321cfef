"""One step back and forward again, on a copy: do the old version's tables have the same data afterwards?"""

import psycopg

from releases.rehearsal.databases import Databases
from releases.rehearsal.version import DeployError, Version

# Django's own records, and those of the release, say what was done; they differ.
COLUMNS = """
SELECT format('%s.%I', c.oid::regclass, a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
    AND c.relname !~ '^(django|releases)_'
"""
# Of each table, what counts its rows and digests those columns that it has.
DIGESTS = """
SELECT c.oid::regclass::text, format('SELECT count(*), sum(hashtextextended(ROW(%%s)::text, 0)) FROM %%s',
    string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), c.oid::regclass)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE format('%%s.%%I', c.oid::regclass, a.attname) = ANY(%s) GROUP BY c.oid
"""
COPY = "stepping_back"


def columns_of(url: str) -> list[str]:
    """With their tables."""
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(COLUMNS)]


def step_back(version: Version, name: str, before: list[str], databases: Databases) -> None:
    """Do the rows differ in the columns that they had `before` the release? Nobody may be connected to the database."""
    recording = version.recording
    url = databases.create(COPY, template=name)
    try:
        released = _digests(url, before)
        try:
            version.manage("rollback", "--noinput", "--reason", "rehearsed", url=url)
        except DeployError as refusal:  # its RunPython has no reverse, for example
            recording.findings.append(f"No step back was rehearsed: {refusal}")
            return
        version.release("forward again", url=url)
        again = _digests(url, before)
    except DeployError as error:
        recording.breaking.append(f"After one step back: {error}")
        return
    finally:
        databases.drop(COPY)
    if changed := [table for table, digest in released.items() if again.get(table) != digest]:
        recording.breaking.append(f"One step back and forward again changes rows of {', '.join(changed)}.")
    else:
        recording.findings.append("One step back and forward again restores the same data.")


def _digests(url: str, columns: list[str]) -> dict[str, object]:
    with psycopg.connect(url) as connection:
        found = connection.execute(DIGESTS, [columns]).fetchall()
        return {table: connection.execute(digest.encode()).fetchone() for table, digest in found}
