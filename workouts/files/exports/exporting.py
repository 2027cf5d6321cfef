"""The planner's contents as text, without passwords, tokens and sessions."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from workouts.files.exports.records import (
    FORMAT,
    VERSION,
    ArchivedRecord,
    AvailabilityRecord,
    PreferencesRecord,
    SelectionRecord,
    TargetRecord,
    WorkoutRecord,
)
from workouts.files.exports.spreadsheet import write_rows
from workouts.history import to_json
from workouts.models import ArchivedSelection, Availability, Preferences, WeekTarget, Workout


def export_json() -> Iterator[str]:
    """The parts of one JSON document, with one record per line. Five queries."""
    head = {"format": FORMAT, "version": VERSION, "exportedAt": to_json(timezone.now())}
    yield json.dumps(head)[:-1]
    yield from _part("workouts", workouts())
    yield from _part("archivedSelections", _records(ArchivedSelection.objects.order_by("id"), ArchivedRecord.names()))
    yield from _part("weekTargets", _records(WeekTarget.objects.order_by("week"), TargetRecord.names()))
    yield from _part("availability", _records(Availability.objects.order_by("id"), AvailabilityRecord.names()))
    saved = next(_records(Preferences.objects.filter(pk=1), PreferencesRecord.names()), None)
    yield f',\n"preferences": {_dump(saved)}}}\n'


def export_csv() -> Iterator[str]:
    """The parts of a CSV file, with one row per workout and its selection. One query."""
    return write_rows(workouts())


def workouts() -> Iterator[dict[str, Any]]:
    """Workouts with their selections, from one query, so that they are consistent."""
    own, selected = WorkoutRecord.names(), SelectionRecord.names()
    columns = [*own, *(f"selections__{column}" for column in selected)]
    for values in Workout.objects.order_by("id").values_list(*columns):
        selection = _record(selected.values(), values[len(own) :])
        yield {**_record(own.values(), values), "selection": selection if selection["id"] else None}


def _records(queryset: models.QuerySet[Any], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    for values in queryset.values_list(*names):
        yield _record(names.values(), values)


def _record(names: Iterable[str], values: Sequence[Any]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in zip(names, values, strict=False)}


def _part(name: str, records: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, record in enumerate(records):
        yield f"{',' if number else ''}\n{_dump(record)}"
    yield "]"


def _dump(record: dict[str, Any] | None) -> str:
    return json.dumps(record, ensure_ascii=False)
