"""Verifies that what the models declare exists in the database, by definition and valid.

`migrate` knows only its records: not that a table, a column or a constraint was dropped by hand, or that an index build
failed. The server itself describes each declared table as in its catalogue, and the two descriptions are compared.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from django.apps import apps
from django.core.management import CommandError
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from releases import contract
from releases.judge.declared import unquoted
from releases.judge.verdict import Key
from releases.messages.errors import sqlstate
from releases.models import Release
from releases.record.pending import known_to
from releases.schema import postgresql, sqlite
from releases.schema.declared import Declaration, columns_only, declare, foreign_keys
from releases.schema.description import Table
from releases.schema.differences import Difference, compare, compare_columns
from releases.schema.like import is_left_out
from releases.schema.sequences import lagging
from releases.schema.verdict import Verdict

COMPARED = ("postgresql", "sqlite")
NOT_ALLOWED = ("42501", "25006")  # insufficient_privilege, read_only_sql_transaction
INTEGERS = {"smallint", "integer", "bigint"}


def verify(connection: BaseDatabaseWrapper, loader: MigrationLoader | None = None) -> Verdict:
    """Compares. Takes a few milliseconds if the last release found this very schema whole.

    Every migration must have been applied. The verdict is empty on other databases than PostgreSQL and SQLite.
    `loader` spares the time to load the migrations once more.
    """
    if connection.vendor not in COMPARED:
        return Verdict("")
    connection.ensure_connection()
    declaration = declare(connection, apps)
    waiting = contract.waiting(connection)
    digest, existing = _read(connection, declaration, waiting)
    unused = {(unquoted(table), name) for kind, table, name in waiting if kind == "identity"}
    sequences = tuple(
        one
        for one in lagging(connection, existing)
        if (unquoted(one.table), getattr(one.wanted, "name", "")) not in unused
    )
    if digest == _found_whole(connection):
        return Verdict(digest, sequences)
    loader = loader or MigrationLoader(connection)
    wanted = _wanted(connection, declaration)
    ahead = _ahead(loader)
    different = _compare(declaration, wanted, existing, ahead)
    found = [one for one in different if not is_left_out(one, declaration.models[one.table], loader)]
    shallow = not wanted
    if not found:
        return Verdict("" if shallow else digest, sequences, shallow=shallow)
    migrated = declare(connection, loader.project_state().apps)
    made = set(map(str, _compare(migrated, _wanted(connection, migrated), existing, {})))
    label = {one.table: declaration.models[one.table]._meta.app_label for one in found}
    missing = [one for one in found if str(one) in made]
    unmigrated = tuple(one for one in found if str(one) not in made and not _is_other_integer(one))
    return Verdict(
        digest,
        tuple(one for one in missing if label[one.table] not in ahead) + sequences,
        unmigrated,
        tuple(sorted({label[one.table] for one in unmigrated})),
        tuple((one, ahead[label[one.table]]) for one in missing if label[one.table] in ahead),
        shallow=shallow,
    )


def verified(connection: BaseDatabaseWrapper, loader: MigrationLoader | None = None) -> str:
    """The digest of the schema. Raises CommandError if it is not whole."""
    verdict = verify(connection, loader)
    if not verdict.whole:
        raise CommandError(verdict.explain(connection.alias))
    return verdict.digest


def _read(
    connection: BaseDatabaseWrapper, declaration: Declaration, waiting: Iterable[Key]
) -> tuple[str, dict[str, Table]]:
    """The digest of what exists and what is declared, and the tables that exist."""
    tables = list(declaration.models)
    if connection.vendor == "postgresql":
        rows = postgresql.read_catalogue(connection, tables)
        relaxed = _relaxed(waiting)
        existing = {
            name: _as_agreed(table, relaxed.get(unquoted(name), ()))
            for name, table in postgresql.describe(rows).items()
        }
    else:
        rows = sqlite.read_catalogue(connection, tables)
        relaxed, existing = {}, sqlite.describe(connection, tables)
    return hashlib.sha256(f"{declaration.digest}{rows}{relaxed or ''}".encode()).hexdigest(), existing


def _relaxed(waiting: Iterable[Key]) -> dict[str, list[tuple[str, str]]]:
    """By table: what becomes NOT NULL or the primary key only when the old version has gone, and its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, table, name in waiting:
        if kind in ("not null", "primary key"):
            found.setdefault(unquoted(table), []).append((kind, name))
    return found


def _as_agreed(table: Table, relaxed: Collection[tuple[str, str]]) -> Table:
    """As it will be once the contract is fulfilled."""
    columns = {
        name: replace(column, nullable=False) if ("not null", name) in relaxed else column
        for name, column in table.columns.items()
    }
    rules = (
        replace(rule, kind="primary key") if ("primary key", rule.name) in relaxed else rule for rule in table.rules
    )
    return replace(table, columns=columns, rules=tuple(rules))


def _found_whole(connection: BaseDatabaseWrapper) -> str:
    """The digest of the last release that found the schema whole; empty if none is recorded."""
    try:
        with transaction.atomic(using=connection.alias):
            digests = Release.objects.using(connection.alias).exclude(schema="").values_list("schema", flat=True)
            return digests.first() or ""
    except DatabaseError:
        return ""


def _ahead(loader: MigrationLoader) -> dict[str, str]:
    """By app: its last applied migration, if this code does not know it: then it is older, and the schema differs.

    Earlier ones are those that a squashed migration has replaced, if their files are gone.
    """
    last: dict[str, tuple[int, str]] = {}
    for (app, name), record in loader.applied_migrations.items():
        place = (getattr(record, "pk", 0), name)
        last[app] = max(last.get(app, place), place)
    known = known_to(loader)
    return {app: f"{app}.{name}" for app, (_, name) in last.items() if (app, name) not in known}


def _compare(
    declaration: Declaration, wanted: dict[str, Table], existing: dict[str, Table], ahead: Mapping[str, str]
) -> list[Difference]:
    differences: list[Difference] = []
    for name, model in declaration.models.items():
        if name in wanted and model._meta.app_label not in ahead:
            within = compare(wanted[name], existing.get(name))
            differences += (one for one in within if not (model._meta.auto_created and _is_other_integer(one)))
        else:
            differences += compare_columns(columns_only(model), existing.get(name))
    return differences


def _wanted(connection: BaseDatabaseWrapper, declaration: Declaration) -> dict[str, Table]:
    """The declared tables as the database would describe them; empty if the user may not create them."""
    if connection.vendor == "sqlite":
        return sqlite.read_declaration(declaration)
    try:
        tables = postgresql.read_declaration(connection, declaration)
    except DatabaseError as error:
        if sqlstate(error) not in NOT_ALLOWED:
            raise
        return {}
    return {
        name: replace(table, rules=(*table.rules, *(rule for _, rule in foreign_keys(declaration.models[name]))))
        for name, table in tables.items()
    }


def _is_other_integer(difference: Difference) -> bool:
    """Whether only the width of an id differs, which depends on DEFAULT_AUTO_FIELD.

    Many-to-many tables keep the setting that was in force at their creation, and the models of third-party apps follow
    the project's setting, but their migrations do not.
    """
    types = {getattr(difference.wanted, "type", ""), getattr(difference.found, "type", "")}
    return difference.kind == "type" and types <= INTEGERS
