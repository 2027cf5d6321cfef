"""One workout: its details, its selection, and the forms for the athlete's own workouts."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, slugify
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from workouts.history import (
    DoneAhead,
    Outcome,
    change_selection,
    clear_done,
    delete_workout,
    edit_workout,
    record_done,
    reset_selection,
)
from workouts.models import Preferences, Workout
from workouts.models.shown import workout_with_selection
from workouts.pages import HtmxRequest
from workouts.pages.adding import add_once
from workouts.pages.forms import DoneForm, EstimateForm, SelectionForm, WorkoutForm, reasons
from workouts.pages.quick_add import fields_of
from workouts.pages.redraw import change_before, redraw
from workouts.pages.refusals import refuse, says_refusals
from workouts.pages.shown import was_changed_twice
from workouts.plan.step_chart import chart_of
from workouts.plan.step_reading import steps_of
from workouts.plan.zwo import zwo_of
from workouts.values.days import Day

TEXTS = ("time_of_day", "workout_location", "user_notes")
"""Columns of a selection that are written. Of the day it is seen at once where the workout is."""


@require_safe
@vary_on_headers("HX-Request")
@says_refusals
def details(request: HtmxRequest, workout_id: int) -> HttpResponse:
    """A page of its own, or the content of the week page's dialog."""
    workout = workout_with_selection(workout_id)
    template = "workouts/details.html" if request.htmx else "workouts/details_page.html"
    preferences = Preferences.load()
    context = {
        "workout": workout,
        "preferences": preferences,
        "today": timezone.localdate(),
        "done_form": DoneForm(workout, units=preferences),
        "estimate_form": EstimateForm(workout),
        "steps": chart_of(steps_of(workout)),
        "change": change_before(request),
    }
    return render(request, template, context)


@require_safe
def zwo(request: HtmxRequest, workout_id: int) -> HttpResponse:
    """The steps in the description, for Zwift and other trainer applications. 404 if there are none."""
    workout = get_object_or_404(Workout, pk=workout_id)
    steps = steps_of(workout)
    if not steps:
        raise Http404
    disposition = f'attachment; filename="{workout.day}-{slugify(workout.title)[:60] or "workout"}.zwo"'
    return HttpResponse(zwo_of(workout, steps), "application/xml", headers={"Content-Disposition": disposition})


@require_POST
@says_refusals
def select(request: HtmxRequest, workout_id: int) -> HttpResponse:
    """Changes the parts of the selection that the form sends."""
    workout = workout_with_selection(workout_id)
    form = SelectionForm(workout, request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422)
    values = form.values()
    outcome = change_selection(workout_id, values, by=request.user) if values else Outcome()
    return redraw(request, outcome, note=_replaced(workout, request.POST))


@require_POST
@says_refusals
def done(request: HtmxRequest, workout_id: int) -> HttpResponse:
    """Marks a workout as done, with the figures that the form sends."""
    form = DoneForm(Workout.objects.get(pk=workout_id), request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422)
    return redraw(request, record_done(workout_id, form.changes(), by=request.user))


@require_POST
@says_refusals
def not_done(request: HtmxRequest, workout_id: int) -> HttpResponse:
    return redraw(request, clear_done(workout_id, by=request.user))


@require_POST
@says_refusals
def reset(request: HtmxRequest, workout_id: int) -> HttpResponse:
    return redraw(request, reset_selection(workout_id, by=request.user))


@require_POST
@says_refusals
def estimate(request: HtmxRequest, workout_id: int) -> HttpResponse:
    form = EstimateForm(Workout.objects.get(pk=workout_id), request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422)
    return redraw(request, edit_workout(workout_id, form.changes(), by=request.user))


def add(request: HtmxRequest, day: Day | None = None) -> HttpResponse:
    """A GET may bring the `line` that was typed on a day."""
    line = request.GET.get("line", "")
    initial = {"originally_planned_day": day or timezone.localdate(), **fields_of(line)}
    form = WorkoutForm(request.POST if request.method == "POST" else None, initial=initial, label_suffix="")
    if form.is_valid():
        return redraw(request, add_once(request, form.cleaned_data), back=_week_of(form.day))
    context = {"form": form, "line": line}
    return render(request, "workouts/workout_form.html", context, status=422 if form.errors else 200)


@says_refusals
def edit(request: HtmxRequest, workout_id: int) -> HttpResponse:
    workout = workout_with_selection(workout_id)
    if not workout.is_custom:
        return redirect("workout", workout_id)
    form = WorkoutForm(request.POST if request.method == "POST" else None, instance=workout, label_suffix="")
    if form.is_valid():
        try:
            outcome = edit_workout(workout_id, *form.edited(), by=request.user)
            return redraw(request, outcome, back=_week_of(form.day))
        except DoneAhead as refusal:
            form.add_error("originally_planned_day", str(refusal))
    context = {"form": form, "workout": workout}
    return render(request, "workouts/workout_form.html", context, status=422 if form.errors else 200)


@require_POST
@says_refusals
def delete(request: HtmxRequest, workout_id: int) -> HttpResponse:
    workout = workout_with_selection(workout_id)
    return redraw(request, delete_workout(workout_id, by=request.user), back=_week_of(workout.day))


def _replaced(workout: Workout, sent: QueryDict) -> str:
    """What was written elsewhere since the page was shown, and is replaced by what was written on it."""
    stored = [(name, getattr(workout.selection, name, None)) for name in TEXTS]
    lost = [f"“{Truncator(text).chars(200)}”" for name, text in stored if text and was_changed_twice(sent, name, text)]
    return f"It replaced {', '.join(lost)}, written elsewhere meanwhile." if lost else ""


def _week_of(day: Day) -> str:
    return reverse("week_of", args=[day])
