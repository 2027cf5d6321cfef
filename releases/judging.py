"""What the pending migrations will do to the running version: judged before the first change, and refused in time.

PostgreSQL only.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from django.core.management import CommandError
from django.db import DataError, ProgrammingError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from releases import conf, contract
from releases.applying.journal import half_run
from releases.contract.came_back import came_back
from releases.contract.old_sessions import read_connected
from releases.judge.catalogue import read_facts
from releases.judge.facts import Facts
from releases.judge.judged_operation import JudgedOperation
from releases.judge.plan import Situation, judge_plan
from releases.judge.plan_back import judge_plan_back
from releases.judge.verdict import Action, Verdict
from releases.judge.worst_case import facts_of
from releases.messages.naming import plan_command
from releases.record.pending import applied_state, in_order

Judged = dict[str, list[JudgedOperation]]

CLEAN = "Remove or change such rows first: in this release by a migration before this one, or in an earlier release."
CLEAN_BACK = "Remove or change such rows, then run this again."


def judge_pending(
    connection: BaseDatabaseWrapper, migrations: Iterable[Migration], facts: Facts, *, fake_initial: bool
) -> Judged:
    """By migration; those that `--fake-initial` would only record are left out. Reads, and changes nothing."""
    executor = MigrationExecutor(connection)
    migrations = list(migrations)
    begun = half_run(connection)
    whole = [one for one in migrations if fake_initial and (one.app_label, one.name) not in begun]
    adopted = [one for one in whole if executor.detect_soft_applied(None, one)[0]]
    found: Judged = {}
    waiting = contract.waiting(connection, read_connected(connection))  # the judge has no server to ask
    situation = Situation(facts, waiting, conf.read().accepts, adopted, begun)
    for one in judge_plan(migrations, applied_state(executor.loader), situation, connection):
        found.setdefault(one.migration, []).append(_with_violations(one, connection))
    return found


def judge_back(
    connection: BaseDatabaseWrapper, loader: MigrationLoader, plan: Iterable[Migration], unchanged: str
) -> Judged:
    """Undoing `plan`, by migration. Raises CommandError if what comes back was changed, or rows violate it. `unchanged`
    is the sentence that says what is left as it was."""
    plan = list(plan)
    back = {str(one): came_back(connection, str(one)) for one in plan}
    situation = Situation(read_facts(connection), contract.waiting(connection), came_back=back)
    states = [(one, loader.project_state((one.app_label, one.name), at_end=False)) for one in plan]
    found: Judged = {}
    for one in judge_plan_back(states, situation, connection):
        for reason, instead in _obstacles_back(one, connection):
            raise CommandError(f"Undoing {one.migration}, {one.operation}, would fail. {reason} {unchanged} {instead}")
        found.setdefault(one.migration, []).append(one)
    return found


def _obstacles_back(judged: JudgedOperation, connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    if judged.is_refused:
        yield judged.verdict.reason, judged.verdict.instead
    for reason, _ in _violated(judged, connection):
        yield reason, CLEAN_BACK


def _with_violations(judged: JudgedOperation, connection: BaseDatabaseWrapper) -> JudgedOperation:
    """Refused, if rows already violate what it adds."""
    violated = next(_violated(judged, connection), None)
    if violated is None:
        return judged
    reason, instead = violated
    verdict = Verdict(Action.REFUSED, reason=reason, instead=instead or CLEAN, is_final=True)
    return replace(judged, verdict=verdict, accepted="")


def _violated(judged: JudgedOperation, connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """A sentence with the number of rows, and what to do. Values of rows must not be logged."""
    for one in judged.violations:
        count = 0
        # It may name tables and functions that the release creates, or be undefined for some values.
        with suppress(ProgrammingError, DataError), connection.cursor() as cursor:
            cursor.execute(one.query)
            (count,) = cursor.fetchone() or (0,)
        if count:
            yield f"Rows violate it: {one.in_words(count)}.", one.instead


def refuse(judged: Judged, alias: str) -> None:
    """Raises CommandError that names every refusal with what to write instead."""
    refused = [one for operations in judged.values() for one in operations if one.is_refused]
    if not refused:
        return
    lines = ["This release would disturb the version that is running, or fail. Nothing was changed."]
    for one in refused:
        lines += [f"- {one.migration}, {one.operation}: {one.verdict.reason}", *indented(one.verdict.instead, 2)]
    if len(refused) > 1:
        lines.append("Begin with the first: correcting it may change what is to be written for the others.")
    lines.append(f"To see the whole plan, run: {plan_command(alias)}")
    raise CommandError("\n".join([*lines, *_overruling(refused)]))


def _overruling(refused: Iterable[JudgedOperation]) -> list[str]:
    """How to release it all the same, to paste."""
    accepts: dict[str, dict[str, str]] = {}
    for one in refused:
        if not one.verdict.is_final:
            accepts.setdefault(one.migration, {})[one.kind] = "..."
    if not accepts:
        return []
    return [
        "To release it all the same, say why in the class of the migration:",
        *(f"  {migration}: release_accepts = {json.dumps(kinds)}" for migration, kinds in accepts.items()),
        "If it is not yours, in the settings:",
        f'  RELEASES["ACCEPTS"] = {json.dumps(accepts)}',
    ]


def in_a_line(judged: JudgedOperation) -> str:
    accepted = f" Accepted: {judged.accepted}" if judged.accepted else ""
    return f"{judged.migration}, {judged.operation}: {judged.what}. {judged.verdict.reason}{accepted}"


def notable(judged: Judged) -> Iterator[JudgedOperation]:
    """What is not run as Django would run it, or the old version notices."""
    everything = (one for operations in judged.values() for one in operations)
    return (one for one in everything if not one.is_as_it_is or one.verdict.old_version)


def for_the_record(judged: Judged) -> dict[str, list[dict[str, str]]]:
    """What the record of the release says of each migration."""
    record: dict[str, list[dict[str, str]]] = {}
    for one in notable(judged):
        entry = {"operation": one.operation, "verdict": one.verdict.action.value, "reason": one.verdict.reason}
        record.setdefault(one.migration, []).append({**entry, **({"accepted": one.accepted} if one.accepted else {})})
    return record


def indented(text: str, spaces: int) -> list[str]:
    return [" " * spaces + line for line in text.splitlines()]


def judge_worst_case(connection: BaseDatabaseWrapper, app_labels: Iterable[str]) -> Judged:
    """Each migration of the apps, as if applied alone to a database whose tables are all large and in use."""
    loader = MigrationLoader(None)
    chosen = {*app_labels}
    return {
        str(loader.graph.nodes[key]): judge_alone(
            loader.graph.nodes[key], loader.project_state(key, at_end=False), connection
        )
        for key in in_order(loader)
        if key[0] in chosen
    }


def judge_alone(migration: Migration, state: ProjectState, connection: BaseDatabaseWrapper) -> list[JudgedOperation]:
    """The worst case. `state` is the one before it."""
    connection = _where_it_belongs(migration.app_label, connection)
    situation = Situation(facts_of(state, connection), accepts=conf.read().accepts)
    return judge_plan([migration], state, situation, connection)


def _where_it_belongs(app_label: str, connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """The given connection, or the first one to which the routers send the app."""
    aliases = (alias for alias in (connection.alias, *connections) if router.allow_migrate(alias, app_label))
    return connections[next(aliases, connection.alias)]
