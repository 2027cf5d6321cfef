"""The contract is fulfilled: what no process needs any more is changed, and the rest is left, with the reasons."""

from collections.abc import Collection

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import AlterModelTable, RenameModel
from django.db.migrations.loader import MigrationLoader

from releases.applying.parts import on_state
from releases.contract import Item, cancel, pending
from releases.contract.came_back import KINDS, forget
from releases.contract.old_sessions import Connected, listed
from releases.judge.verdict import Key
from releases.messages.counting import grouped
from releases.messages.errors import reason, sqlstate
from releases.messages.naming import finish_command, rollback_command
from releases.preflight.pending import read_pending
from releases.record.pending import pending_migrations
from releases.running.progress import Say
from releases.version import this_version

WAITS = "It waits for sessions of an older or unknown version: {sessions}. When they have gone, {then}"
SERVES = "The version that was released last, {last}, may need what these would take away: "
VIOLATED = (
    "It cannot {item} yet: rows without a value there: {count}. Give them one, with SQL such as: UPDATE {table} SET"
    " {column} = ... WHERE {column} IS NULL; then {then}"
)

STILL_DEPENDED_ON = "2BP01"

Reason = tuple[str, str]
"""What is said before the changes that are left, and after them."""


def fulfil(
    connection: BaseDatabaseWrapper,
    say: Say,
    made: list[str],
    returning: Collection[Key] = (),
    *,
    at_once: bool = False,
) -> list[str]:
    """Makes the pending changes, up to the first for which an old version is connected. Returns why any are left.

    Adds those that it makes to `made`. `returning` are those that the pending migrations will cancel: the tables and
    columns among them are kept, so they come back with what they hold.

    Older code that is released again leaves what it may need. `at_once`: also the changes that this version entered.
    """
    forget(connection)
    kept = {key for key in returning if key[0] in KINDS}
    while True:
        count = len(made)
        left = _fulfil_in_order(connection, say, made, kept, at_once=at_once)
        if not left or len(made) == count:  # else what is left may have depended on what went after it
            return left


def _fulfil_in_order(
    connection: BaseDatabaseWrapper, say: Say, made: list[str], kept: Collection[Key], *, at_once: bool
) -> list[str]:
    command = finish_command(connection.alias)
    then = f"run this again: {command}" if at_once else f"the next release makes the changes, or: {command}"
    left: dict[Reason, list[str]] = {}
    for item in pending(connection):
        is_too_early = item.version == this_version() and not at_once
        if item.key in kept or is_too_early or _is_cancelled(item, say):
            continue
        if not item.is_known:
            item.renew()
        seen = item.seen()
        if why := _reason(item, seen, then):
            left.setdefault(why, []).append(str(item))
        elif sessions := item.older(seen):
            left[WAITS.format(sessions=listed(sessions), then=then), ""] = []
            break  # the later ones were entered by versions for which no fewer sessions are old
        elif item.is_needed(seen):
            left.setdefault(
                (SERVES.format(last=seen.last), f". When a newer one has been released, {then}"), []
            ).append(str(item))
        elif not item.stands():
            cancel(connection, [item.key])
        elif count := item.rows_without_value():
            words = VIOLATED.format(count=grouped(count), item=item, table=item.key[1], column=item.column, then=then)
            left[words, ""] = []
        elif dependents := _make(item, say):
            left[f"It cannot {item}: {dependents}. Drop or change that; then {then}", ""] = []
        else:
            made.append(str(item))
    return [f"{before}{', '.join(items)}{after}" for (before, after), items in left.items()]


def _is_cancelled(item: Item, say: Say) -> bool:
    """Cancels the drop of what a model of this code has, if the code is not older, and no pending migration makes that:
    a model of another app has taken it over as it was."""
    if item.key[0] not in KINDS or not (item.is_known and item.is_declared) or _is_to_be_made(item):
        return False
    cancel(item.connection, [item.key])
    say(f"Contract: {item} is cancelled: a model of this code has that.")
    return True


def _is_to_be_made(item: Item) -> bool:
    """Whether a pending migration creates it, or may rename something else to it."""
    migrations = pending_migrations(item.connection)
    if any(isinstance(one, RenameModel | AlterModelTable) for each in migrations for one in on_state(each.operations)):
        return True
    pending = read_pending(item.connection, MigrationLoader(item.connection), None)
    made = {**pending.created, **(pending.altered if item.key[0] == "column" else {})} if pending else {}
    return item.table in made


def _reason(item: Item, seen: Connected, then: str) -> Reason | None:
    """Why it is left, whoever is connected."""
    migration = item.entry.migration
    if not item.is_known:
        undo = rollback_command(item.connection.alias)
        return (
            f"This code does not have {migration}, and may need what these would take away: ",
            ". A release of code that has it makes them" + (f"; or undo it from there, with: {undo}" if undo else "."),
        )
    if migration in seen.unfinished:
        return (
            f"No release of {migration} has succeeded yet, and the version that serves may need what these would take"
            " away: ",
            f". When one has succeeded, {then}",
        )
    return None


def _make(item: Item, say: Say) -> str:
    """Returns the objects of others that depend on what it would drop: then it stays. None of Django's own does."""
    from releases.online.steps import run_steps

    try:
        run_steps(item.connection, item, say)
    except DatabaseError as error:
        if sqlstate(error) != STILL_DEPENDED_ON:
            raise
        return reason(error)
    say(f"Contract: {item}.")
    return ""
