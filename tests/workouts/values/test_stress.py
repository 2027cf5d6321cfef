"""The TSS of a workout, and its estimates."""

import pytest

from workouts.values import bounds
from workouts.values.disciplines import Discipline
from workouts.values.stress import Effort, Stress, done_stress, stress_of

RUN = Discipline.RUN
UNKNOWN = Effort()


def test_a_tss_that_is_known_is_not_an_estimate() -> None:
    assert stress_of(Effort(hours=1, tss=0, intensity=1), RUN) == Stress(0, estimated=False)
    assert done_stress(Effort(1, 40, 1), Effort(1, 80, 1), RUN) == Stress(40, estimated=False)


def test_one_hour_at_an_intensity_factor_of_one_is_a_hundred() -> None:
    assert stress_of(Effort(hours=1, intensity=1), RUN) == Stress(100, estimated=True)
    assert stress_of(Effort(hours=2, intensity=0.5), RUN) == Stress(50, estimated=True)


@pytest.mark.parametrize(
    ("discipline", "tss"), [("Swim", 56.25), ("Bike", 49), ("Run", 56.25), ("Strength", 36), ("Other", 36)]
)
def test_without_an_intensity_the_usual_one_of_the_discipline_holds(discipline: str, tss: float) -> None:
    found = stress_of(Effort(hours=1), Discipline(discipline))
    assert found.tss == pytest.approx(tss)
    assert found.estimated


def test_what_was_done_is_as_intense_as_planned_unless_its_own_intensity_is_known() -> None:
    planned = Effort(hours=1, tss=80, intensity=0.9)
    assert done_stress(Effort(hours=0.5), planned, RUN) == Stress(40, estimated=True)
    assert done_stress(Effort(hours=0.5, intensity=1), planned, RUN) == Stress(50, estimated=True)
    assert done_stress(Effort(hours=2), Effort(intensity=0.5), RUN) == Stress(50, estimated=True)
    assert done_stress(Effort(hours=1), UNKNOWN, RUN) == stress_of(Effort(hours=1), RUN)


def test_nothing_is_made_up_for_a_day_off_or_an_unknown_length() -> None:
    for stress in (stress_of(Effort(hours=1), None), stress_of(UNKNOWN, RUN), done_stress(UNKNOWN, UNKNOWN, RUN)):
        assert stress == Stress(0, estimated=False)


def test_an_estimate_has_the_bound_of_every_tss() -> None:
    assert stress_of(Effort(hours=bounds.HOURS, intensity=bounds.INTENSITY_FACTOR), RUN).tss == bounds.TSS
