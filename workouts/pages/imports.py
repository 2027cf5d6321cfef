"""Importing the coach's plan: a file, its preview, and the files imported so far."""

import io
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from workouts.files.activities import activity_imports
from workouts.files.activities.recognizing import is_activity
from workouts.files.archive import is_archive, pack
from workouts.files.imports import importing, plan_file
from workouts.files.imports.plan_table import PLEASE
from workouts.files.imports.results import summary
from workouts.files.uploads import MAX_BYTES
from workouts.models import Upload
from workouts.pages import HtmxRequest
from workouts.pages.import_preview import SHOWN, Left, confirmed_moves, context_of, decisions_sent
from workouts.pages.refusals import says_refusals

PER_PAGE = 20
ACCEPTED = ".csv,.ics,.zip,.fit,.tcx,.gpx,.gz,text/csv,text/calendar,application/zip"

OCTETS = "application/octet-stream"
ACTIVITIES_TOO = "Recorded activities are imported here too: FIT, TCX or GPX."


ONE_PLAN = "Several files at once are imported if they are recorded activities. Import a plan by itself."


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[bytes]"]:
        return [cast("UploadedFile[bytes]", super(FilesField, self).clean(file, initial)) for file in data or [None]]


class ImportForm(forms.Form):
    file = FilesField(
        label="CSV file, calendar or recorded activities",
        allow_empty_file=True,
        widget=SeveralFiles({"accept": ACCEPTED}),
    )


def imports(request: HtmxRequest) -> HttpResponse:
    """The files imported so far, and the form for another; a POST stores the file and goes to its preview."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        try:
            return redirect(_previewed(*_sent(form.cleaned_data["file"]), request))
        except importing.NotImportable as refusal:
            form.add_error("file", f"{_with_activities(str(refusal))} Nothing was imported.")
    page = Paginator(Upload.objects.imported().for_list(), PER_PAGE).get_page(request.GET.get("page"))
    files = [(upload, _summary(upload)) for upload in page]
    context = {"form": form, "page": page, "files": files, "shown": SHOWN}
    return render(request, "workouts/imports/list.html", context, status=422 if form.errors else 200)


@says_refusals
def preview(request: HtmxRequest, upload_id: int) -> HttpResponse:
    """What importing a file would do; a POST does it."""
    if request.method == "POST":
        return _confirm(request, upload_id)
    upload = _upload(upload_id)
    return redirect("imports") if upload.change_id else _show(request, upload)


@require_POST
def discard(request: HtmxRequest, upload_id: int) -> HttpResponse:
    Upload.objects.imported().previewed().filter(pk=upload_id).delete()
    return redirect("imports")


@require_safe
def file(request: HtmxRequest, upload_id: int) -> FileResponse:
    """Downloads the file as it was uploaded."""
    upload = get_object_or_404(Upload.objects.imported(), pk=upload_id)
    content = bytes(upload.content)
    plan = "text/calendar" if plan_file.is_calendar(content) else "text/csv"
    kind = "application/zip" if is_archive(content) else OCTETS if upload.purpose == Upload.Purpose.ACTIVITY else plan
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=upload.file_name, content_type=kind)


def _sent(files: Sequence["UploadedFile[bytes]"]) -> tuple[str, bytes]:
    """Name and content of what was sent: of several files, those of an archive of them. Raises NotImportable."""
    contents = [(str(file.name), file.read(MAX_BYTES + 1)) for file in files]
    if len(contents) == 1:
        return contents[0]
    packed = pack(contents)
    if not is_activity(packed):
        raise importing.NotImportable(ONE_PLAN)
    return f"{len(contents)} files.zip", packed


def _previewed(name: str, content: bytes, request: HtmxRequest) -> str:
    """Stores a file of either kind. Returns the address of its preview. Raises NotImportable."""
    if is_activity(content):
        return reverse("activity", args=[activity_imports.preview(name, content, by=request.user).pk])
    return reverse("import", args=[importing.preview(name, content, by=request.user).pk])


def _with_activities(refusal: str) -> str:
    """The page takes more than the plans that a refusal asks for."""
    return f"{refusal} {ACTIVITIES_TOO}" if refusal.endswith(PLEASE) else refusal


def _summary(upload: Upload) -> str:
    is_activity = upload.purpose == Upload.Purpose.ACTIVITY
    return activity_imports.summary(upload.result) if is_activity else summary(upload.result)


def _upload(upload_id: int) -> Upload:
    return get_object_or_404(Upload.objects.imports(), pk=upload_id)


def _confirm(request: HtmxRequest, upload_id: int) -> HttpResponse:
    digest, moved, gone = request.POST.get("digest", ""), confirmed_moves(request.POST), decisions_sent(request.POST)
    try:
        upload = importing.confirm(
            upload_id, digest=digest, moved=moved, gone=gone, left_out=Left(request.POST).has, by=request.user
        )
    except importing.PlanChanged:
        return _show(request, _upload(upload_id), status=409)
    except importing.InvalidDecision as refusal:
        return _show(request, _upload(upload_id), status=422, refusal=str(refusal))
    messages.success(request, f"Imported {upload.file_name}: {summary(upload.result)}.")
    return redirect("imports")


def _show(request: HtmxRequest, upload: Upload, status: int = 200, refusal: str = "") -> HttpResponse:
    """The preview: after an invalid decision as it was sent, otherwise with the renames that were recognized."""
    content = bytes(upload.content)
    context = {"upload": upload, "outdated": status == 409, "refusal": refusal, "unread": plan_file.unread(content)}
    context["is_calendar"] = plan_file.is_calendar(content)
    context |= context_of(importing.plan_of(upload), request.POST if refusal else None)
    return render(request, "workouts/imports/preview.html", context, status=status)
