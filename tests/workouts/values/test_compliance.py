"""How close what was done came to the plan."""

import pytest

from workouts.values.compliance import Compliance, compliance_of, deviation


@pytest.mark.parametrize(
    ("planned", "done", "grade"),
    [
        (60, 60, "close"),
        (60, 72, "close"),
        (60, 48, "close"),
        (60, 73, "near"),
        (60, 90, "near"),
        (60, 30, "near"),
        (60, 91, "far"),
        (60, 29, "far"),
        (4, 4 + 49 / 60, "near"),  # + 20.4 %
        (4, 6 + 1 / 60, "far"),  # + 50.4 %
        (0.333333, 0.4, "close"),  # 20 and 24 minutes in hours with six decimals
    ],
)
def test_the_limits_are_those_of_trainingpeaks(planned: float, done: float, grade: str) -> None:
    assert compliance_of([(planned, done)]) == grade


def test_time_is_compared_before_distance_and_distance_before_tss() -> None:
    time, distance, tss = (60, 60), (10_000, 20_000), (50, 70)
    assert compliance_of([time, distance, tss]) == Compliance.CLOSE
    assert compliance_of([(60, None), distance, tss]) == Compliance.FAR
    assert compliance_of([(None, 60), (0, 20_000), tss]) == Compliance.NEAR
    assert compliance_of([(None, 60), (60, 0)]) == Compliance.UNMEASURED


def test_the_difference_is_in_per_cent_of_the_plan() -> None:
    assert [deviation([pair]) for pair in ((60, 45), (45, 60), (60, 60), (60, None))] == [-25, 33, 0, None]
