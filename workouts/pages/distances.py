"""A field for a distance, in a unit that the athlete chooses; first in the one of the settings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from workouts.values import bounds
from workouts.values.measures import METRES_IN

UNIT = "m"
UNITS = [(unit, unit) for unit in METRES_IN]


class DistanceWidget(forms.MultiWidget):
    """A number and its unit, as one value in metres."""

    template_name = "workouts/distance.html"

    def __init__(self) -> None:
        self.unit = UNIT
        number = forms.NumberInput({"inputmode": "decimal", "min": 0, "step": "any"})
        super().__init__([number, forms.Select({"aria-label": "Unit"}, UNITS)])

    def decompress(self, value: float | None) -> list[str | None]:
        number = "" if value is None else f"{in_unit(value, self.unit):f}".rstrip("0").rstrip(".")
        return [number, self.unit]


class DistanceField(forms.MultiValueField):
    widget = DistanceWidget

    def __init__(self) -> None:
        fields = (
            forms.FloatField(required=False, min_value=0),
            forms.ChoiceField(choices=UNITS),
        )
        super().__init__(fields, label="Distance", required=False, require_all_fields=False)

    def show_in(self, unit: str) -> None:
        self.widget.unit = unit

    def has_changed(self, initial: float | None, data: Any) -> bool:
        """Compares what is shown: nothing is lost by sending a form as it is."""
        number, unit = data or ("", UNIT)
        shown = None if initial is None or unit not in METRES_IN else in_unit(initial, unit)
        return self.fields[0].has_changed(shown, number)

    def compress(self, data_list: list[Any]) -> float | None:
        number, unit = data_list or (None, UNIT)
        if number is None:
            return None
        if (metres := number * METRES_IN[unit]) > bounds.METRES:
            raise ValidationError(f"Enter {bounds.METRES // 1000:,} km at most.")
        return float(metres)


def in_unit(metres: float, unit: str) -> float:
    """To the metre, whatever the unit."""
    return round(metres / METRES_IN[unit], 3 if METRES_IN[unit] > 1 else 1)
