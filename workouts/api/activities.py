"""/api/activities: recorded activities as files."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status
from pydantic import BaseModel, Field

from workouts.api.errors import WRITING, refuse, refuse_values
from workouts.api.imports import body_with_file, uploaded_file
from workouts.api.schemas import Answer, Done
from workouts.files.activities.activity_imports import Unclear, import_activities, plan_of, unread_of
from workouts.files.uploads import MAX_BYTES, TOO_LARGE, NotImportable

router = Router(tags=["Workouts"], by_alias=True)


class ActivityOptions(BaseModel):
    workout: list[str] = Field(
        [],
        description="The id of the workout that the activity was, or “new” if it was not planned. For a file with"
        " several activities once for each, in their order, empty for one that is clear.",
    )


class ImportedActivity(Answer):
    started_at: datetime.datetime
    workout_type: str
    workout_id: int = Field(description="The workout that has its figures now, or had them already.")


class ActivitiesAnswer(Done):
    activities: list[ImportedActivity]
    unread: list[str] = Field(description="The files of an archive that have no activity, each with the reason.")


@router.post(
    "",
    operation_id="importActivity",
    response={201: ActivitiesAnswer, **WRITING},
    openapi_extra=body_with_file("application/octet-stream"),
)
def import_activity(request: HttpRequest, options: Query[ActivityOptions]) -> Status[dict[str, Any]] | HttpResponse:
    """Imports a FIT, TCX or GPX file, also as .gz or .zip, sent as the form field `file` or as the whole body.

    It becomes what was done of the planned workout of its day and discipline, or a recorded activity if there is none.
    If it is not clear which workout it was, the answer is 409 with the `choices` and the number of the `activity`. The
    same file again changes nothing. Of an archive, the files that cannot be read are left out and named.
    """
    name, content = uploaded_file(request, "activity")
    if len(content) > MAX_BYTES:
        return refuse(413, f"{TOO_LARGE} Nothing was imported.")
    if not content:
        return refuse(400, "No file. Send it as the form field “file”, or as the body.")
    chosen = {number: choice for number, choice in enumerate(options.workout) if choice}
    try:
        upload = import_activities(name, content, chosen, by=request.user)
    except NotImportable as error:
        return refuse_values({"file": str(error)})
    except Unclear as error:
        return refuse(409, f"{error} Nothing was imported.", choices=error.choices, activity=error.activity)
    activities = [
        {"started_at": one.activity.started_at, "workout_type": one.activity.workout_type, "workout_id": one.already.pk}
        for one in plan_of(upload).pairings
        if one.already
    ]
    message = "Imported" if upload.change_id else "Already imported"
    return Status(201, {"message": message, "activities": activities, "unread": unread_of(upload)})
