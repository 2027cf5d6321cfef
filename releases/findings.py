"""What an error's code leaves open and the database knows: looked up after a failure, in a session of its own."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import Error, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from releases.advice import AGAIN
from releases.naming import migrate_command, place_of, repair_command
from releases.preflight.pending import Pending
from releases.preflight.places import hidden_records
from releases.preflight.rights import missing_rights
from releases.preflight.server import ask_server, ask_tables
from releases.preflight.writable import read_only_file, read_only_server
from releases.progress import Progress
from releases.refusals import Refusal

ABSENT = {"42P01", "42703", "3F000", "SQLITE_ERROR", "MYSQL_1054", "MYSQL_1146"}

PRIMARY_KEY = """
SELECT quote_ident(a.attname), pg_get_serial_sequence(c.conrelid::regclass::text, a.attname)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'p' AND cardinality(c.conkey) = 1 AND c.conname = %s AND c.conrelid = to_regclass(%s)
"""
LAGS = """
SELECT max({column}) >= (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {sequence}) FROM {table}
"""


def known(connection: BaseDatabaseWrapper, refusal: Refusal | None, source: BaseException | None) -> dict[str, str]:
    """What the texts of releases.advice are completed with."""
    settings_dict, quote = connection.settings_dict, connection.ops.quote_name
    diagnostic: Any = getattr(source, "diag", None)
    place = place_of(connection)
    facts = {
        "variable": str(place),
        "with_tls": place.ended_with("sslmode", "require"),
        "without_tls": place.ended_with("sslmode", "disable"),
        "password": ": //USER:PASSWORD@HOST" if place.is_url else "",
        "command": migrate_command(connection.alias),
        "user": settings_dict["USER"],
        "database": str(settings_dict["NAME"]),
        "file": str(settings_dict["NAME"]),
        "table": (diagnostic and diagnostic.table_name) or "the table",
        "column": (diagnostic and diagnostic.column_name) or "a column",
        "constraint": (diagnostic and diagnostic.constraint_name) or "without a name",
        **(asdict(refusal) if refusal else {}),
    }
    return {**facts, "quoted_user": quote(facts["user"]), "quoted_database": quote(facts["database"])}


def find(
    code: str, source: BaseException | None, progress: Progress | None, connection: BaseDatabaseWrapper
) -> str | None:
    """The advice that the database's own state gives; None where it gives none, or no answer."""
    with suppress(Error), closing(connections.create_connection(connection.alias)) as session:
        session.settings_dict = connection.settings_dict
        sentences = list(_sentences(code, source, progress, session))
        return _joined(sentences)
    return None


def _joined(sentences: list[str]) -> str | None:
    """A command of the shell ends its line, so that it can be copied whole."""
    if not sentences:
        return None
    return "".join(f"{one} " if one.endswith((".", ";")) else f"{one}\n" for one in sentences) + AGAIN


def _sentences(
    code: str, source: BaseException | None, progress: Progress | None, session: BaseDatabaseWrapper
) -> Iterator[str]:
    if code == "23505" and (diagnostic := getattr(source, "diag", None)):
        yield from _duplicate(diagnostic, session)
    elif code == "25006":
        yield from read_only_server(ask_server(session), place_of(session))
    elif code == "42501":
        yield from _rights(progress, session)
    elif code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
        if Path(session.settings_dict["NAME"]).is_dir():
            yield f"{session.settings_dict['NAME']} is a directory. Name a file in {place_of(session)}."
        yield from read_only_file(session)
    elif code in ABSENT and not (progress and progress.migration):
        yield from _unmigrated(session)


def _duplicate(diagnostic: Any, session: BaseDatabaseWrapper) -> Iterator[str]:
    """Of a primary key nobody has duplicates: what handed out the number that was taken?"""
    quote = session.ops.quote_name
    table = f"{quote(diagnostic.schema_name or '')}.{quote(diagnostic.table_name or '')}"
    with session.cursor() as cursor:
        cursor.execute(PRIMARY_KEY, [diagnostic.constraint_name, table])
        if not (found := cursor.fetchone()):
            yield _alike(diagnostic, table)
            return
        column, sequence = found
        if not sequence:
            yield f"An id of {table} was given that a row has already. Correct the migration."
            return
        cursor.execute(LAGS.format(column=column, table=table, sequence=sequence))
        if cursor.fetchone() == (True,):
            yield (
                f"No row is there twice: {sequence}, which numbers the rows of {table}, lags behind them. In psql:"
                f" SELECT setval('{sequence}', (SELECT max({column}) FROM {table}));"
            )
        else:
            yield (
                f"An id of {table} was given that a row has already, but {sequence} is beyond all of them by now."
                " Should it be the same again, correct the migration."
            )


def _alike(diagnostic: Any, table: str) -> str:
    """The detail holds `(book_id)=(5)` in every language: the columns may be printed, the values may not."""
    columns, found, _ = (diagnostic.message_detail or "").partition(")=(")
    listed = columns.partition("(")[2]
    shown = f" In psql: SELECT {listed}, count(*) FROM {table} GROUP BY {listed} HAVING count(*) > 1;" if found else ""
    return (
        f"Rows of {table} are the same where {diagnostic.constraint_name} lets no two be.{shown} Change or delete all"
        " but one of each; where the migration itself makes them, correct it."
    )


def _rights(progress: Progress | None, session: BaseDatabaseWrapper) -> Iterator[str]:
    server, tables = ask_server(session), _tables(session)
    if progress:
        altered = dict.fromkeys(tables, str(progress.migration or "a migration"))
        yield from missing_rights(session, server, Pending(session, altered=altered))
    elif closed := [table.name for table in ask_tables(session, tables).values() if not table.may_write]:
        yield (
            f"Role {server.role} may not read and write {', '.join(closed)}. As a superuser:"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {server.schema} TO {server.role};"
            f" GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {server.schema} TO {server.role};"
        )


def _unmigrated(session: BaseDatabaseWrapper) -> Iterator[str]:
    if session.vendor == "postgresql":
        server = ask_server(session)
        obstacles = list(hidden_records(session, server))
        if server.schema is None:
            obstacles += missing_rights(session, server, Pending(session))
        if obstacles:
            yield from obstacles
            return
    executor = MigrationExecutor(session)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    name, command, repair = session.settings_dict["NAME"], migrate_command(session.alias), repair_command(session.alias)
    if not plan:
        yield f"Every migration is recorded in {name}, so something was removed by hand. Run: {repair}"
    elif executor.loader.applied_migrations:
        yield f"{len(plan)} migrations of this code are not applied to {name}, {plan[0][0]} the first. Run: {command}"
    else:
        yield (
            f"{name} has no tables of this code. Where it is another database than was meant, correct"
            f" {place_of(session)}; otherwise run: {command}"
        )


def _tables(session: BaseDatabaseWrapper) -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if router.allow_migrate_model(session.alias, model)]
