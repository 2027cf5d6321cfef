"""What only releases that did not succeed have made: no version that serves knows it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from releases.applying.journal import half_run
from releases.applying.parts import parts_of
from releases.models import Release
from releases.record.pending import Key, in_order

if TYPE_CHECKING:
    from releases.judge.facts import Facts


def served_facts(connection: BaseDatabaseWrapper) -> "Facts":
    """The facts of the database without that. PostgreSQL only."""
    from releases.judge.catalogue import read_facts
    from releases.judge.made import Made
    from releases.judge.statements import statements_of
    from releases.postgresql.offline import offline

    facts, made = read_facts(connection), Made()
    names, begun = _recorded(connection), half_run(connection)
    if not (names or begun):
        return facts
    loader = MigrationLoader(connection)
    applied = loader.applied_migrations.keys() & loader.graph.nodes.keys()
    keys = _last({key for key in applied if ".".join(key) in names}, applied, loader)
    state = loader.project_state([*(applied - keys)])
    with offline(connection, lambda: facts) as server:
        for key, operation in _operations(loader, keys, begun):
            before = state.clone()
            operation.state_forwards(key[0], state)
            for part in parts_of(operation, key[0], before, state):
                made.follow(statements_of(part, server).texts)
    return made.without(facts)


def unfinished_migrations(connection: BaseDatabaseWrapper) -> set[str]:
    """Those of which no release has succeeded yet: `shop.0002_box`."""
    return {*_recorded(connection), *map(".".join, half_run(connection))}


def _recorded(connection: BaseDatabaseWrapper) -> set[str]:
    """Those that such releases have recorded, without those whose tables were there before."""
    releases = Release.objects.using(connection.alias)
    if not releases.is_recordable():
        return set()
    entries = (one for release in releases.unfinished() for one in release.applied)
    return {one["name"] for one in entries if not one.get("adopted")}


def _last(keys: set[Key], applied: set[Key], loader: MigrationLoader) -> set[Key]:
    """Those on which nothing else depends that is applied."""
    return {key for key in keys if applied.intersection(loader.graph.backwards_plan(key)) <= keys}


def _operations(loader: MigrationLoader, keys: set[Key], begun: dict[Key, int]) -> Iterator[tuple[Key, Operation]]:
    """In the order in which they ran; of a half-run migration those that are committed."""
    counts = {**{key: len(loader.graph.nodes[key].operations) for key in keys}, **begun}
    for key in in_order(loader):
        for operation in loader.graph.nodes[key].operations[: counts.get(key, 0)]:
            yield key, operation
