"""How close what was done came to the plan.

The limits are those of TrainingPeaks' calendar: within 20 %, within 50 %, beyond, and missed. Its order of the figures
is kept as well: time, else distance, else TSS.
"""

from collections.abc import Iterable

from django.db.models import TextChoices

Pair = tuple[float | None, float | None]
"""A planned figure, and the same one as done."""


class Compliance(TextChoices):
    CLOSE = "close", "within 20 %"
    NEAR = "near", "within 50 %"
    FAR = "far", "beyond 50 %"
    MISSED = "missed", "missed"
    UNMEASURED = "unmeasured", "no plan to compare with"


LIMITS = {Compliance.CLOSE: 20, Compliance.NEAR: 50}
"""The largest difference from the plan, in per cent of the plan."""

INEXACT = 0.01
"""Per cent. Hours are stored with as few as six decimals, so 24 of 20 minutes may be a little more than 120 %."""


def compliance_of(figures: Iterable[Pair]) -> Compliance:
    """UNMEASURED if no figure is both planned and done."""
    off = _deviation(figures)
    if off is None:
        return Compliance.UNMEASURED
    return next((grade for grade, most in LIMITS.items() if abs(off) <= most + INEXACT), Compliance.FAR)


def deviation(figures: Iterable[Pair]) -> int | None:
    """The difference of what was done from the plan, in whole per cent of the plan: -25 for 45 of 60 minutes.

    Compares by the first pair that has both figures. None if none has.
    """
    off = _deviation(figures)
    return None if off is None else round(off)


def _deviation(figures: Iterable[Pair]) -> float | None:
    return next(((done / planned - 1) * 100 for planned, done in figures if planned and done), None)
