"""The row changes of a restore, which make the planner equal to the file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workouts.files.restores.contents import Contents
from workouts.history import Key, RowChange, Values

Rows = Mapping[Key, Values]
SETTINGS = ("target", "preferences", "availability")
UNITS = {
    "workout": "workouts",
    "selection": "selections",
    "target": "weeks with targets",
    "preferences": "preferences",
    "availability": "availabilities",
    "archived": "archived selections",
}


def row_changes(contents: Contents, now: Mapping[str, Rows]) -> list[RowChange]:
    """The row changes, in an order in which they can be applied. `now` has the rows of every table in TABLES.

    Tables that are not in the file do not change. Rows are only added to the archive: it proves that no selection was
    lost. A selection whose id differs is deleted and inserted: the archive refers to the id, and another selection may
    have it now.
    """
    deleted = [row for name in ("selection", "workout", *SETTINGS) for row in _deleted(name, now, contents)]
    written = [row for name in ("workout", "selection", *SETTINGS) for row in _written(name, now, contents)]
    return [*deleted, *written, *_missing(contents, now["archived"].values())]


def count(rows: Iterable[RowChange]) -> list[dict[str, Any]]:
    """How many rows of each table are added, changed and removed."""
    kind_of: dict[tuple[str, Key], str] = {}
    for number, row in enumerate(rows):
        place = row.table, f"new {number}" if row.key is None else row.key
        kind_of[place] = "changed" if place in kind_of else _kind(row)
    kinds = Counter((table, kind) for (table, _), kind in kind_of.items())
    return [
        {"what": what, **{kind: kinds[name, kind] for kind in ("added", "changed", "removed")}}
        for name, what in UNITS.items()
        if any(table == name for table, _ in kinds)
    ]


def _kind(row: RowChange) -> str:
    if row.before is None:
        return "added"
    return "removed" if row.after is None else "changed"


def _deleted(name: str, now: Mapping[str, Rows], contents: Contents) -> Iterator[RowChange]:
    if name in contents.rows:
        for key, before in now[name].items():
            if key not in contents.rows[name] or _renumbered(name, before, contents.rows[name][key]):
                yield RowChange(name, key, before, None)


def _written(name: str, now: Mapping[str, Rows], contents: Contents) -> Iterator[RowChange]:
    for key, after in contents.rows.get(name, {}).items():
        before = now[name].get(key)
        if before is None or _renumbered(name, before, after):
            yield RowChange(name, key, None, after)
            continue
        differing = {column: value for column, value in after.items() if before[column] != value}
        if differing and name == "selection":  # otherwise it would be the time of the restore
            differing["updated_at"] = after["updated_at"]
        if differing:
            yield RowChange(name, key, {column: before[column] for column in differing}, differing)


def _renumbered(name: str, before: Values, after: Values) -> bool:
    return name == "selection" and before["id"] != after["id"]


def _missing(contents: Contents, existing: Iterable[Values]) -> Iterator[RowChange]:
    """Archived selections of the file that are missing from the archive, as often as they are missing."""
    left = Counter(_identity(values) for values in existing)
    for values in contents.archived:
        if left[_identity(values)]:
            left[_identity(values)] -= 1
        else:
            yield RowChange("archived", None, None, values)


def _identity(values: Values) -> str:
    return json.dumps(values, sort_keys=True)
