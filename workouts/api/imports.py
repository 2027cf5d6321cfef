"""/api/workouts/import: the coach's plan as a file."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status
from pydantic import BaseModel, Field

from workouts.api.errors import WRITING, refuse, refuse_values
from workouts.api.schemas import Answer, Done
from workouts.files.imports import plan_file
from workouts.files.imports.decisions import Policy
from workouts.files.imports.importing import EveryRowSkipped, NotImportable, import_file
from workouts.files.uploads import MAX_BYTES, TOO_LARGE

router = Router(tags=["Workouts"], by_alias=True)

FILE = {"type": "string", "format": "binary"}
FORM = {"type": "object", "properties": {"file": FILE}, "required": ["file"]}


def body_with_file(content_type: str) -> dict[str, Any]:
    """The schema of a request: a file as the field of a form, or as the whole body."""
    content = {"multipart/form-data": {"schema": FORM}, content_type: {"schema": FILE}}
    return {"requestBody": {"required": True, "content": content}}


class ImportOptions(BaseModel):
    gone: Policy = Field(
        Policy.KEEP,
        description="What to do with workouts that are not in the file: keep them, drop them from the plan, or rename"
        " those that the coach renamed and keep the others.",
    )


class SkippedRow(Answer):
    row: int
    reason: str


class MovedRow(Answer):
    row: int
    title: str
    from_: datetime.date = Field(validation_alias="from", serialization_alias="from")
    to: datetime.date


class GoneWorkout(Answer):
    id: int
    title: str
    day: datetime.date
    decision: Policy = Field(validation_alias="choice", description="What became of it.")
    row: int | None = Field(description="The row of the file that it became, or may have become if it was kept.")
    becomes: str | None = Field(description="The title of that row.")


class ImportAnswer(Done):
    imported: int = Field(description="New workouts.")
    changed: int
    unchanged: int
    moved: list[MovedRow] = Field(description="Workouts that the coach moved to another day.")
    skipped: list[SkippedRow]
    unread: list[str] = Field(description="The files of an archive that are not the plan. They were not imported.")
    gone: list[GoneWorkout] = Field(description="The coach's workouts that are on the days of the file but not in it.")


@router.post(
    "/import",
    operation_id="importWorkouts",
    response={201: ImportAnswer, **WRITING},
    openapi_extra=body_with_file("text/csv"),
)
def import_workouts(request: HttpRequest, options: Query[ImportOptions]) -> Status[dict[str, Any]] | HttpResponse:
    """Imports a plan, sent as the form field `file` or as the whole body: CSV of TrainingPeaks or intervals.icu, or a
    calendar (.ics), also in a ZIP.

    Existing workouts are updated. The answer lists rows that could not be read and were skipped, and the coach's
    workouts that are on the days of the file but not in it. If every row is skipped, nothing is imported.
    """
    name, content = uploaded_file(request, "workouts.csv")
    if len(content) > MAX_BYTES:
        return refuse(413, f"{TOO_LARGE} Nothing was imported.")
    if not content.strip():
        return refuse(400, "No file. Send it as the form field “file”, or as the body.")
    try:
        result = import_file(name, content, by=request.user, gone=options.gone).result
    except NotImportable as error:
        return refuse_values({"file": str(error)})
    except EveryRowSkipped as error:
        words, skipped = str(error), error.result["skipped"]
        return refuse(422, f"Not accepted, and nothing was changed. {words}", fields={"file": words}, skipped=skipped)
    message = f"Successfully imported {result['new']} workouts"
    return Status(201, {**result, "imported": result["new"], "unread": plan_file.unread(content), "message": message})


def uploaded_file(request: HttpRequest, name: str) -> tuple[str, bytes]:
    """Name and content of the file, read to one byte past the limit: enough to know that it is too large.

    A file that is the whole body is called `name`.
    """
    if request.content_type != "multipart/form-data":
        return name, request.read(MAX_BYTES + 1)
    upload = request.FILES.get("file")
    return (upload.name or "", upload.read(MAX_BYTES + 1)) if upload else ("", b"")
