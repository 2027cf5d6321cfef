"""Fields for how long something takes, in hours and minutes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from workouts.values import bounds

MOST = bounds.HOURS, bounds.HOURS * 60


class TimeSpanWidget(forms.MultiWidget):
    """Hours and minutes, as one value in minutes. 75 minutes are one hour and 15."""

    template_name = "workouts/time_span.html"

    def __init__(self) -> None:
        number = {"inputmode": "numeric", "min": 0}
        super().__init__([forms.NumberInput({**number, "max": most}) for most in MOST])

    def decompress(self, value: int | None) -> list[int | None]:
        return [None, None] if value is None else list(divmod(value, 60))


class TimeSpanField(forms.MultiValueField):
    widget = TimeSpanWidget

    def __init__(self, label: str) -> None:
        fields = [forms.IntegerField(required=False, min_value=0, max_value=most) for most in MOST]
        super().__init__(fields, label=label, required=False, require_all_fields=False)

    def compress(self, data_list: list[int | None]) -> float | None:
        hours, minutes = data_list or (None, None)
        total = (hours or 0) * 60 + (minutes or 0)
        if total > bounds.HOURS * 60:
            raise ValidationError(f"Enter {bounds.HOURS} hours at most.")
        return total or None


class DurationField(TimeSpanField):
    """A time span whose value is in hours."""

    def prepare_value(self, value: Any) -> Any:
        return round(value * 60) if isinstance(value, float) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares minutes, as they are shown: seconds are not lost by sending a form as it is."""
        return bool(super().has_changed(self.prepare_value(initial), data))

    def compress(self, data_list: list[int | None]) -> float | None:
        minutes = super().compress(data_list)
        return minutes and minutes / 60
