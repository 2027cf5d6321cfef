"""What a migration without a transaction leaves when it fails, and what to do before it is repeated.

`repeatable = True` on a migration or an operation declares that it may be run again after any part of it was committed.
"""

from collections.abc import Iterable

from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations import AlterModelManagers, AlterModelOptions
from django.db.migrations.operations.base import Operation

from releases.applying.migration import Applying
from releases.applying.parts import name_of
from releases.online.steps import in_words
from releases.repeatable import statements

REPEATABLE = (AlterModelManagers, AlterModelOptions)
# By name: django.contrib.postgres cannot be imported without psycopg.
REPEATABLE_ON_POSTGRESQL = {
    f"django.contrib.postgres.operations.{name}"
    for name in ("AddConstraintNotValid", "AddIndexConcurrently", "RemoveIndexConcurrently", "ValidateConstraint")
}

NOTHING = "Nothing of it was committed."
CONTINUES = "A repeat continues there."
# Operations are not followed backwards, nor outside a release.
NOT_FOLLOWED = "It has no transaction: what it had committed stays, and a repeat from the beginning may fail at that."


def what_is_left(migration: Migration) -> str:
    """Sentences about `migration`, which is not atomic."""
    applying: Applying | None = getattr(migration, "applying", None)
    if applying is None:
        return NOT_FOLLOWED
    journal = applying.journal
    if journal is None:
        return NOTHING
    committed = journal.operations[: journal.committed]
    stopped = [] if journal.steps else journal.operations[journal.committed :][:1]
    partly = [operation for operation in stopped if not applying.is_whole(operation)]
    once = [operation for operation in partly if not _is_repeatable(migration, operation)]
    sentences = [f"Committed, and kept: {_listed(committed)}."] if committed else []
    if journal.steps:
        what = "a step back" if journal.undoes else "the last of these"
        sentences.append(f"Still to do of {what}: {in_words(journal.steps[0])}.")
    sentences += [f"Perhaps partly committed: {_listed(once)}."] if once else []
    if once:
        sentences.append("A repeat runs this again; check that it may, or undo it by hand first.")
    elif committed or partly:
        sentences.append(CONTINUES)
    return " ".join(sentences) or NOTHING


def _is_repeatable(migration: Migration, operation: Operation) -> bool:
    if getattr(migration, "repeatable", False) or getattr(operation, "repeatable", False):
        return True
    if isinstance(operation, SeparateDatabaseAndState):
        return all(_is_repeatable(migration, one) for one in operation.database_operations)
    if isinstance(operation, RunSQL):
        return all(map(statements.is_repeatable, statements.texts_of(operation.sql)))
    if isinstance(operation, RunPython):
        return operation.code is RunPython.noop
    names = {f"{one.__module__}.{one.__qualname__}" for one in type(operation).__mro__}
    return isinstance(operation, REPEATABLE) or bool(names & REPEATABLE_ON_POSTGRESQL)


def _listed(chosen: Iterable[Operation]) -> str:
    return "; ".join(map(name_of, chosen))
