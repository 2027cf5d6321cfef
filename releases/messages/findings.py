"""Details that an error's code does not give: queried after a failure, in a separate session."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import Error, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from releases.messages.advice import AGAIN
from releases.messages.counting import counted
from releases.messages.naming import migrate_command, place_of, repair_command
from releases.messages.refusals import Refusal
from releases.preflight.pending import Pending
from releases.preflight.places import hidden_records
from releases.preflight.rights import missing_rights
from releases.preflight.server import read_server, read_tables
from releases.preflight.writable import read_only_file, read_only_server
from releases.running.progress import Progress

ABSENT = {"42P01", "42703", "3F000", "SQLITE_ERROR", "MYSQL_1054", "MYSQL_1146"}

PRIMARY_KEY = """
SELECT quote_ident(a.attname), pg_get_serial_sequence(c.conrelid::regclass::text, a.attname)
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'p' AND cardinality(c.conkey) = 1 AND c.conname = %s AND c.conrelid = to_regclass(%s)
"""
CHECK = """
SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE contype = 'c' AND conname = %s AND conrelid = to_regclass(%s)
"""
LAGS = """
SELECT max({column}) >= (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {sequence}) FROM {table}
"""


def known(connection: BaseDatabaseWrapper, refusal: Refusal | None, source: BaseException | None) -> dict[str, str]:
    """The values for the format strings of releases.messages.advice."""
    settings_dict, quote = connection.settings_dict, connection.ops.quote_name
    diagnostic: Any = getattr(source, "diag", None)
    place = place_of(connection)
    facts = {
        "variable": str(place),
        "with_tls": place.with_parameter("sslmode", "require"),
        "without_tls": place.with_parameter("sslmode", "disable"),
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
    """Advice from the state of the database; None if there is none, or if the database does not answer."""
    with suppress(Error), closing(connections.create_connection(connection.alias)) as session:
        session.settings_dict = connection.settings_dict
        sentences = list(_sentences(code, source, progress, session))
        return _joined(sentences)
    return None


def _joined(sentences: list[str]) -> str | None:
    """A shell command ends its line, so that it is easy to copy."""
    if not sentences:
        return None
    return "".join(f"{one} " if one.endswith((".", ";")) else f"{one}\n" for one in sentences) + AGAIN


def _sentences(
    code: str, source: BaseException | None, progress: Progress | None, session: BaseDatabaseWrapper
) -> Iterator[str]:
    if code == "23505" and (diagnostic := getattr(source, "diag", None)):
        yield from _duplicate(diagnostic, session)
    elif code == "23514" and (diagnostic := getattr(source, "diag", None)):
        yield from _violated(diagnostic, session)
    elif code == "25006":
        yield from read_only_server(read_server(session), place_of(session))
    elif code == "42501":
        yield from _rights(progress, session)
    elif code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
        if Path(session.settings_dict["NAME"]).is_dir():
            yield f"{session.settings_dict['NAME']} is a directory. Name a file in {place_of(session)}."
        yield from read_only_file(session)
    elif code in ABSENT and progress is None:
        yield from _unmigrated(session)


def _table(diagnostic: Any, session: BaseDatabaseWrapper) -> str:
    quote = session.ops.quote_name
    return f"{quote(diagnostic.schema_name or '')}.{quote(diagnostic.table_name or '')}"


def _violated(diagnostic: Any, session: BaseDatabaseWrapper) -> Iterator[str]:
    """Of a check that is still there, which rows violate it."""
    table = _table(diagnostic, session)
    with session.cursor() as cursor:
        cursor.execute(CHECK, [diagnostic.constraint_name, table])
        for (condition,) in cursor.fetchall():
            yield (
                f"Rows of {table} violate the check {diagnostic.constraint_name}. In psql: SELECT * FROM {table} WHERE"
                f" NOT ({condition}); Correct them, or the migration."
            )


def _duplicate(diagnostic: Any, session: BaseDatabaseWrapper) -> Iterator[str]:
    """A primary key has no duplicates, so this asks where the number that was taken came from."""
    table = _table(diagnostic, session)
    with session.cursor() as cursor:
        cursor.execute(PRIMARY_KEY, [diagnostic.constraint_name, table])
        if not (found := cursor.fetchone()):
            yield _alike(diagnostic, table)
            return
        column, sequence = found
        if not sequence:
            yield f"The migration inserts an id that a row of {table} already has. Correct the migration."
            return
        cursor.execute(LAGS.format(column=column, table=table, sequence=sequence))
        if cursor.fetchone() == (True,):
            yield (
                f"No row is duplicated: {sequence}, which numbers the rows of {table}, lags behind them. In psql:"
                f" SELECT setval('{sequence}', (SELECT max({column}) FROM {table}));"
            )
        else:
            yield (
                f"An id was inserted that a row of {table} already has, but {sequence} is now past all of them. If it"
                f" fails again, correct the migration."
            )


def _alike(diagnostic: Any, table: str) -> str:
    """The detail contains `(book_id)=(5)` in every language: columns may be printed, values may not."""
    columns, found, _ = (diagnostic.message_detail or "").partition(")=(")
    listed = columns.partition("(")[2]
    shown = f" In psql: SELECT {listed}, count(*) FROM {table} GROUP BY {listed} HAVING count(*) > 1;" if found else ""
    return (
        f"Rows of {table} violate the unique constraint {diagnostic.constraint_name}.{shown} Change or delete all but"
        " one of each; where the migration itself makes them, correct it."
    )


def _rights(progress: Progress | None, session: BaseDatabaseWrapper) -> Iterator[str]:
    server, tables = read_server(session), _tables(session)
    if progress:
        altered = dict.fromkeys(tables, str(progress.migration or "a migration"))
        yield from missing_rights(session, server, Pending(session, altered=altered))
    elif closed := [table.name for table in read_tables(session, tables).values() if not table.may_write]:
        yield (
            f"Role {server.role} may not read and write {', '.join(closed)}. As a superuser:"
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {server.schema} TO {server.role};"
            f" GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {server.schema} TO {server.role};"
        )


def _unmigrated(session: BaseDatabaseWrapper) -> Iterator[str]:
    if session.vendor == "postgresql":
        server = read_server(session)
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
        lacking = counted(len(plan), "migration")
        yield f"{name} lacks {lacking} of this code, beginning with {plan[0][0]}. Run: {command}"
    else:
        yield (
            f"{name} has no tables of this code. If it is the wrong database, correct {place_of(session)}; otherwise"
            f" run: {command}"
        )


def _tables(session: BaseDatabaseWrapper) -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if router.allow_migrate_model(session.alias, model)]
