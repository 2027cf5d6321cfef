"""An export can be restored completely, whatever it contains, and undone as one step."""

import csv
import io
import json
import re

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel
from pytest_django import DjangoAssertNumQueries

from tests.conftest import Manage, Sql
from tests.workouts.planners import MONDAY, NOON, as_csv, as_json, document, fill, fill_by_hand, planners
from workouts.files.exports.records import (
    ArchivedRecord,
    AvailabilityRecord,
    PreferencesRecord,
    Record,
    SelectionRecord,
    TargetRecord,
    WorkoutRecord,
)
from workouts.files.exports.spreadsheet import _cell
from workouts.files.restores.restoring import NotRestorable, PlanChanged, Restoration, confirm, plan_of, preview
from workouts.history import change_selection, undo
from workouts.models import (
    ACTUAL,
    ArchivedSelection,
    Availability,
    Change,
    Preferences,
    Upload,
    WeekTarget,
    Workout,
    WorkoutSelection,
)

pytestmark = pytest.mark.django_db

twice = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def restore(text: str) -> Change:
    upload = preview("planner", text.encode(), by=None)
    restored = confirm(upload.pk, digest=plan_of(upload).digest, by=None)
    assert restored.change
    return restored.change


def plan(text: str) -> Restoration:
    return plan_of(preview("planner", text.encode(), by=None))


@twice
@given(planners, planners)
def test_json_restores_everything_and_undoing_it_what_was_there_before(
    one: dict[str, object], other: dict[str, object]
) -> None:
    fill(one)
    exported, first = as_json(), document()
    fill(other)
    before = document()

    change = restore(exported)
    assert document() == first
    assert not plan(exported).rows

    undo(change.pk, by=None)
    assert document() == before


@given(st.text(st.sampled_from("=+-@\uff1d\uff20;,\t\r\n'\" ax")) | st.text(st.characters(exclude_characters="\0")))
@example(";=1+1")
@example("a\n=1+1")
@example("\n=1+1")
@example('x;"=1+1"')
def test_no_cell_is_a_formula_and_every_cell_says_what_the_text_says(text: str) -> None:
    """Whatever delimiter a spreadsheet uses."""
    cell = _cell(text)
    assert not cell.startswith(("\t", "\r", "\n"))
    for part in re.split("[;,\t\r\n]", cell):
        assert not part.lstrip(' "').startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    assert [letter for letter in cell if letter != "'"] == [letter for letter in text if letter != "'"]


def test_the_export_of_an_empty_planner_empties_it_and_undoing_fills_it() -> None:
    empty = as_json()
    fill_by_hand()
    before = document()

    change = restore(empty)
    assert not Workout.objects.exists()
    assert not Preferences.objects.exists()
    assert ArchivedSelection.objects.count() == 1, "the archive is never made smaller"

    undo(change.pk, by=None)
    assert document() == before


def test_an_empty_planner_is_filled_and_new_rows_get_new_ids() -> None:
    fill_by_hand()
    exported, before = as_json(), document()
    for model in (WorkoutSelection, Workout, WeekTarget, Availability, Preferences, ArchivedSelection):
        model._default_manager.all().delete()

    restore(exported)
    workout = Workout.objects.create(title="New", workout_type="Run", originally_planned_day=MONDAY)
    change_selection(workout.pk, {"time_of_day": "evening"}, by=None)
    assert (workout.pk, WorkoutSelection.objects.get(workout=workout).pk) > (7, 5)
    assert Availability.objects.create(first_day=MONDAY, last_day=MONDAY).pk > 9
    Availability.objects.exclude(pk=9).delete()

    restore(exported)
    assert document() == before


def test_an_id_is_never_used_twice() -> None:
    exported = as_json()
    last = Workout.objects.create(title="Last", workout_type="Run", originally_planned_day=MONDAY).pk
    restore(exported)
    assert Workout.objects.create(title="Next", workout_type="Run", originally_planned_day=MONDAY).pk > last


def test_a_restore_is_one_change_of_the_person_who_made_it() -> None:
    athlete = User.objects.create_user("athlete")
    fill_by_hand()
    exported = as_json()
    Workout.objects.filter(pk=7).delete()
    Workout.objects.filter(pk=3).update(title="Short run")

    upload = preview("C:\\fakepath\\my\tplanner.json", exported.encode(), by=athlete)
    confirmed = confirm(upload.pk, digest=plan_of(upload).digest, by=athlete)

    change = Change.objects.get()
    assert (change.summary, change.made_by) == ("Restored from myplanner.json", athlete)
    assert confirmed.change == change
    assert confirmed.result == {"restore": [{"what": "workouts", "added": 1, "changed": 1, "removed": 0}]}
    assert confirm(upload.pk, digest="", by=athlete).change == change, "a second time does nothing"
    assert Change.objects.count() == 1


def test_what_changed_since_the_preview_is_shown_before_it_is_lost() -> None:
    fill_by_hand()
    upload = preview("planner.json", as_json().encode(), by=None)
    digest = plan_of(upload).digest
    change_selection(7, {"user_notes": "new"}, by=None)

    with pytest.raises(PlanChanged):
        confirm(upload.pk, digest=digest, by=None)

    assert WorkoutSelection.objects.get(workout=7).user_notes == "new"
    assert Upload.objects.get().change is None


def test_a_part_that_is_not_in_the_file_stays() -> None:
    fill_by_hand()
    found = document()
    restore('{"format": "workout-planner", "version": 1, "workouts": []}')
    assert {**document(), "workouts": None} == {**found, "workouts": None}


ADDED = {
    3: {"isDone", "startedAt"},
    2: {*(WorkoutRecord.names()[column] for column in ACTUAL), "isRecorded", "isDropped"},
}
"""The fields of a workout that each version of the format added."""


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_an_export_of_an_earlier_version_leaves_what_was_done_as_it_is(version: int) -> None:
    fill_by_hand()
    Workout.objects.filter(pk=7).update(
        actual_duration=1.5, is_recorded=True, is_dropped=True, is_done=True, started_at=NOON
    )
    old = document_of_version(version)
    assert not plan(old).rows

    Workout.objects.filter(pk=7).update(title="Other ride")
    Workout.objects.filter(pk=3).delete()
    restore(old)

    ride, run = Workout.objects.get(pk=7), Workout.objects.get(pk=3)
    assert (ride.title, ride.actual_duration, ride.is_recorded, ride.is_dropped) == ("Ride", 1.5, True, True)
    assert (ride.is_done, ride.started_at) == (True, NOON)
    assert (run.title, run.actual_duration, run.is_dropped) == ("Long run", None, None)


def document_of_version(version: int) -> str:
    found = {**document(), "version": version}
    added = set().union(*(names for since, names in ADDED.items() if since > version))
    workouts = [{name: row[name] for name in row if name not in added} for row in found["workouts"]]
    for row in found["availability"]:
        del row["weekday"]
    if version < 4:
        del found["availability"]
    return json.dumps({**found, "workouts": workouts})


def test_an_export_of_version_4_restores_availability_and_leaves_its_weekday_as_it_is() -> None:
    """The old version, which serves for a while beside this one or again after it, exports without the weekday."""
    fill_by_hand()
    Availability.objects.update(weekday=0)
    old = document_of_version(4)
    assert not plan(old).rows

    Availability.objects.update(reason="holidays")
    Availability.objects.create(first_day=MONDAY, last_day=MONDAY, weekday=0)
    restore(old)
    assert list(Availability.objects.values_list("weekday", "reason")) == [(0, "pool closed")]

    Availability.objects.all().delete()
    restore(old)
    assert list(Availability.objects.values_list("weekday", "reason")) == [(None, "pool closed")]


def test_what_an_earlier_version_was_restored_over_is_restored_too() -> None:
    """Of another planner, whose availability with the same id is on other days: no Thursday is among them."""
    fill_by_hand()
    Availability.objects.update(weekday=3, last_day="2026-12-31")
    old = json.loads(document_of_version(4))
    old["availability"][0]["lastDay"] = str(MONDAY)
    restore(json.dumps(old))
    assert Availability.objects.get().days == []
    assert not plan(as_json()).rows


@pytest.mark.parametrize("weekday", ["7", "-1", '"Thursday"', "3.5", "true"])
def test_a_weekday_that_does_not_exist_is_refused(weekday: str) -> None:
    fill_by_hand()
    with pytest.raises(NotRestorable, match="In availability number 1, weekday: "):
        plan(as_json().replace('"weekday": null', f'"weekday": {weekday}'))


def test_every_column_is_exported() -> None:
    exported: dict[type[Model], tuple[type[Record], set[str]]] = {
        Workout: (WorkoutRecord, {"modified_at"}),
        WorkoutSelection: (SelectionRecord, {"workout_id"}),
        ArchivedSelection: (ArchivedRecord, {"id"}),
        WeekTarget: (TargetRecord, {"id"}),
        Availability: (AvailabilityRecord, set()),
        Preferences: (PreferencesRecord, {"id"}),
    }
    for model, (record, left_out) in exported.items():
        fields = {field.attname: field for field in model._meta.concrete_fields}
        assert record.names().keys() == fields.keys() - left_out
        for column in record.names():
            nullable = type(None) in getattr(record.model_fields[column].annotation, "__args__", ())
            assert nullable == fields[column].null


def test_names_are_those_of_the_api() -> None:
    names = WorkoutRecord.names()
    assert names.pop("planned_distance_meters") == "plannedDistanceInMeters"
    assert names.pop("actual_distance_meters") == "actualDistanceInMeters"
    assert all(name == to_camel(column) for column, name in names.items())


def test_exports_take_a_constant_number_of_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    fill_by_hand()
    with django_assert_num_queries(5):
        as_json()
    with django_assert_num_queries(1):
        as_csv()


def test_csv_opens_in_a_spreadsheet() -> None:
    fill_by_hand()
    text = as_csv()
    assert text.startswith("\ufeffid,title,")
    header, first, second = csv.reader(io.StringIO(text[1:], newline=""))
    assert dict(zip(header, first, strict=True))["userNotes"] == "'=1+1"
    assert dict(zip(header, second, strict=True))["selectionId"] == ""


def test_no_account_and_no_secret_is_exported() -> None:
    athlete = User.objects.create_user("athlete", password="secret")
    fill_by_hand()
    Change.objects.create(made_by=athlete, summary="secret", rows=[])
    for text in (as_json(), as_csv()):
        assert "athlete" not in text
        assert "secret" not in text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e308, -1.0])
def test_an_invalid_number_is_exported_as_no_value(number: float) -> None:
    Workout.objects.create(title="w", workout_type="Run", originally_planned_day=MONDAY, tss=number)
    assert document()["workouts"][0]["tss"] is None
    restore(as_json().replace('"w"', '"v"'))


@pytest.mark.either_engine
def test_the_command_writes_what_the_page_does(manage: Manage, sql: Sql, migrated: None) -> None:
    manage("load_demo_week")
    written = manage("export_planner").stdout
    assert written.startswith('{"format": "workout-planner"')
    assert [(len(plan(written).contents.rows["workout"]),)] == sql("SELECT count(*) FROM workouts")
