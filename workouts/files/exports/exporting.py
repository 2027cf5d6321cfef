"""The planner's contents as text. Passwords, tokens and sessions are in no part of it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from workouts.files.exports.records import (
    FORMAT,
    VERSION,
    ArchivedRecord,
    PreferencesRecord,
    SelectionRecord,
    TargetRecord,
    WorkoutRecord,
)
from workouts.files.exports.spreadsheet import write_rows
from workouts.history import to_json
from workouts.models import ArchivedSelection, Preferences, WeekTarget, Workout


def export_json() -> Iterator[str]:
    """One document, one record a line. Four queries."""
    head = {"format": FORMAT, "version": VERSION, "exportedAt": to_json(timezone.now())}
    yield json.dumps(head)[:-1]
    yield from _part("workouts", workouts())
    yield from _part("archivedSelections", _records(ArchivedSelection.objects.order_by("id"), ArchivedRecord.names()))
    yield from _part("weekTargets", _records(WeekTarget.objects.order_by("week"), TargetRecord.names()))
    saved = next(_records(Preferences.objects.filter(pk=1), PreferencesRecord.names()), None)
    yield f',\n"preferences": {_dump(saved)}}}\n'


def export_csv() -> Iterator[str]:
    """One row per workout with its selection. One query."""
    return write_rows(workouts())


def workouts() -> Iterator[dict[str, Any]]:
    """Workouts and selections come from one query, so they are of one moment."""
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
