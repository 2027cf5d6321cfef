"""The URLs of the API. Under /api/ every answer is JSON, except for the page of its documentation."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from workouts.api import accounts, activities, done, feed, imports, selections, status, targets, workouts
from workouts.api.auth import BearerToken, SessionLogin
from workouts.api.errors import add_handlers, refuse
from workouts.api.parsing import StrictParser

View = Callable[..., HttpResponse]

api = NinjaAPI(
    title="Workout planner API",
    description="The coach's plan, and the athlete's selections.",
    urls_namespace="api",
    auth=[BearerToken(), SessionLogin()],
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)
add_handlers(api)
api.add_router("/workouts", workouts.router)
api.add_router("/workouts", imports.router)
api.add_router("/workouts", done.router)
api.add_router("/activities", activities.router)
api.add_router("/selections", selections.router)
api.add_router("/auth", accounts.router)
api.add_router("", targets.router)
api.add_router("", feed.router)
api.add_router("", status.router)


@api.get("/openapi.json", include_in_schema=False, url_name="schema")
def schema(request: HttpRequest) -> dict[str, Any]:
    return api.get_openapi_schema()


def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI from ninja's files, started by our own script: the CSP does not allow inline scripts."""
    return render(request, "workouts/api_docs.html")


@login_not_required
@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    return refuse(404, "There is nothing at this address.")


def for_programs(view: View) -> View:
    """Leaves login and CSRF token to ninja, which answers 401 where a page would redirect.

    Ninja's 405 is not JSON, and it does not handle HEAD: it becomes GET here, as in Django's own views, and the server
    sends no body.
    """

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method
        request.method = "GET" if method == "HEAD" else method
        response = view(request, *args, **kwargs)
        request.method = method
        if response.status_code == 405:
            refusal = refuse(405, f"{method} is not allowed here.")
            refusal["Allow"] = response["Allow"].replace("GET", "GET, HEAD")
            return refusal
        return response

    return answer


patterns, *_ = api.urls
for pattern in patterns:
    pattern.callback = for_programs(cast("View", pattern.callback))

urlpatterns = [
    path("", not_found),
    path("docs", docs, name="api-docs"),
    path("", include((patterns, api.urls_namespace))),
    re_path("", not_found),
]
