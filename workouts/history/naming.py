"""What a refusal calls the rows that it is about: never by their ids, which mean nothing to the athlete."""

import datetime
from collections.abc import Collection, Iterable

from workouts.history.rows import TABLES, Key, RowChange
from workouts.history.settling import State
from workouts.models import Change

OF_WORKOUTS = ("workout", "selection")
DELETED = "a deleted workout"


def names_of(rows: Iterable[RowChange], state: State) -> list[str]:
    """The title of the workout for a workout or a selection, also if it was deleted; else what the row is."""
    rows = list(rows)
    names = [_title(row, state) if row.table in OF_WORKOUTS else _other(row) for row in rows]
    deleted = {row.key for row, name in zip(rows, names, strict=True) if not name and row.key is not None}
    titles = _titles_of_deleted(deleted)
    return [name or titles.get(row.key, DELETED) for row, name in zip(rows, names, strict=True)]


def _title(row: RowChange, state: State) -> str:
    """Empty if neither the planner nor the row has it."""
    values = state.get(("workout", row.key)) or row.before or row.after or {}
    return str(values.get("title") or "")


def _other(row: RowChange) -> str:
    if row.table == "target":
        return f"the targets of the week of {datetime.date.fromisoformat(str(row.key)):%-d %b %Y}"
    if row.table == "availability":
        table = TABLES[row.table]
        return str(table.model(**table.from_json(row.before or row.after or {})))
    return {"preferences": "the preferences", "archived": "an archived selection"}[row.table]


def _titles_of_deleted(ids: Collection[Key]) -> dict[Key | None, str]:
    """From the history, which has every column of what was deleted. The newest changes are read first."""
    titles: dict[Key | None, str] = {}
    if not ids:
        return titles
    for rows in Change.objects.order_by("-id").values_list("rows", flat=True).iterator():
        for row in rows:
            if row["table"] == "workout" and row["key"] in ids and row["after"] is None:
                titles.setdefault(row["key"], row["before"]["title"])
        if len(titles) == len(ids):
            break
    return titles
