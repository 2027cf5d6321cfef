"""Importing the coach's plan: a file, its preview, and the files imported so far."""

import io
from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from workouts.imports import csv_file, importing
from workouts.imports.archive import is_archive
from workouts.imports.differences import differences, unusual_values
from workouts.imports.encoding import UNICODE
from workouts.imports.forms import UploadForm
from workouts.models import Import, Preferences
from workouts.pages import HtmxRequest
from workouts.uploads import MAX_BYTES, plans

PER_PAGE = 20
SHOWN = 100
"""Rows of a table of the preview, of which an import may have thousands."""

ALL_MOVES = "all"


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
    page = Paginator(plans().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    files = [(upload, importing.summary(upload.result)) for upload in page]
    context = {"form": form, "page": page, "files": files, "shown": SHOWN}
    return render(request, "workouts/imports/list.html", context, status=422 if form.errors else 200)


def preview(request: HtmxRequest, import_id: int) -> HttpResponse:
    """What importing a file would do; a POST does it."""
    if request.method == "POST":
        return _confirm(request, import_id)
    upload = get_object_or_404(plans(), pk=import_id)
    return redirect("imports") if upload.change_id else _show(request, upload)


@require_POST
def discard(request: HtmxRequest, import_id: int) -> HttpResponse:
    plans().previewed().filter(pk=import_id).delete()
    return redirect("imports")


@require_safe
def file(request: HtmxRequest, import_id: int) -> FileResponse:
    """The file as it came."""
    upload = get_object_or_404(plans(), pk=import_id)
    content = bytes(upload.content)
    kind = "application/zip" if is_archive(content) else "text/csv"
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=upload.file_name, content_type=kind)


def _confirm(request: HtmxRequest, import_id: int) -> HttpResponse:
    digest, moved = request.POST.get("digest", ""), _confirmed_moves(request.POST.getlist("moved"))
    try:
        upload = importing.confirm(import_id, digest=digest, moved=moved, by=request.user)
    except Import.DoesNotExist:
        raise Http404 from None
    except importing.PlanChanged:
        return _show(request, get_object_or_404(plans(), pk=import_id), status=409)
    messages.success(request, f"Imported {upload.file_name}: {importing.summary(upload.result)}.")
    return redirect("imports")


def _confirmed_moves(ticked: Iterable[str]) -> set[int] | None:
    """The rows whose moves were ticked. None for all, which is one box where there are more than are shown."""
    if ALL_MOVES in ticked:
        return None
    return {int(row) for row in ticked if row.isascii() and row.isdigit() and len(row) < 10}


def _show(request: HtmxRequest, upload: Import, status: int = 200) -> HttpResponse:
    plan, preferences = importing.plan_of(upload), Preferences.load()
    result, encoding = plan.result(), csv_file.read(bytes(upload.content)).encoding
    context = {
        "upload": upload,
        "plan": plan,
        "result": result,
        "counts": importing.counts(result).items(),
        "changed": [(match, differences(match, preferences)) for match in plan.merge.changed[:SHOWN]],
        "unusual": unusual_values(plan.merge),
        "encoding": encoding if encoding != UNICODE else "",
        "preferences": preferences,
        "shown": SHOWN,
        "all_moves": ALL_MOVES,
        "outdated": status == 409,
    }
    return render(request, "workouts/imports/preview.html", context, status=status)
