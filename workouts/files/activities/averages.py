"""Averages of values that come one by one. Pure."""


class Average:
    def __init__(self) -> None:
        self.total = self.weight = 0.0

    def add(self, value: float, weight: float = 1) -> None:
        self.total += value * weight
        self.weight += weight

    @property
    def value(self) -> float | None:
        """None without any value."""
        return self.total / self.weight if self.weight else None
