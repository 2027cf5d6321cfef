"""Builds missing indexes and constraints on PostgreSQL, while the table is read and written."""

import re
from typing import cast

from django.db import IntegrityError, models, transaction

from releases.repair.altering import STALLS, TEMPORARY, Altering
from releases.repair.refusal import CannotBuildError
from releases.schema.declared import foreign_keys
from releases.schema.description import Rule
from releases.schema.differences import Difference

Model = type[models.Model]

INDEX_OF = """
SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid
WHERE relname = %s AND indrelid = to_regclass(%s)
"""
PLAIN_INDEX = re.compile(r"btree \((?P<columns>[^()]*)\)(?: INCLUDE \([^()]*\))?(?: WHERE (?P<condition>.*))?")


class RuleBuilder(Altering):
    def build(self, difference: Difference, model: Model) -> None:
        """Raises CannotBuildError, or the database's own error."""
        rule, found = cast("Rule", difference.wanted), cast("Rule | None", difference.found)
        if found and found.valid:
            raise CannotBuildError(f"rename what has its name, then repeat: {self._renaming(difference.table, found)}")
        if rule.kind == "exclusion":
            add = f"ADD CONSTRAINT {self._quote(rule.name)} {rule.definition}"
            raise CannotBuildError(f"{STALLS} ALTER TABLE {self._quote(difference.table)} {add};")
        if rule.kind == "foreign key":
            self._foreign_key(difference.table, rule, found, model)
        elif rule.kind == "check":
            self._check(difference.table, rule, found)
        else:
            self._index(difference.table, rule, found)

    def _renaming(self, table: str, found: Rule) -> str:
        old = self._quote(f"{found.name}_old")
        if found.constrains:
            return f"ALTER TABLE {self._quote(table)} RENAME CONSTRAINT {self._quote(found.name)} TO {old};"
        return f"ALTER INDEX {self._index_of(table, found.name)} RENAME TO {old};"

    def _check(self, table: str, rule: Rule, found: Rule | None) -> None:
        if found:
            self._alter(table, f"DROP CONSTRAINT {self._quote(found.name)}")
        try:
            self._validated(table, rule.name, rule.definition)
        except IntegrityError:
            raise CannotBuildError(
                f"rows violate it; see SELECT * FROM {self._quote(table)} WHERE NOT"
                f" {rule.definition.removeprefix('CHECK ')};"
            ) from None

    def _foreign_key(self, table: str, rule: Rule, found: Rule | None, model: Model) -> None:
        field = next(field for field, its in foreign_keys(model) if its.definition == rule.definition)
        if found:
            self._alter(table, f"DROP CONSTRAINT {self._quote(found.name)}")
        editor = self._connection.schema_editor()
        statement = editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s")  # type: ignore[attr-defined]  # noqa: SLF001
        name = str(statement.parts["name"])
        definition = str(statement).partition(f" CONSTRAINT {name} ")[2]
        try:
            self._validated(table, name.strip('"'), definition)
        except IntegrityError:
            column, target = self._quote(field.column), field.target_field
            raise CannotBuildError(
                f"rows refer to rows that do not exist; see SELECT * FROM {self._quote(table)} WHERE {column} NOT IN"
                f" (SELECT {self._quote(str(target.column))} FROM {self._quote(target.model._meta.db_table)});"
            ) from None

    def _index(self, table: str, rule: Rule, found: Rule | None) -> None:
        """Builds it beside an INVALID one, if any, and then replaces that in one transaction."""
        name, unique = rule.name, "" if rule.kind == "index" else "UNIQUE "
        building = TEMPORARY if found else name
        try:
            self._execute(
                f"CREATE {unique}INDEX CONCURRENTLY {self._quote(building)} ON {self._quote(table)}"
                f" USING {rule.definition}"
            )
        except IntegrityError:
            raise CannotBuildError(self._duplicates(table, rule)) from None
        with transaction.atomic(using=self._connection.alias):
            if found and found.constrains:
                self._alter(table, f"DROP CONSTRAINT {self._quote(found.name)}")
            elif found:
                self._execute(f"DROP INDEX {self._index_of(table, found.name)}")
            if building != name:
                self._execute(f"ALTER INDEX {self._index_of(table, building)} RENAME TO {self._quote(name)}")
            if rule.constrains:
                kind = "PRIMARY KEY" if rule.kind == "primary key" else "UNIQUE"
                using = f"{kind} USING INDEX {self._quote(name)} {rule.deferral}".rstrip()
                self._alter(table, f"ADD CONSTRAINT {self._quote(name)} {using}")

    def _index_of(self, table: str, name: str) -> str:
        """As SQL names it: an index is in the schema of its table."""
        with self._connection.cursor() as cursor:
            cursor.execute(INDEX_OF, [name, self._quote(table)])
            return str(cursor.fetchone()[0])

    def _duplicates(self, table: str, rule: Rule) -> str:
        plain = PLAIN_INDEX.fullmatch(rule.definition)
        if plain is None:
            return "several rows have the same values"
        columns, condition = plain["columns"], f" WHERE {plain['condition']}" if plain["condition"] else ""
        return (
            f"several rows have the same values; see SELECT {columns}, count(*) FROM {self._quote(table)}{condition}"
            f" GROUP BY {columns} HAVING count(*) > 1;"
        )
