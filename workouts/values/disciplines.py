"""The disciplines that weeks are summed by, from TrainingPeaks' types or any others."""

from django.db.models import TextChoices


class Discipline(TextChoices):
    SWIM = "Swim"
    BIKE = "Bike"
    RUN = "Run"
    STRENGTH = "Strength"
    OTHER = "Other"


REST = "day off"
_BY_TYPE = {
    "swim": Discipline.SWIM,
    "bike": Discipline.BIKE,
    "mtn bike": Discipline.BIKE,
    "run": Discipline.RUN,
    "strength": Discipline.STRENGTH,
}


def discipline_of(workout_type: str) -> Discipline | None:
    """None for a day off, which is no workout."""
    name = workout_type.strip().lower()
    return None if name == REST else _BY_TYPE.get(name, Discipline.OTHER)
