"""What the athlete sets: a week's targets, and the preferences."""

from dataclasses import replace

from django.db import transaction

from workouts.history.locking import lock_all
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import TABLES, RowChange, Values, to_json
from workouts.models import Preferences
from workouts.values.days import Day, first_of_week

PREFERENCES = 1
"""The key of the only row."""


def set_target(monday: Day, values: Values | None, *, by: Author) -> Outcome:
    """Sets the targets of a week. `values` has all columns of WeekTarget; None removes them. Raises Stale."""
    row = RowChange("target", monday.isoformat(), None, values)
    first = first_of_week(monday, Preferences.load().week_start)
    return _put(row, f"Targets of the week of {first:%-d %b %Y}", by)


def save_preferences(values: Values, *, by: Author) -> Outcome:
    """Saves the preferences. `values` has all columns of Preferences. Raises Stale."""
    after = {name: to_json(value) for name, value in values.items()}
    return _put(RowChange("preferences", PREFERENCES, None, after), "Preferences", by)


@transaction.atomic
def _put(wanted: RowChange, summary: str, by: Author) -> Outcome:
    """Writes `wanted.after`, None meaning no row, unless the row has these values already."""
    state = lock_all([wanted])
    before, after = state.get((wanted.table, wanted.key)), wanted.after
    if before is None or after is None:
        same = before is after
    else:
        same = TABLES[wanted.table].holds(before, after)
        before = {name: before[name] for name in after}
    return Outcome() if same else record(state, [replace(wanted, before=before)], summary, by=by)
