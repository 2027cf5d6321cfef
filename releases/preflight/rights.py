"""Rights on PostgreSQL that the pending migrations need and this role lacks, with the statements that grant them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.applying.own_tables import contract_model, journal_model
from releases.judge.declared import schema_and_name, unquoted
from releases.preflight.pending import Pending
from releases.preflight.places import records_elsewhere
from releases.preflight.server import RECORDS, Server, Table, read_barred_schemas, read_closed_schemas, read_tables

WRITTEN_BY_DJANGO = ("contenttypes.ContentType", "auth.Permission")


def missing_rights(connection: BaseDatabaseWrapper, server: Server, pending: Pending) -> Iterator[str]:
    """A sentence for each right that the role lacks, with the statement for a superuser that grants it."""
    if server.schema is None and not records_elsewhere(connection, server):  # which say what to set
        yield _nowhere(server, read_closed_schemas(connection))
    own = [model._meta.db_table for model in (journal_model(), contract_model())]
    djangos = [apps.get_model(label)._meta.db_table for label in WRITTEN_BY_DJANGO if _is_installed(label)]
    written = [RECORDS, *djangos, *own]
    altered, referenced = (
        {unquoted(table): migration for table, migration in some.items()}
        for some in (pending.altered, pending.referenced)
    )
    tables = read_tables(connection, {*written, *altered, *referenced})
    if server.schema is not None and (pending.created or pending.altered):
        made = [*pending.created, *pending.altered, *(name for name in own if name not in tables)]
        yield from _barred(connection, server, made, tables)
    if not server.may_create_temporary:
        yield (
            f"Role {server.role} may not create temporary tables in database {server.database}."
            f" As a superuser: {server.grant_temporary}"
        )
    unwritable = [tables[name] for name in written if name in tables and not tables[name].may_write]
    for table in unwritable:
        rights = "SELECT, INSERT, UPDATE, DELETE" if table.name in own else "SELECT, INSERT"
        yield (
            f"Role {server.role} may not read and write {table.name}, as every release does."
            f" As a superuser: GRANT {rights} ON {table.quoted} TO {server.role};"
        )
    strange = [tables[name] for name in sorted(altered.keys() & tables.keys()) if not tables[name].owned]
    yield from _not_owned(strange, server, altered)
    for name in sorted(referenced.keys() & tables.keys() - altered.keys()):
        if not tables[name].may_refer:
            yield (
                f"{referenced[name]} creates a foreign key to {name}, and role {server.role} may not. As a"
                f" superuser: GRANT REFERENCES ON {tables[name].quoted} TO {server.role};"
            )


def _nowhere(server: Server, closed: list[str]) -> str:
    named = [name for name in server.searched if name != '"$user"']
    if closed:
        statement = f"GRANT USAGE, CREATE ON SCHEMA {closed[0]} TO {server.role};"
    elif named:
        statement = f"CREATE SCHEMA {named[0]} AUTHORIZATION {server.role};"
    else:
        statement = f"ALTER ROLE {server.role} IN DATABASE {server.database} SET search_path = public;"
    return (
        f"search_path ({server.search_path or 'empty'}) names no schema that role {server.role} may use, so there is"
        f" none to create tables in. As a superuser: {statement}"
    )


def _barred(
    connection: BaseDatabaseWrapper, server: Server, names: Iterable[str], tables: Mapping[str, Table]
) -> Iterator[str]:
    """The schemas to which this role may not add a table, or an index of one."""
    schemas = set()
    for name in names:
        schema, _ = schema_and_name(name)
        existing = tables.get(unquoted(name))
        schemas.add(existing.schema if existing else schema or str(server.schema))
    for schema in read_barred_schemas(connection, schemas):
        yield (
            f"Role {server.role} may not create tables and indexes in schema {schema}."
            f" As a superuser: GRANT CREATE ON SCHEMA {schema} TO {server.role};"
        )


def _not_owned(tables: Iterable[Table], server: Server, altered: Mapping[str, str]) -> Iterator[str]:
    """One sentence per owner: after a restore as another role, all tables have the same owner."""
    for owner, group in groupby(sorted(tables, key=lambda table: table.owner), lambda table: table.owner):
        theirs = list(group)
        names = ", ".join(table.name for table in theirs)
        statements = f"GRANT {owner} TO {server.role};"
        if not theirs[0].kept_by_owner:
            statements = " ".join(f"ALTER TABLE {table.quoted} OWNER TO {server.role};" for table in theirs)
        migrations = ", ".join(sorted({altered[table.name] for table in theirs}))
        yield (
            f"{names}: owned by {owner}, and only the owner may alter a table, as {migrations} may have to."
            f" As a superuser: {statements}"
        )


def _is_installed(label: str) -> bool:
    return apps.is_installed(f"django.contrib.{label.partition('.')[0]}")
