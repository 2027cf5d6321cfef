"""A refusal, with what to write instead, or with the reason why the project accepts it all the same. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from releases.judge.instead import instead_of, same_key
from releases.judge.judged_operation import JudgedOperation
from releases.judge.types import OTHER_FIELD

Accepts = Mapping[str, Mapping[str, str]]


def explained(
    refused: JudgedOperation, operation: Operation, migration: Migration, before: ProjectState, accepts: Accepts
) -> JudgedOperation:
    """`before` is the state before the operation, `accepts` is RELEASES["ACCEPTS"]."""
    if refused.verdict.is_final:
        return refused
    code = instead_of(operation, migration, before) or refused.verdict.instead
    if code == OTHER_FIELD:
        code = same_key(operation, migration.app_label, before) or code
    reason = accepted(migration, accepts).get(refused.kind, "")
    return replace(refused, verdict=replace(refused.verdict, instead=code), accepted=reason)


def accepted(migration: Migration, accepts: Accepts) -> Mapping[str, str]:
    """The reasons why its refusals are overruled, by operation."""
    label = migration.app_label
    return {
        **accepts.get(label, {}),
        **accepts.get(f"{label}.{migration.name}", {}),
        **getattr(migration, "release_accepts", {}),
    }
