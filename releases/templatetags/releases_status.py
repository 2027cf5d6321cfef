"""How the database is, in three lines, for the front page of an admin."""

from typing import Any

from django import template
from django.db import connection

from releases import contract
from releases.models import Release
from releases.schema import verify

register = template.Library()


@register.inclusion_tag("releases/status.html")
def releases_status() -> dict[str, Any]:
    """The last release, whether the schema is whole, and what is pending. Compares the schema now."""
    verdict = verify(connection)
    return {
        "opts": Release._meta,
        "last": Release.objects.first(),
        "missing": verdict.sentences,
        "compared": bool(verdict.digest),
        "pending": len(contract.pending(connection)),
    }
