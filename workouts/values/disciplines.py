"""The disciplines by which a week is summed up, derived from TrainingPeaks' or any other types."""

from django.db.models import TextChoices


class Discipline(TextChoices):
    SWIM = "Swim"
    BIKE = "Bike"
    RUN = "Run"
    STRENGTH = "Strength"
    OTHER = "Other"


class Unavailable(TextChoices):
    """What the athlete cannot do for some days: one discipline, or nothing at all."""

    ALL = "", "No training"
    SWIM = Discipline.SWIM.value, "No swimming"
    BIKE = Discipline.BIKE.value, "No cycling"
    RUN = Discipline.RUN.value, "No running"
    STRENGTH = Discipline.STRENGTH.value, "No strength training"
    OTHER = Discipline.OTHER.value, "No other training"


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
