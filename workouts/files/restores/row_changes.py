"""What a restore changes: the rows that make the planner equal to the file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workouts.files.restores.contents import Contents
from workouts.history.rows import TABLES, Key, RowChange, Values

Rows = Mapping[Key, Values]
UNITS = {
    "workout": "workouts",
    "selection": "selections",
    "target": "weeks with targets",
    "preferences": "preferences",
    "archived": "archived selections",
}


def row_changes(contents: Contents, now: Mapping[str, Rows]) -> list[RowChange]:
    """The changes, in an order in which they can be applied. `now` has the rows of every table in TABLES.

    What the file says nothing of stays. The archive only grows: it is the proof that no selection was ever lost.
    """
    gone = [row for name in ("selection", "workout", "target", "preferences") for row in _gone(name, now, contents)]
    put = [row for name in ("workout", "selection", "target", "preferences") for row in _put(name, now, contents)]
    return [*gone, *put, *_missing(contents, now["archived"].values())]


def count(rows: Iterable[RowChange]) -> list[dict[str, Any]]:
    """Per table how many rows are added, changed and removed."""
    kinds = Counter((row.table, _kind(row)) for row in rows)
    return [
        {"what": what, **{kind: kinds[name, kind] for kind in ("added", "changed", "removed")}}
        for name, what in UNITS.items()
        if any(table == name for table, _ in kinds)
    ]


def _kind(row: RowChange) -> str:
    if row.before is None:
        return "added"
    return "removed" if row.after is None else "changed"


def _gone(name: str, now: Mapping[str, Rows], contents: Contents) -> Iterator[RowChange]:
    if name in contents.rows:
        for key, before in now[name].items():
            if key not in contents.rows[name]:
                yield RowChange(name, key, _recorded(name, before), None)


def _put(name: str, now: Mapping[str, Rows], contents: Contents) -> Iterator[RowChange]:
    for key, after in contents.rows.get(name, {}).items():
        before = now[name].get(key)
        if before is None:
            yield RowChange(name, key, None, _recorded(name, after))
            continue
        same = {column for column, value in after.items() if before[column] == value}
        if same != after.keys():
            differing = {column: value for column, value in after.items() if column not in same}
            yield RowChange(name, key, _recorded(name, {c: before[c] for c in differing}), _recorded(name, differing))


def _recorded(name: str, values: Values) -> Values:
    recorded = {column: value for column, value in values.items() if column in TABLES[name].columns}
    return values if len(recorded) == len(values) else recorded


def _missing(contents: Contents, there: Iterable[Values]) -> Iterator[RowChange]:
    """Archived selections of the file that are not in the archive, as often as they are missing."""
    left = Counter(_identity(values) for values in there)
    for values in contents.archived:
        if left[_identity(values)]:
            left[_identity(values)] -= 1
        else:
            yield RowChange("archived", None, None, values)


def _identity(values: Values) -> str:
    return json.dumps(values, sort_keys=True)
