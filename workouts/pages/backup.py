"""Export and restore of everything that the athlete has."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workouts.files.exports.exporting import export_csv, export_json
from workouts.files.restores import restoring
from workouts.files.uploads import MAX_BYTES
from workouts.history import Stale
from workouts.models import Upload
from workouts.pages.refusals import says_refusals

CHANGED_SINCE = "The planner has changed since this preview. Nothing was restored. This is what restoring would do now:"


class RestoreForm(forms.Form):
    file = forms.FileField(label="export.json", widget=forms.FileInput(attrs={"accept": ".json"}))


@require_safe
@never_cache
def as_json(request: HttpRequest) -> HttpResponse:
    return _download("".join(export_json()), "json", "application/json")


@require_safe
@never_cache
def as_csv(request: HttpRequest) -> HttpResponse:
    return _download("".join(export_csv()), "csv", "text/csv; charset=utf-8")


def restore(request: HttpRequest) -> HttpResponse:
    """The form for a file; a POST stores the file and goes to its preview."""
    form = RestoreForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = restoring.preview(file.name, file.read(MAX_BYTES + 1), by=request.user)
        except restoring.NotRestorable as error:
            form.add_error("file", f"{error} Nothing was changed.")
        else:
            return redirect("restore_preview", upload.pk)
    return render(request, "workouts/backup/restore.html", {"form": form}, status=422 if form.errors else 200)


@says_refusals
def restore_preview(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What restoring a file would do; a POST does it."""
    upload = get_object_or_404(Upload.objects.restores(), pk=upload_id)
    if request.method == "POST":
        return _confirm(request, upload)
    return _restored(upload) if upload.change_id else _preview(request, upload)


def _confirm(request: HttpRequest, upload: Upload) -> HttpResponse:
    try:
        restored = restoring.confirm(upload.pk, digest=request.POST.get("digest", ""), by=request.user)
    except (restoring.PlanChanged, Stale):
        return _preview(request, upload, reason=CHANGED_SINCE, status=409)
    return _restored(restored)


def _restored(upload: Upload) -> HttpResponse:
    """Redirects to the week, which offers to undo the restoration."""
    return redirect(f"{reverse('week')}?changed={upload.change_id}")


def _preview(request: HttpRequest, upload: Upload, reason: str = "", status: int = 200) -> HttpResponse:
    context = {"upload": upload, "plan": restoring.plan_of(upload), "reason": reason}
    return render(request, "workouts/backup/preview.html", context, status=status)


def _download(text: str, extension: str, content_type: str) -> HttpResponse:
    name = f"planner-{timezone.localdate().isoformat()}.{extension}"
    return HttpResponse(
        text, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
