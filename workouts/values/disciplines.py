"""The disciplines by which a week is summed up, derived from TrainingPeaks' or any other types."""

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
    """None for a day off, which is not a workout."""
    name = workout_type.strip().lower()
    return None if name == REST else _BY_TYPE.get(name, Discipline.OTHER)
