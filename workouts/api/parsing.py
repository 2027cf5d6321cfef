"""JSON bodies, in which a name may occur only once: of two values one would be lost silently."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class DuplicateName(ValueError):
    """The body is valid JSON, but has a name twice in one object."""


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(request.body, object_pairs_hook=_without_duplicates)
        return body


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DuplicateName("The body has a name twice.")
    return found
