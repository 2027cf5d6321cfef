"""The days on which the athlete cannot train."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic_core import PydanticCustomError

from workouts.history import add_availability, change_availability, remove_availability
from workouts.models import Availability
from workouts.pages import HtmxRequest
from workouts.pages.forms import of_our_time
from workouts.pages.redraw import change_before, redraw
from workouts.pages.refusals import says_refusals
from workouts.values import bounds
from workouts.values.days import Day, Weekday
from workouts.values.disciplines import Unavailable
from workouts.values.validation import check_range, last_day_or_default

PER_PAGE = 50
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class AvailabilityForm(forms.Form):
    discipline = forms.ChoiceField(label="What", choices=Unavailable.choices, required=False)
    weekday = forms.TypedChoiceField(
        label="On",
        choices=[("", "Every day"), *((day.value, f"{day.label}s") for day in Weekday)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    first_day = forms.DateField(label="From", validators=[of_our_time], widget=DAY)
    last_day = forms.DateField(
        label="To",
        help_text=f"Empty: one day, or with a weekday {bounds.AWAY} days.",
        required=False,
        validators=[of_our_time],
        widget=DAY,
    )
    reason = forms.CharField(
        label="Reason", required=False, max_length=bounds.REASON, widget=forms.TextInput({"dir": "auto"})
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if {"weekday", "first_day", "last_day"} <= values.keys():
            first, weekday = values["first_day"], values["weekday"]
            values["last_day"] = last_day_or_default(values["last_day"], first, weekday)
            try:
                check_range(first, values["last_day"], weekday)
            except PydanticCustomError as error:
                raise ValidationError({error.type: f"{error}."}) from error
        return values


@says_refusals
def availability(request: HtmxRequest, day: Day | None = None) -> HttpResponse:
    """What lies ahead, and the form for more, which begins on `day`."""
    data = request.POST if request.method == "POST" else None
    today = timezone.localdate()
    form = AvailabilityForm(data, initial={"first_day": day or today}, label_suffix="")
    if form.is_valid():
        _, outcome = add_availability(form.cleaned_data, by=request.user)
        return redraw(request, outcome, back=reverse("availability"))
    ahead = Availability.objects.filter(last_day__gte=today)
    page = Paginator(ahead, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "change": change_before(request)}
    return render(request, "workouts/availability.html", context, status=422 if form.errors else 200)


@says_refusals
def edit(request: HtmxRequest, availability_id: int) -> HttpResponse:
    one = Availability.objects.get(pk=availability_id)
    form = AvailabilityForm(request.POST or None, initial=vars(one), label_suffix="")
    if form.is_valid():
        outcome = change_availability(one.pk, form.cleaned_data, by=request.user)
        return redraw(request, outcome, back=reverse("availability"))
    context = {"form": form, "one": one}
    return render(request, "workouts/availability_form.html", context, status=422 if form.errors else 200)


@require_POST
@says_refusals
def remove(request: HtmxRequest, availability_id: int) -> HttpResponse:
    return redraw(request, remove_availability(availability_id, by=request.user), back=reverse("availability"))
