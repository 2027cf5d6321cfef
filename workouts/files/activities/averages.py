"""Averages of values that come one by one. Pure."""

import math


def number_of(text: str) -> float | None:
    """None for a text that is not a finite number: a sensor that lost its signal leaves points without one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Average:
    """Texts with a value below `least` are no measurements, such as a heart rate of 0; 0 watts are one."""

    def __init__(self, *, least: float = 0) -> None:
        self.least = least
        self.total = self.weight = 0.0

    def add(self, value: float, weight: float = 1) -> None:
        self.total += value * weight
        self.weight += weight

    def add_text(self, text: str, weight: float = 1) -> None:
        """Adds the number in a text, if it is a measurement."""
        value = number_of(text)
        if value is not None and value >= self.least:
            self.add(value, weight)

    @property
    def value(self) -> float | None:
        """None without any value."""
        return self.total / self.weight if self.weight else None
