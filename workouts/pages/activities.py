"""The preview of a recorded activity: what it recorded, and which planned workout it was."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from workouts.files.activities import activity_imports
from workouts.files.activities.activity import COLUMNS, RATINGS
from workouts.files.activities.pairing import NEW, Pairing
from workouts.files.uploads import PlanChanged
from workouts.models import Preferences, Upload, Workout
from workouts.pages import HtmxRequest
from workouts.pages.refusals import says_refusals


@says_refusals
def activity(request: HtmxRequest, upload_id: int) -> HttpResponse:
    """What importing the file would do; a POST does it."""
    upload = get_object_or_404(Upload.objects.activities(), pk=upload_id)
    if request.method == "POST":
        return _confirm(request, upload)
    return redirect("imports") if upload.change_id else _show(request, upload)


def _confirm(request: HtmxRequest, upload: Upload) -> HttpResponse:
    digest, choices = request.POST.get("digest", ""), _choices(request.POST)
    try:
        upload = activity_imports.confirm(upload.pk, digest=digest, choices=choices, by=request.user)
    except PlanChanged:
        reason = "The plan has changed since this preview. This is what the file may be now."
        return _show(request, upload, f"{reason} Nothing was imported.", status=409)
    except activity_imports.Unclear as refusal:
        return _show(request, upload, f"{refusal} Nothing was imported.", status=422)
    day = activity_imports.first_day(upload)
    query = f"?changed={upload.change_id}" if upload.change_id else ""
    return redirect(f"{reverse('week_of', args=[day])}{query}#day-{day.isoformat()}")


def _choices(sent: QueryDict) -> dict[int, str]:
    """The choice for each activity, by its position in the file: `workout-0`."""
    numbers = {name: name.removeprefix("workout-") for name in sent}
    return {int(number): str(sent[name]) for name, number in numbers.items() if number.isdecimal() and len(number) < 4}


def _show(request: HtmxRequest, upload: Upload, reason: str = "", status: int = 200) -> HttpResponse:
    plan = activity_imports.plan_of(upload)
    sent = _choices(request.POST) if status == 422 else plan.suggestions
    context = {
        "upload": upload,
        "plan": plan,
        "reason": reason,
        "preferences": Preferences.load(),
        "new": NEW,
        "now": timezone.now(),
        "unread": activity_imports.unread_of(upload),
        "pairings": [(pairing, _as_workout(pairing), sent.get(number)) for number, pairing in enumerate(plan.pairings)],
    }
    return render(request, "workouts/imports/activity.html", context, status=status)


def _as_workout(pairing: Pairing) -> Workout:
    """The activity as the templates of workouts show it."""
    columns = COLUMNS | RATINGS
    figures: dict[str, Any] = {column: getattr(pairing.activity, name) for name, column in columns.items()}
    return Workout(workout_type=pairing.activity.workout_type, **figures)
