"""The athlete's settings: preferences, the calendar's address, the coach's link, the API token, the password."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workouts.accounts.tokens import issue, revoke
from workouts.history import save_preferences
from workouts.models import Preferences, Token
from workouts.pages import HtmxRequest
from workouts.pages.refusals import says_refusals
from workouts.pages.shown import ShowsForm, saved_alone

ALREADY = (
    "Nothing was changed: it was created or renewed meanwhile. What was shown then works, and cannot be shown again."
)
REVOKED = "Nothing was changed: it was revoked meanwhile."


class PreferencesForm(ShowsForm, forms.ModelForm):
    """Units, and the times at which the slots of a day begin."""

    class Meta:
        model = Preferences
        fields = ("distance_unit", "swim_unit", "week_start", "morning", "afternoon", "evening")
        labels = {
            "distance_unit": "Distances",
            "swim_unit": "In the pool",
            "morning": "Morning, in calendars",
            "afternoon": "Afternoon, in calendars",
            "evening": "Evening, in calendars",
        }
        widgets = {
            name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("morning", "afternoon", "evening")
        }

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, instance=Preferences.load(), label_suffix="")


class AthletesRequest(HtmxRequest):
    """A request behind the login."""

    user: User


@says_refusals
@saved_alone
def settings(request: AthletesRequest) -> HttpResponse:
    form = PreferencesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        save_preferences(form.with_changes(), by=request.user)
        messages.success(request, "The preferences were saved.")
        return redirect("settings")
    return _page(request, form)


@never_cache
@require_POST
def issue_token(request: AthletesRequest, purpose: str) -> HttpResponse:
    """Shows the secret in the answer itself: a redirect would have to store it until the next page.

    So the answer may be loaded again, which replaces nothing: the form says which secret it replaces.
    """
    token = Token.objects.filter(user=request.user, purpose=_purpose(purpose)).first()
    if request.POST.get("replaces", "") != (token.created_at.isoformat() if token else ""):
        messages.info(request, ALREADY if token else REVOKED)
        return redirect("settings")
    secret = issue(request.user, _purpose(purpose))
    return _page(request, PreferencesForm(), **{f"{purpose}_secret": secret})


@require_POST
def revoke_token(request: AthletesRequest, purpose: str) -> HttpResponse:
    if revoke(request.user, _purpose(purpose)):
        messages.success(request, f"{_purpose(purpose).label}: revoked. It no longer works.")
    return redirect("settings")


class ChangePassword(PasswordChangeView):
    """Keeps this session and ends every other one of the account."""

    template_name = "workouts/password.html"
    success_url = reverse_lazy("settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "The password was changed. Every other login has ended.")
        return super().form_valid(form)


def _purpose(name: str) -> Token.Purpose:
    try:
        return Token.Purpose(name)
    except ValueError:
        raise Http404 from None


def _page(request: AthletesRequest, form: PreferencesForm, **secrets: str) -> HttpResponse:
    tokens = {token.purpose: token for token in Token.objects.filter(user=request.user)}
    context = {"form": form, **{purpose.value: tokens.get(purpose) for purpose in Token.Purpose}, **secrets}
    if secret := secrets.get("coach_secret"):
        context["coach_address"] = request.build_absolute_uri(f"{reverse('coach')}?{urlencode({'key': secret})}")
    if secret := secrets.get("feed_secret"):
        address = request.build_absolute_uri(f"{reverse('feed')}?{urlencode({'key': secret})}")
        context |= {"feed_address": address, "subscribe": f"webcal:{address.partition(':')[2]}"}
    return render(request, "workouts/settings.html", context, status=422 if form.errors else 200)
