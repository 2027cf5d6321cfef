"""Which workouts the week page shows."""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from workouts.models import Workout
from workouts.values.disciplines import Discipline, discipline_of

SOURCES = {"coach": "Coach's plan", "own": "Own", "recorded": "Recorded"}


@dataclass(frozen=True)
class Filters:
    """Which cards are shown. An unknown value filters nothing."""

    type: str = ""
    source: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        kind, source = query.get("type", ""), query.get("source", "")
        return cls(kind if kind in Discipline.values else "", source if source in SOURCES else "")

    def admits(self, workout: Workout) -> bool:
        of_type = not self.type or discipline_of(workout.workout_type) == self.type
        of_source = not self.source or workout.source == self.source
        return of_type and of_source

    @property
    def words(self) -> str:
        return ", ".join(filter(None, (self.type, SOURCES.get(self.source))))

    @property
    def query(self) -> str:
        """The query string that shows the same cards in another week: `?type=Run`, or ''."""
        chosen = {name: value for name, value in asdict(self).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""
