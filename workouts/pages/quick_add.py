"""A workout of the athlete's own, added by one line on its day."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from workouts.models import Preferences, Workout
from workouts.pages import HtmxRequest
from workouts.pages.adding import add_once
from workouts.pages.forms import WorkoutForm, of_our_time, reasons
from workouts.pages.redraw import redraw
from workouts.pages.refusals import refuse
from workouts.plan.quick_add import NotUnderstood, QuickWorkout, read

LONGEST = 1_000
"""Characters of a line: a title and the figures."""


class QuickAddForm(forms.Form):
    line = forms.CharField(label="In one line", required=False, max_length=LONGEST)
    day = forms.DateField(label="Day", validators=[of_our_time])

    def clean_line(self) -> QuickWorkout:
        try:
            return read(self.cleaned_data["line"])
        except NotUnderstood as reason:
            raise ValidationError(str(reason)) from reason


def quick_add(request: HtmxRequest) -> HttpResponse:
    """Adds what the line says. A GET shows how it is understood, and why not."""
    if request.method != "POST":
        return _preview(request)
    form = QuickAddForm(request.POST)
    if not form.is_valid():
        return refuse(request, reasons(form), status=422) if request.htmx else _again(request, form)
    day = form.cleaned_data["day"]
    values = asdict(form.cleaned_data["line"])
    time = values.pop("time_of_day")
    added = {**values, "originally_planned_day": day}
    outcome = add_once(request, added, {"time_of_day": time} if time else None)
    return redraw(request, outcome, back=reverse("week_of", args=[day]))


def fields_of(line: str) -> dict[str, Any]:
    """What a line says, for the form with every field. Empty if it is not understood."""
    try:
        return asdict(read(line[:LONGEST]))
    except NotUnderstood:
        return {}


def _again(request: HttpRequest, form: QuickAddForm) -> HttpResponse:
    """Without scripts: the page with the line as it was typed, and the reason."""
    initial = {"originally_planned_day": form.cleaned_data.get("day") or timezone.localdate()}
    context = {
        "form": WorkoutForm(initial=initial, label_suffix=""),
        "line": form.data.get("line", ""),
        "reason": reasons(form),
    }
    return render(request, "workouts/workout_form.html", context, status=422)


def _preview(request: HttpRequest) -> HttpResponse:
    form = QuickAddForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        values = asdict(form.cleaned_data["line"])
        time = values.pop("time_of_day")
        context |= {
            "workout": Workout(**values, originally_planned_day=form.cleaned_data["day"]),
            "time": time,
            "preferences": Preferences.load(),
        }
    return render(request, "workouts/quick_preview.html", context)
