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
    facts: Facts,
    waiting: Mapping[Key, Any],
    came_back: Set[Key],
    connection: BaseDatabaseWrapper,
    *,
    partly_done: bool = False,
) -> Circumstances:
    """`came_back` is what its migration brought back. `partly_done`: it was interrupted between its own steps."""
    return Circumstances(
        facts,
        alters_field=isinstance(part.operation, AlterField),
        backwards=True,
        partly_done=partly_done,
        pending=waiting,
        came_back=came_back,
        removed_default=removed_default(part, connection, backwards=True),
    )
