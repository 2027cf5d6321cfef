"""Fields for columns that the old application did not validate: an invalid value is read as None.

So no page, sum, feed or file has to handle one. In migrations they are Django's own fields.
"""

import datetime
import sys
from typing import Any

from django.db import models

from workouts.values import bounds


class FiniteFloatField(models.FloatField):
    """A number from 0 to `most`, neither NaN nor infinite."""

    def __init__(self, *args: Any, most: float = sys.float_info.max, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def from_db_value(self, value: object, expression: object, connection: object) -> float | None:
        """`value` may be text: SQLite stores text in any column."""
        return value if isinstance(value, int | float) and 0 <= value <= self.most else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.FloatField", args, kwargs


class MomentField(models.DateTimeField):
    """A datetime in `bounds.YEARS`. The first and last days of the calendar overflow in some time zones."""

    def from_db_value(
        self, value: datetime.datetime | None, expression: object, connection: object
    ) -> datetime.datetime | None:
        return value if value and value.year in bounds.YEARS else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class WrittenAtField(MomentField):
    """The time of the last write, as set by the history: what is written is what is recorded.

    In migrations it has `auto_now`, which would set a different time, and a new one for a row that is restored.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)
