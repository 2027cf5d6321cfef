"""Whether the database can be told what a backfill does, before anything is changed."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.sql import UpdateQuery


def compile_update(rows: QuerySet[Any], update: Mapping[str, Any], where: Q | None) -> None:
    """Raises what QuerySet.update() would raise before it sends anything. Sends nothing."""
    query = (rows.filter(where) if where else rows).query.chain(UpdateQuery)
    query.add_update_values(update)  # type: ignore[attr-defined]
    queries = [query, *query.get_related_updates()]  # type: ignore[attr-defined]  # of parent models
    query.related_updates = {}  # type: ignore[attr-defined]  # for these it would select the rows
    for one in queries:
        with suppress(EmptyResultSet):
            one.get_compiler(connection=connections[rows.db]).as_sql()
