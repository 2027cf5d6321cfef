"""Several workouts at once: those that are ticked, or a whole week."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from workouts.history import Author, Outcome, change_selections, copy_workouts, record_done_as_planned
from workouts.models import Preferences, Workout
from workouts.pages import HtmxRequest
from workouts.pages.forms import in_slot, of_our_time, on_day, reasons
from workouts.pages.redraw import redraw
from workouts.pages.refusals import refuse, says_refusals
from workouts.values.days import ONE_WEEK, Day, first_of_week, week_of
from workouts.values.disciplines import discipline_of
from workouts.values.times import Slot

KEEP = "keep"
"""The slot that leaves a workout at its time of day."""

DONE = "done"
SELECTED = {"skip": False, "select": True}
WEEKS = {"earlier": -ONE_WEEK, "later": ONE_WEEK}


class SeveralForm(forms.Form):
    """What to do with the ticked workouts. Without a day they stay on theirs."""

    workout = forms.ModelMultipleChoiceField(
        Workout.objects.with_selection(),
        label="Workouts",
        error_messages={"required": "Tick one first.", "invalid_choice": "One that is ticked no longer exists."},
    )
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in ("move", "copy", DONE, *SELECTED, *WEEKS)])
    current_plan_day = forms.DateField(label="Day", required=False, validators=[of_our_time])
    slot = forms.ChoiceField(label="Time of day", choices=[(KEEP, "As it is"), *Slot.choices], required=False)

    def clean(self) -> None:
        verb, day, slot = (self.cleaned_data.get(name) for name in ("verb", "current_plan_day", "slot"))
        if not day and (verb == "copy" or (verb == "move" and slot == KEEP)):
            self.add_error("current_plan_day", f"To which day do you want to {verb} them?")
        today = timezone.localdate()
        for workout in self.cleaned_data.get("workout", ()) if verb == DONE else ():
            if workout.day > today:
                self.add_error("workout", f"“{workout.title}” is planned for a day to come.")


def whole_week_of_our_time(first: Day) -> None:
    of_our_time(first)
    of_our_time(week_of(first)[-1])


class WeekForm(forms.Form):
    """Where a whole week goes."""

    first = forms.DateField(label="Day", validators=[whole_week_of_our_time])
    verb = forms.ChoiceField(choices=[("copy", "Copy the week"), ("shift", "Move the week")])


@require_POST
@says_refusals
def change_several(request: HtmxRequest) -> HttpResponse:
    """Moves, copies, skips, selects or marks as done the ticked workouts, as one change."""
    form = SeveralForm(request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422)
    return redraw(request, _change(form.cleaned_data, request.user))


def _change(values: Mapping[str, Any], by: Author) -> Outcome:
    """Raises ValidationError."""
    workouts, verb, day, slot = values["workout"], values["verb"], values["current_plan_day"], values["slot"]
    if verb in WEEKS:
        return _shift(workouts, WEEKS[verb], f"moved a week {verb}", by)
    if verb in SELECTED:
        wanted = {workout.pk: {"is_selected": SELECTED[verb]} for workout in workouts}
        return change_selections(wanted, "selected" if SELECTED[verb] else "skipped", by=by)
    if verb == DONE:
        return _done(workouts, by)
    return _copy(workouts, day, slot, by) if verb == "copy" else _move(workouts, day, slot, by)


@require_POST
@says_refusals
def change_week(request: HtmxRequest, day: Day) -> HttpResponse:
    """Copies the plan of the week that begins on `day`, or moves what is not done, and goes to where it is then."""
    form = WeekForm(request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422)
    first = form.cleaned_data["first"]
    week = week_of(day)
    workouts = list(Workout.objects.planned().between(week[0], week[-1]).with_selection())
    nothing = "Everything in this week is done." if workouts else "Nothing is planned in this week."
    if form.cleaned_data["verb"] == "shift":
        workouts = [workout for workout in workouts if not workout.was_done]
    if not workouts:
        return refuse(request, f"{nothing} Nothing was changed.", status=422)
    back, there = reverse("week_of", args=[first]), _days_from(first)
    if form.cleaned_data["verb"] == "shift":
        return redraw(request, _shift(workouts, first - day, f"moved {there}", request.user), back)
    days = {workout.pk: workout.day + (first - day) for workout in workouts}
    return redraw(request, copy_workouts(days, f"copied {there}", by=request.user), back)


def _days_from(first: Day) -> str:
    """Where a whole week goes. From another day than that on which weeks begin, its end is in the week after."""
    if first == first_of_week(first, Preferences.load().week_start):
        return f"to the week of {first:%-d %b}"
    return f"to the days from {first:%a %-d %b} to {week_of(first)[-1]:%a %-d %b}"


def _done(workouts: Collection[Workout], by: Author) -> Outcome:
    """Days off stay."""
    return record_done_as_planned([one.pk for one in workouts if discipline_of(one.workout_type)], by=by)


def _move(workouts: Collection[Workout], day: Day | None, slot: str, by: Author) -> Outcome:
    wanted = {
        workout.pk: (on_day(workout, day) if day else {}) | ({} if slot == KEEP else in_slot(workout, slot))
        for workout in workouts
    }
    where = [f"moved to {day:%a %-d %b}" if day else "", "" if slot == KEEP else Slot(slot).value or "no time of day"]
    return change_selections(wanted, ", ".join(filter(None, where)), by=by)


def _copy(workouts: Collection[Workout], day: Day, slot: str, by: Author) -> Outcome:
    times = {} if slot == KEEP else {"time_of_day": slot or None}
    return copy_workouts({workout.pk: day for workout in workouts}, f"copied to {day:%a %-d %b}", times, by=by)


def _shift(workouts: Collection[Workout], by_days: datetime.timedelta, done: str, by: Author) -> Outcome:
    """Raises ValidationError."""
    try:
        days = {workout: workout.day + by_days for workout in workouts}
    except OverflowError as error:
        raise ValidationError("That is not a day of our time.") from error
    for day in days.values():
        of_our_time(day)
    return change_selections({workout.pk: on_day(workout, day) for workout, day in days.items()}, done, by=by)
