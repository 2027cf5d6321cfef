"""Errors outside of the views: a body that is too large, and a bug."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django_guid import get_guid

from workouts.api.errors import refuse
from workouts.files.uploads import MAX_BYTES

MEGABYTE = 1024**2


def too_large(request: HttpRequest) -> HttpResponse:
    body, file = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MEGABYTE, MAX_BYTES // MEGABYTE
    sentence = f"The request is larger than {body} MB; the limit for a file is {file} MB. Nothing was changed."
    return _answer(request, 413, "Too large", sentence)


def wrong_method(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """For a person who opens the address of a form, from the history or by loading an answer again."""
    sentence = "This address only takes what a form sends. Nothing was changed."
    answer = _answer(request, refused.status_code, "Nothing to show here", sentence)
    answer.headers["Allow"] = refused.headers["Allow"]
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    sentence = (
        "The planner could not answer. If you were changing something, check whether it was saved."
        f" The error is in the log, under the request id {get_guid()}."
    )
    return _answer(request, 500, "Something went wrong", sentence)


def _answer(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """JSON for a program, or a page that needs neither login nor database."""
    if request.path_info.startswith("/api/"):
        return refuse(status, sentence)
    page = loader.get_template("error.html").render({"title": title, "sentence": sentence})
    return HttpResponse(page, status=status)
