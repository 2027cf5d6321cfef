"""The days on which the athlete cannot train."""

from django.db import transaction

from workouts.history.locking import lock, wait_for_other_additions
from workouts.history.outcome import Outcome
from workouts.history.recording import Author, record
from workouts.history.rows import TABLES, RowChange, Values, to_json
from workouts.history.settling import State
from workouts.models import Availability


@transaction.atomic
def add_availability(values: Values, *, by: Author) -> tuple[Availability, Outcome]:
    """`values` has all columns of Availability. What is there already is not added again."""
    wait_for_other_additions()
    if same := Availability.objects.filter(**values).first():
        return same, Outcome()
    after = {name: to_json(value) for name, value in values.items()}
    outcome = record({}, [RowChange("availability", None, None, after)], _summary(after), by=by)
    rows = outcome.change.rows if outcome.change else []
    return Availability.objects.get(pk=rows[0]["key"]), outcome


@transaction.atomic
def change_availability(availability_id: int, values: Values, *, by: Author) -> Outcome:
    """`values` has all columns of Availability. Raises Availability.DoesNotExist."""
    state, before = _lock(availability_id)
    after = {name: to_json(value) for name, value in values.items() if to_json(value) != before[name]}
    row = RowChange("availability", availability_id, {name: before[name] for name in after}, after)
    return record(state, [row], f"{_summary({**before, **after})}: changed", by=by) if after else Outcome()


@transaction.atomic
def remove_availability(availability_id: int, *, by: Author) -> Outcome:
    """Raises Availability.DoesNotExist."""
    state, before = _lock(availability_id)
    row = RowChange("availability", availability_id, before, None)
    return record(state, [row], f"{_summary(before)}: removed", by=by)


def _lock(availability_id: int) -> tuple[State, Values]:
    """Its row and its values. Raises Availability.DoesNotExist."""
    state = lock({"availability": {availability_id}})
    before = state.get(("availability", availability_id))
    if before is None:
        raise Availability.DoesNotExist
    return state, before


def _summary(values: Values) -> str:
    """Such as `No swimming, 3 May to 7 May 2026` or `No swimming, Thursdays, 3 May to 7 Jun 2026`."""
    one = Availability(**TABLES["availability"].from_json(values))
    first, last = one.first_day, one.last_day
    on = "" if one.weekday is None else f"{one.get_weekday_display()}s, "
    until = "" if first == last else f" to {last:%-d %b %Y}"
    begins = f"{first:%-d %b}" if until and first.year == last.year else f"{first:%-d %b %Y}"
    return f"{one.get_discipline_display()}, {on}{begins}{until}"
