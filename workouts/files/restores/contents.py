"""The contents of an export to restore, collected record by record."""

import datetime
import json
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from pydantic import AwareDatetime, TypeAdapter

from workouts.files.exports.records import (
    LISTS,
    AvailabilityRecord,
    Head,
    PreferencesRecord,
    Record,
    TargetRecord,
    WorkoutRecord,
)
from workouts.history import Key, Values, to_json
from workouts.values.bounds import ROWS

MOMENT: TypeAdapter[datetime.datetime | None] = TypeAdapter(AwareDatetime | None)
TABLES_OF = {
    "workouts": ("workout", "selection"),
    "weekTargets": ("target",),
    "availability": ("availability",),
    "archivedSelections": (),
}


@dataclass
class Contents:
    """The rows of an export, by table and key. Tables that are not in the file are missing.

    Archived selections have no key.
    """

    exported_at: datetime.datetime | None = None
    rows: dict[str, dict[Key, Values]] = field(default_factory=dict)
    archived: list[Values] = field(default_factory=list)
    _selection_ids: set[int] = field(default_factory=set)

    def add(self, name: str, number: int | None, value: Any) -> None:
        """Adds a member of the document, or an item of a list with its number, as `json_stream.members` yields them.

        Raises ValueError, of which pydantic's ValidationError is a subclass.
        """
        if name in LISTS:
            self._add_to_list(name, number, value)
        elif name == "preferences":
            saved = PreferencesRecord.model_validate_json(json.dumps(value)) if value is not None else None
            self.rows["preferences"] = {1: _values(saved)} if saved else {}
        elif name == "exportedAt":
            self.exported_at = MOMENT.validate_json(json.dumps(value))
        elif name not in Head.model_fields:
            raise ValueError("Extra inputs are not permitted")

    def _add_to_list(self, name: str, number: int | None, value: Any) -> None:
        if number is None and value is not None:
            raise ValueError("Input should be a valid list")
        if number == 0:
            self.rows |= {table: {} for table in TABLES_OF[name]}
        elif number:
            if number > ROWS:
                raise ValueError(f"No more than {ROWS} are read")
            self._add_record(LISTS[name].model_validate_json(json.dumps(value)))

    def _add_record(self, record: Record) -> None:
        if isinstance(record, WorkoutRecord):
            self._put("workout", record.id, _values(record, "id"))
            if record.selection:
                _refuse_duplicate(record.selection.id, self._selection_ids, "selection id")
                self._selection_ids.add(record.selection.id)
                self._put("selection", record.id, _values(record.selection))
        elif isinstance(record, TargetRecord):
            self._put("target", record.week.isoformat(), _values(record, "week"))
        elif isinstance(record, AvailabilityRecord):
            self._put("availability", record.id, _values(record, "id"))
        else:
            self.archived.append(_values(record))

    def _put(self, table: str, key: Key, values: Values) -> None:
        named = {"workout": "workout id", "target": "target of week", "availability": "availability id"}
        what = named.get(table, table)
        _refuse_duplicate(key, self.rows[table], what)
        self.rows[table][key] = values


def _refuse_duplicate(key: Key, known: Container[Key], what: str) -> None:
    if key in known:
        raise ValueError(f"The {what} {key} appears more than once")


def _values(record: Record, key: str = "") -> dict[str, Any]:
    """The values that are in the file: an older version of the format has fewer fields."""
    present = record.model_fields_set - {key}
    return {column: to_json(getattr(record, column)) for column in record.names() if column in present}
