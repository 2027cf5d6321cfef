"""Which rows to write, given the rows that exist. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from workouts.history.rows import NO_SELECTION, TABLES, Key, RowChange, Values

State = Mapping[tuple[str, Key | None], Values]
"""The rows that exist, by table and key."""


class Settled(NamedTuple):
    """The row changes to write, and those that are stale: the row does not have the values of their `before`.

    If any is stale, nothing is written.
    """

    rows: list[RowChange]
    stale: list[RowChange]


def settle(rows: Iterable[RowChange], state: State, moment: str) -> Settled:
    """Completes `rows` with all that will be written, so that all of it is recorded. `moment` is the time of writing.

    A deleted row is recorded with all its columns: a change that is undone may be older than some of them. The
    selection of a deleted workout is deleted before it, so that it is recorded and can be restored with the workout.
    """
    now, settled = dict(state), Settled([], [])
    for row in rows:
        for one in _with_selection(row, now):
            if not _matches(one, now):
                settled.stale.append(one)
                continue
            settled.rows.append(_complete(one, now, moment))
            advance(now, settled.rows[-1])
    return settled


def advance(state: dict[tuple[str, Key | None], Values], row: RowChange) -> None:
    """Updates `state` to what it is after `row` is written."""
    place = row.table, row.key
    if row.after is None:
        state.pop(place, None)
    else:
        missing = NO_SELECTION if row.table == "selection" else {}
        state[place] = {**state.get(place, missing), **row.after}
    if row.table == "workout" and row.before is None:
        state.pop(("selection", row.key), None)  # of the workout added before this one, which has no key either


def _with_selection(row: RowChange, state: State) -> Iterator[RowChange]:
    selection = state.get(("selection", row.key))
    if row.table == "workout" and row.after is None and selection is not None:
        yield RowChange("selection", row.key, selection, None)
    yield row


def _matches(row: RowChange, state: State) -> bool:
    values = None if row.key is None else state.get((row.table, row.key))
    if row.table == "selection":
        return ("workout", row.key) in state and _selection_matches(row, values)
    if row.before is None or values is None:
        return row.before is values
    return TABLES[row.table].holds(values, row.before)


def _selection_matches(row: RowChange, values: Values | None) -> bool:
    """A selection that changes nothing is equal to no selection, except if it is to be deleted."""
    holds = TABLES["selection"].holds
    if row.after is None:
        return values is not None and holds(values, row.before or {})
    named = {name: value for name, value in NO_SELECTION.items() if name in row.after}
    return holds(values or NO_SELECTION, named if row.before is None else row.before)


def _complete(row: RowChange, state: State, moment: str) -> RowChange:
    current = state.get((row.table, row.key))
    if row.table == "selection":
        return _complete_selection(row, current, moment)
    return replace(row, before=current) if row.after is None else row


def _complete_selection(row: RowChange, current: Values | None, moment: str) -> RowChange:
    """Undoing the creation of a selection keeps the columns that were set later, and then the row.

    `updated_at` is restored only if the row was not written in the meantime. Otherwise it is `moment`.
    """
    if current is None:
        return replace(row, before=None, after={"updated_at": moment, **(row.after or {})})
    before, after = row.before or {}, row.after
    if after is None:
        if TABLES["selection"].holds(current, {**NO_SELECTION, **before}):
            bookkeeping = {name: current[name] for name in TABLES["selection"].bookkeeping if name in current}
            return replace(row, before={**before, **bookkeeping})
        after = {name: value for name, value in NO_SELECTION.items() if name in before}
    unwritten = "updated_at" in before and before["updated_at"] == current.get("updated_at")
    kept = {name: value for name, value in after.items() if name != "id"}
    after = kept if unwritten and "updated_at" in kept else {**kept, "updated_at": moment}
    return replace(row, before={name: current.get(name) for name in after}, after=after)
