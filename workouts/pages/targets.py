"""The targets of a week."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from workouts.history import set_target
from workouts.models import Preferences, WeekTarget
from workouts.pages import HtmxRequest
from workouts.pages.forms import TargetsForm
from workouts.pages.redraw import redraw
from workouts.pages.refusals import says_refusals
from workouts.pages.shown import saved_alone
from workouts.values.days import Day, first_of_week, monday_in


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
