"""Bodies in JSON, in which no name may stand twice: of two values one would be lost without a word."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class NameStandsTwice(ValueError):
    """The body is JSON, and cannot be meant so."""


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(request.body, object_pairs_hook=_each_once)
        return body


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NameStandsTwice("A name stands twice in the body.")
    return found
