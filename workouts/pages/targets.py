"""The targets of a week."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from workouts.history import set_target
from workouts.models import Preferences, WeekTarget
from workouts.pages import HtmxRequest
from workouts.pages.redraw import redraw
from workouts.pages.refusals import says_refusals
from workouts.pages.shown import ShowsForm, saved_alone
from workouts.pages.time_spans import TimeSpanField
from workouts.values import bounds
from workouts.values.days import Day, first_of_week, monday_in
from workouts.values.disciplines import Discipline


class TargetsForm(ShowsForm, forms.Form):
    """The targets of one week: hours and minutes in total and per discipline, and TSS."""

    def __init__(self, target: WeekTarget, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.fields["minutes"] = TimeSpanField("Total")
        for name in Discipline.values:
            self.fields[name] = TimeSpanField(name)
            self.initial[name] = target.minutes_by_discipline.get(name)
        self.fields["tss"] = forms.IntegerField(label="TSS", required=False, min_value=1, max_value=bounds.TSS)
        self.initial.update(minutes=target.minutes, tss=target.tss)

    def values(self) -> dict[str, Any] | None:
        """The columns of WeekTarget, or None if every field is empty."""
        given = self.with_changes()
        if not any(given.values()):
            return None
        of_disciplines = {name: given[name] for name in Discipline.values if given[name]}
        return {"minutes": given["minutes"], "tss": given["tss"], "minutes_by_discipline": of_disciplines}


@says_refusals
@saved_alone
def targets(request: HtmxRequest, day: Day) -> HttpResponse:
    """The form for one week. Without targets it starts from those of the last earlier week that has targets."""
    first = first_of_week(day, Preferences.load().week_start)
    if day != monday_in(first):
        return redirect("targets", monday_in(first))
    current = WeekTarget.objects.filter(week=day).first()
    earlier = WeekTarget.objects.filter(week__lt=day).order_by("-week").first()
    form = TargetsForm(current or earlier or WeekTarget(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcome = set_target(day, form.values(), by=request.user)
        return redraw(request, outcome, back=reverse("week_of", args=[day]))
    suggested = earlier.week - (day - first) if earlier and not current else None
    context = {"form": form, "first": first, "suggested": suggested}
    return render(request, "workouts/targets.html", context, status=422 if form.errors else 200)
