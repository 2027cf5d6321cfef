"""Reads days and moments that PostgreSQL can store and Python cannot, such as `infinity`, as the nearest that it can.

The old application's driver did so with `infinity`; psycopg raises DataError instead, and no page with such a row would
load. See https://www.psycopg.org/psycopg3/docs/advanced/adapt.html#example-handling-infinity-date.
"""

import datetime
from typing import Any, cast

from psycopg import Connection, DataError, postgres
from psycopg.abc import Buffer
from psycopg.pq import Format
from psycopg.types.datetime import DateLoader


def read_far_dates(connection: "Connection[Any]") -> None:
    """Prepares a connection that Django has just opened."""
    adapters = connection.adapters
    adapters.register_loader("date", _DayLoader)
    of_django = adapters.get_loader(postgres.types["timestamptz"].oid, Format.TEXT)
    adapters.register_loader("timestamptz", type("_MomentLoader", (_MomentLoader, cast(type, of_django)), {}))


class _DayLoader(DateLoader):
    def load(self, data: Buffer) -> datetime.date:
        try:
            return datetime.date.fromisoformat(str(data, "ascii"))  # a season has a thousand of them
        except ValueError:
            return self._other(data)

    def _other(self, data: Buffer) -> datetime.date:
        """Of another DateStyle, or far away."""
        try:
            return super().load(data)
        except DataError:
            return datetime.date.min if _is_past(data) else datetime.date.max


class _MomentLoader:
    """Before the loader of Django's connection, which has its time zone."""

    timezone: datetime.tzinfo | None

    def load(self, data: Buffer) -> datetime.datetime:
        try:
            return super().load(data)  # type: ignore[misc, no-any-return]
        except DataError:
            if _is_past(data):
                return datetime.datetime.min.replace(tzinfo=self.timezone)
            return datetime.datetime.max.replace(tzinfo=self.timezone)


def _is_past(data: Buffer) -> bool:
    text = bytes(data)
    return text.startswith(b"-") or text.endswith(b"BC")
