"""Importing the coach's plan: a file, its preview, and the files imported so far."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from workouts.files.imports import importing
from workouts.files.imports.archive import is_archive
from workouts.files.imports.choices import KEEP, Choices, Policy, by_policy
from workouts.files.imports.differences import differences, unusual_values
from workouts.files.imports.encoding import UNICODE
from workouts.files.imports.forms import UploadForm
from workouts.files.imports.gone import Gone
from workouts.files.uploads import MAX_BYTES
from workouts.models import Preferences, Upload, WorkoutSelection
from workouts.pages import HtmxRequest

PER_PAGE = 20
SHOWN = 100
"""Rows of a table of the preview, of which an import may have thousands."""

CHOSEN_SINGLY = 300
"""Workouts that the file does not have, each with a choice of its own. For more there is one choice for all."""

ALL_MOVES = "all"
GONE = "gone-"
"""What the fields of single choices begin with, before the id of the workout."""


def imports(request: HtmxRequest) -> HttpResponse:
    """The files imported so far, and the form for another."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = importing.preview(file.name, file.read(MAX_BYTES + 1), by=request.user)
        except importing.NotImportable as refusal:
            form.add_error("file", f"{refusal} Nothing was imported.")
        else:
            return redirect("import", upload.pk)
    page = Paginator(Upload.objects.imports().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    files = [(upload, importing.summary(upload.result)) for upload in page]
    context = {"form": form, "page": page, "files": files, "shown": SHOWN}
    return render(request, "workouts/imports/list.html", context, status=422 if form.errors else 200)


def preview(request: HtmxRequest, upload_id: int) -> HttpResponse:
    """What importing a file would do; a POST does it."""
    if request.method == "POST":
        return _confirm(request, upload_id)
    upload = _upload(upload_id)
    return redirect("imports") if upload.change_id else _show(request, upload)


@require_POST
def discard(request: HtmxRequest, upload_id: int) -> HttpResponse:
    Upload.objects.imports().previewed().filter(pk=upload_id).delete()
    return redirect("imports")


@require_safe
def file(request: HtmxRequest, upload_id: int) -> FileResponse:
    """The file as it came."""
    upload = _upload(upload_id)
    content = bytes(upload.content)
    kind = "application/zip" if is_archive(content) else "text/csv"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=upload.file_name, content_type=kind)


def _upload(upload_id: int) -> Upload:
    return get_object_or_404(Upload.objects.imports(), pk=upload_id)


def _confirm(request: HtmxRequest, upload_id: int) -> HttpResponse:
    digest, moved = request.POST.get("digest", ""), _confirmed_moves(request.POST.getlist("moved"))
    try:
        upload = importing.confirm(upload_id, digest=digest, moved=moved, gone=_choices(request.POST), by=request.user)
    except Upload.DoesNotExist:
        raise Http404 from None
    except importing.PlanChanged:
        return _show(request, _upload(upload_id), status=409)
    except importing.WrongChoice as refusal:
        return _show(request, _upload(upload_id), status=422, refusal=str(refusal))
    messages.success(request, f"Imported {upload.file_name}: {importing.summary(upload.result)}.")
    return redirect("imports")


def _confirmed_moves(ticked: Iterable[str]) -> set[int] | None:
    """The rows whose moves were ticked. None for all, which is one box where there are more than are shown."""
    if ALL_MOVES in ticked:
        return None
    return {int(row) for row in ticked if _is_number(row)}


def _choices(sent: QueryDict) -> Choices | Policy:
    """What becomes of the workouts that the file does not have: of all of them, or of each."""
    policy = next((policy for policy in Policy if policy == sent.get("gone")), None)
    numbers = {name: name.removeprefix(GONE) for name in sent if name.startswith(GONE)}
    return policy or {int(number): str(sent[name]) for name, number in numbers.items() if _is_number(number)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _show(request: HtmxRequest, upload: Upload, status: int = 200, refusal: str = "") -> HttpResponse:
    """The preview. After a wrong choice as it was sent, else with the renames that are recognised."""
    plan, preferences = importing.plan_of(upload), Preferences.load()
    suggested = plan.with_choices(Policy.RENAME)
    choices = _choices(request.POST) if refusal else suggested.choices
    result = suggested.result()
    context = {
        "upload": upload,
        "plan": plan,
        "suggested": suggested,
        "result": result,
        "counts": importing.counts(result).items(),
        "unusual": unusual_values(plan.merge),
        "encoding": plan.encoding if plan.encoding != UNICODE else "",
        "gone": _with_choices(plan.gone, by_policy(plan.gone, choices) if isinstance(choices, Policy) else choices),
        "ticked": _confirmed_moves(request.POST.getlist("moved")) if refusal else None,
        "changed": [(match, differences(match, preferences)) for match in suggested.merge.changed[:SHOWN]],
        "preferences": preferences,
        "shown": SHOWN,
        "chosen_singly": CHOSEN_SINGLY,
        "all_moves": ALL_MOVES,
        "outdated": status == 409,
        "refusal": refusal,
    }
    return render(request, "workouts/imports/preview.html", context, status=status)


def _with_choices(gone: Sequence[Gone], choices: Choices) -> list[dict[str, Any]]:
    """Those that are chosen for one by one, each with its choice and what the athlete chose for it."""
    shown = gone[:CHOSEN_SINGLY] if len(gone) <= CHOSEN_SINGLY else gone[:SHOWN]
    found = WorkoutSelection.objects.filter(workout__in=[one.workout.pk for one in shown])
    selections = {selection.workout_id: selection for selection in found}
    return [
        {
            "gone": one,
            "choice": choices.get(one.workout.pk, KEEP),
            "selection": selections.get(one.workout.pk),
        }
        for one in shown
    ]
