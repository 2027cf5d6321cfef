"""Under what circumstances the statements of an operation are judged."""

from collections.abc import Mapping, Set
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterField, Migration

from releases.applying.parts import Part, doomed_tables
from releases.judge.declared import unquoted
from releases.judge.facts import Facts
from releases.judge.removed_default import removed_default
from releases.judge.rules import Circumstances
from releases.judge.verdict import Key


def passing(migration: Migration) -> Set[tuple[str, str]]:
    """What releases.rollback.passing has noted."""
    return getattr(migration, "passing", frozenset())


def applied(
    part: Part, migration: Migration, facts: Facts, waiting: Mapping[Key, Any], connection: BaseDatabaseWrapper
) -> Circumstances:
    """`waiting` is the contract. `migration` has all of its operations."""
    return Circumstances(
        facts,
        alters_field=isinstance(part.operation, AlterField),
        pending=waiting,
        doomed={*map(unquoted, doomed_tables(migration, part))},
        removed_default=removed_default(part, connection),
    )


def undone(
    part: Part,
    migration: Migration,
    facts: Facts,
    waiting: Mapping[Key, Any],
    came_back: Set[Key],
    connection: BaseDatabaseWrapper,
) -> Circumstances:
    """`came_back` is what its migration brought back."""
    return Circumstances(
        facts,
        alters_field=isinstance(part.operation, AlterField),
        backwards=True,
        pending=waiting,
        came_back=came_back,
        passing=passing(migration),
        removed_default=removed_default(part, connection, backwards=True),
    )
