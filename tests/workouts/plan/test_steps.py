"""Steps are read from descriptions as coaches write them, and not at all where a figure is not understood."""

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from workouts.models import Workout
from workouts.plan.step_chart import chart_of
from workouts.plan.step_reading import LONGEST_TEXT, MOST_STEPS, read, steps_of
from workouts.plan.zwo import zwo_of

TIMES, DASH, PRIME = "\N{MULTIPLICATION SIGN}", "\N{EN DASH}", "\N{PRIME}"
INTERVALS_ICU = """Warmup
- 10m ramp 50-75% 90rpm

Main set 5x
- 3m 120% 100rpm
- Recovery 2m Z1 85rpm

Cooldown
- 8m30s 50%-40% 80rpm
"""
UNDERSTOOD = {
    "15min warm-up, 3 x 12min @ 90 % with 5min rest, cool-down 10min": [
        "15 min warm-up",
        "3 x (12 min at 90 %; 5 min easy)",
        "10 min cool-down",
    ],
    f"Warm-up: 15 min @ 50-65 %\nSet: 3 {TIMES} 12 min at 90{DASH}95 % of FTP / 5 min easy\nCD 10{PRIME} 60-45%": [
        "15 min warm-up, 50 to 65 %",
        "3 x (12 min, 90 - 95 %; 5 min easy)",
        "10 min cool-down, 60 to 45 %",
    ],
    INTERVALS_ICU: [
        "10 min warm-up, 50 to 75 %",
        "5 x (3 min at 120 %; 2 min easy, 45 - 55 %)",
        "8 min 30 s cool-down, 50 to 40 %",
    ],
    "3 x (12min @ 90 %, 5 min @ 50 %)": ["3 x (12 min at 90 %; 5 min at 50 %)"],
    "3 x 12min @ 90 % (5min rest)\nStay seated.": ["3 x (12 min at 90 %; 5 min easy)"],
    "3 x 12min @ 90 %\n5min rest between\n10min cool-down": ["3 x (12 min at 90 %; 5 min easy)", "10 min cool-down"],
    "10 x 30s @ 130 % / 30s @ 50 %": ["10 x (30 s at 130 %; 30 s at 50 %)"],
    "VO2max: 5 x 3 min @ 120 % with 3 min recovery. Then 20min @ 75 %. Stay seated.": [
        "5 x (3 min at 120 %; 3 min easy)",
        "20 min at 75 %",
    ],
    "Threshold: 2 x 20min @ 90 % of threshold with 5min rest; 10min easy": [
        "2 x (20 min at 90 %; 5 min easy)",
        "10 min easy",
    ],
    "20min warm-up Z2, 2x20min Z4 w/ 10min Z1": [
        "20 min warm-up, 56 - 75 %",  # within, not from one to the other
        "2 x (20 min, 91 - 105 %; 10 min, 45 - 55 %)",
    ],
    "1h30 @ 65-75 %": ["1 h 30 min, 65 - 75 %"],
    "WU 15min @ 55%. MS: 4 x 8min @ 105% with 4min easy. Cool down 10min.": [
        "15 min warm-up at 55 %",
        "4 x (8 min at 105 %; 4 min easy)",
        "10 min cool-down",
    ],
    "12min, 90 %, 95 rpm": ["12 min at 90 %"],
    "45 min from 60 to 75 %": ["45 min, 60 to 75 %"],
}
NOT_UNDERSTOOD = [
    "",
    "Just ride. Enjoy it, 3 times.",
    "60 min easy",  # no target
    "3 x 12min @ 90 %, 5min @ 50 %",  # five minutes once, or three times?
    "20min easy, 2 x 20min @ 90 % with 5min easy, 10min easy",  # ten minutes once, or twice?
    "3 x 12min @ 90 %, 5min rest, 10min cool-down",
    "3 x 12min @ 90 %\n5min easy\n10min cool-down",
    "3 x 12min @ 90 %, then 5min easy",
    "2h @ 65 %, including 2 x 10min @ 90 %",
    "2h @ 65 % incl. 2 x 10min @ 90 %",
    "2h @ 65 % with 2 x 10min @ 90 %",
    "2h @ 65 % (20min @ 90 %)",
    "2h @ 65 %\nIncluding:\n2 x 10min @ 90 %",
    "1h @ 65 %\n- 20min @ 60 %\n- 40min @ 70 %",
    "Last week: 3 x 12min @ 85 %\nThis week: 3 x 12min @ 90 %",
    "Option A\n3 x 12min @ 85 %\nOption B\n3 x 12min @ 90 %",
    "Indoors:\n3 x 12min @ 85 %\nOutdoors:\n3 x 12min @ 90 %",
    "3 x 12min @ 85 %\nor\n2 x 20min @ 85 %",
    "5 x 3min @ 120 % / 3min easy\nRepeat the whole set.",
    "2 rounds\n- 5min @ 90 %\n- 5min @ 60 %",
    "- 4x\n- 8m 105%\n- 4m 50%",
    "A) 20min @ 90 %\nB) 30min @ 80 %",
    "1h @ 70 %, then run 20min @ 80 %",
    "20min @ < 90 %",
    "20min @ 90 %+",
    "20min @ 95 % VO2max",
    "20min @ 95 % of VO2 max",
    "20min @ 95 % (VO2max)",
    "20min @ 90 % race pace",
    "20min @ 90 %, race pace",
    "20min @ 90 % pace",
    "20min @ 90 % MAS",
    "20min @ 90 % effort",
    "20min @ 90 % HRmax",
    "20min @ 90 % FTHR",
    "20min @ 90 % of threshold heart rate",
    "20min @ 90 %\nAll of it by heart rate.",
    "3 x 12min @ 90 % / 5min easy, 20min ride home",  # how hard?
    "90min ride\n15min @ 60 %\n3 x 12min @ 90 % / 5min easy",
    "Eat every 20 min. 3 x 12min @ 90 %",
    "3 x 12min @ 90 %. Heart rate under 150 after 30 min",
    "90 min @ 70 % HRmax",
    "20min @ 250 W, 10 min @ 50 %",
    "6 x 400m @ 95 %, 2 min rest @ 60 %",
    "2 x (4 x 1 min @ 120 %, 1 min rest), 5 min between sets",
    "3 x 12min @ 5 %",
    "3 x 12min @ 900 %",
    "0 x 12min @ 90 %",
    "99 x 1s @ 90 % / 1s @ 50 %, 99 x 1s @ 90 %",
    "9h @ 50 %",
    "20 min @ 90 % or 30 min @ 80 %",
    "3 x",
    "10min @ 60 %, 12:00 @ 90 %",
    "5 x 1 km @ 95 %, 10min @ 60 %",
]


def words(description: str, minutes: float | None = None) -> list[str]:
    blocks = read(description, planned=minutes and minutes * 60)
    return [str(block).replace(TIMES, "x").replace(DASH, "-") for block in blocks]


@pytest.mark.parametrize("description", UNDERSTOOD)
def test_steps_are_read_as_they_are_meant(description: str) -> None:
    assert words(description) == UNDERSTOOD[description]


@pytest.mark.parametrize("description", NOT_UNDERSTOOD)
def test_what_is_not_understood_has_no_steps(description: str) -> None:
    assert read(description) == ()


BY_THE_TIME = [
    (
        "20min easy, 2 x 20min @ 90 % with 5min easy, 10min easy",
        80,
        ["20 min easy", "2 x (20 min at 90 %; 5 min easy)", "10 min easy"],
    ),
    ("2 x 20min @ 90 %, 10min easy", 60, ["2 x (20 min at 90 %; 10 min easy)"]),
    ("2 x 20min @ 90 %, 10min easy", 50, ["2 x 20 min at 90 %", "10 min easy"]),
    ("2 x 20min @ 90 %, 5min easy, 10min easy", 60, ["2 x (20 min at 90 %; 5 min easy)", "10 min easy"]),
    ("2 x 20min @ 90 %, 10min @ 50 %", 60, ["2 x (20 min at 90 %; 10 min at 50 %)"]),
    ("2 x 20min @ 90 %\n10min easy", 60, ["2 x (20 min at 90 %; 10 min easy)"]),
    ("2 x 20min @ 90 % then 10min easy", 50, ["2 x 20 min at 90 %", "10 min easy"]),
    ("2 x 20min @ 90 %, 2min easy", 43, []),  # 42 or 44
    ("2 x 20min @ 90 %, 10min easy", 80, []),
    ("3 x 12min @ 85 %\n3 x 12min @ 90 %", 60, []),
    ("2h @ 65 %, 2 x 5min @ 90 %", 120, []),
    ("3 x 12min @ 90 % with 5min rest", 75, ["3 x (12 min at 90 %; 5 min easy)"]),  # the rest is not described
    ("3 x 12min @ 90 %", 60, ["3 x 12 min at 90 %"]),
    ("3 x 12min @ 90 % with 5min rest", 53, ["3 x (12 min at 90 %; 5 min easy)"]),
    (", ".join(["2 x 1min @ 90 %, 1min easy"] * 5), 15, []),  # too many questions
]


@pytest.mark.parametrize(("description", "minutes", "expected"), BY_THE_TIME)
def test_the_planned_time_decides_between_two_readings_and_refutes_others(
    description: str, minutes: float, expected: list[str]
) -> None:
    assert words(description, minutes) == expected


def test_percentages_are_of_the_threshold_of_the_sport() -> None:
    def count(text: str, *, ride: bool) -> int:
        return len(read(text, ride=ride))

    assert count("20min @ 90 % FTP", ride=True) == count("20min @ 90 % threshold power", ride=True) == 1
    assert count("20min @ 90 % of threshold pace", ride=False) == count("- 20m 90% Pace", ride=False) == 1
    assert count("20min @ 90 % FTP", ride=False) == count("20min @ 90 % threshold power", ride=False) == 0
    assert count("20min @ 90 % threshold pace", ride=True) == count("- 20m 90% Pace", ride=True) == 0


PIECES = ["3 x ", "12min", "5 min", " @ 90 %", " 60-75%", ", ", "\n", "- 10m", "rest", "warm-up", "(", ")", " / "]
PIECES += ["Z2", "1h30", "400m", "HR"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_read_or_not_without_an_error(description: str) -> None:
    blocks = read(description)
    assert sum(block.times * len(block.steps) for block in blocks) <= MOST_STEPS
    if chart := chart_of(blocks):
        assert len(chart.shapes) == sum(block.times * len(block.steps) for block in blocks)
        assert chart.width == sum(block.seconds for block in blocks)
        fromstring(zwo_of(Workout(title=description, workout_type="Bike", workout_description=description), blocks))


def test_a_long_text_is_not_read() -> None:
    assert read("3 x 12min @ 90 %" + " " * LONGEST_TEXT) == ()


def test_only_rides_and_runs_have_steps_and_only_rides_have_power_zones() -> None:
    def count(kind: str, text: str, hours: float | None = None) -> int:
        return len(steps_of(Workout(workout_type=kind, workout_description=text, planned_duration=hours)))

    assert count("Bike", "20min Z2") == count("Mtn Bike", "20min Z2") == count("Run", "20 min @ 80 %") == 1
    assert count("Run", "20min Z2") == count("Swim", "20 min @ 80 %") == count("Day Off", "20 min @ 80 %") == 0
    assert count("Run", "20 min @ 80 %", hours=0.25) == 0, "longer than planned: misunderstood"


def test_zwo_has_the_elements_that_zwift_reads() -> None:
    ride = Workout(
        title="Threshold & <more>\x0b",
        workout_type="Bike",
        workout_description=(
            "10min warm-up 50-75 %, 3 x 12min @ 90-95 % with 5min @ 50 %; 5 min easy; 2 x 1 min from 60 to 80 %, "
            "10 min cool-down 60-40 %"
        ),
    )
    file = fromstring(zwo_of(ride, steps_of(ride)))
    assert file.tag == "workout_file"
    assert [element.tag for element in file] == ["author", "name", "description", "sportType", "tags", "workout"]
    assert (file.findtext("name"), file.findtext("sportType")) == ("Threshold & <more>", "bike")
    assert [(element.tag, element.attrib) for element in file.find("workout")] == [
        ("Warmup", {"Duration": "600", "PowerLow": "0.5", "PowerHigh": "0.75"}),
        (
            "IntervalsT",
            {"Repeat": "3", "OnDuration": "720", "OffDuration": "300", "OnPower": "0.925", "OffPower": "0.5"},
        ),
        ("FreeRide", {"Duration": "300"}),
        *[("Ramp", {"Duration": "60", "PowerLow": "0.6", "PowerHigh": "0.8"})] * 2,
        ("Cooldown", {"Duration": "600", "PowerLow": "0.6", "PowerHigh": "0.4"}),
    ]


def test_the_drawing_is_as_wide_as_the_time_and_as_high_as_the_effort() -> None:
    chart = chart_of(read("10min warm-up 50-75 %, 2 x 1min @ 200 % / 1 min rest"))
    assert chart
    assert [(shape.points, shape.effort) for shape in chart.shapes[:3]] == [
        ("0,150 0,100 600,75 600,150", "z2"),
        ("600,150 600,0 660,0 660,150", "z6"),
        ("660,150 660,100 720,100 720,150", "unaimed"),
    ]
    assert chart.width == 840
