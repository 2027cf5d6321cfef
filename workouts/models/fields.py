"""Columns that the old application let anything into. What no workout can have reads as no value.

So every page, sum, feed and file can do with what it reads. To migrations they are Django's own fields.
"""

import datetime
import sys
from typing import Any

from django.db import models

from workouts.values import bounds


class FiniteFloatField(models.FloatField):
    """A number from 0 to `most`; no NaN and no infinity."""

    def __init__(self, *args: Any, most: float = sys.float_info.max, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def from_db_value(self, value: object, expression: object, connection: object) -> float | None:
        """SQLite gives back text where text was written."""
        return value if isinstance(value, int | float) and 0 <= value <= self.most else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FloatField", args, kwargs


class MomentField(models.DateTimeField):
    """A moment of our time. The ends of the calendar are beyond it in some time zone."""

    def from_db_value(
        self, value: datetime.datetime | None, expression: object, connection: object
    ) -> datetime.datetime | None:
        return value if value and value.year in bounds.YEARS else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class WrittenAtField(MomentField):
    """The moment of the last write, as the history says it: what is written is what is recorded.

    To migrations it is a field with `auto_now`, which would say another moment, and of a row that comes back a new one.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)
