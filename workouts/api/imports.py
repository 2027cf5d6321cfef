"""/api/workouts/import: the coach's plan as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from workouts.api.errors import WRITING, refuse, refuse_values
from workouts.api.schemas import ImportAnswer, ImportChoice
from workouts.files.imports.importing import EveryRowSkipped, NotImportable, import_file
from workouts.files.uploads import MAX_BYTES

router = Router(tags=["Workouts"], by_alias=True)

FILE = {"type": "string", "format": "binary"}
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": FILE}, "required": ["file"]}},
        "text/csv": {"schema": FILE},
    },
}


@router.post(
    "/import",
    operation_id="importWorkouts",
    response={201: ImportAnswer, **WRITING},
    openapi_extra={"requestBody": BODY},
)
def import_workouts(request: HttpRequest, choice: Query[ImportChoice]) -> Status[dict[str, Any]] | HttpResponse:
    """Imports a TrainingPeaks export: as the field `file` of a form, or as the whole body.

    What is already there is brought up to date. A row that cannot be read is skipped, and named in the answer. So are
    the coach's workouts on the days of the file that it does not have. Where every row is skipped, nothing is imported.
    """
    name, content = _file(request)
    if len(content) > MAX_BYTES:
        return refuse(413, f"The file is larger than {MAX_BYTES // 1024**2} MB. Nothing was imported.")
    if not content.strip():
        return refuse(400, "No CSV data. Send the file as the form field “file”, or as the body.")
    try:
        result = import_file(name, content, by=request.user, gone=choice.gone).result
    except NotImportable as error:
        return refuse_values({"file": str(error)})
    except EveryRowSkipped as error:
        words, skipped = str(error), error.result["skipped"]
        return refuse(422, f"Not accepted, and nothing was changed. {words}", fields={"file": words}, skipped=skipped)
    message = f"Successfully imported {result['new']} workouts"
    return Status(201, {**result, "imported": result["new"], "message": message})


def _file(request: HttpRequest) -> tuple[str, bytes]:
    """Name and content, of which one byte more than is allowed is enough to know."""
    if request.content_type != "multipart/form-data":
        return "workouts.csv", request.read(MAX_BYTES + 1)
    upload = request.FILES.get("file")
    return (upload.name or "", upload.read(MAX_BYTES + 1)) if upload else ("", b"")
