"""The size of batches, and the sentence about a backfill."""

import pytest

from releases.backfill.pace import FIRST, LEAST, MOST, PROBE_EVERY, PROBES, SECONDS, Pace, next_size
from releases.backfill.report import sentence


def test_the_size_follows_the_time_that_a_batch_took() -> None:
    assert next_size(FIRST, SECONDS) == FIRST
    assert next_size(FIRST, SECONDS * 2) == FIRST / 2
    assert next_size(FIRST, SECONDS / 100) == FIRST * 2
    assert next_size(FIRST, 0) == FIRST * 2


def test_the_size_has_bounds() -> None:
    assert next_size(LEAST, 60) == LEAST
    assert next_size(MOST, 0) == MOST


def sizes(pace: Pace, any_batch: float, a_row: float, count: int = 4 * PROBE_EVERY) -> list[int]:
    """Of the next batches, where each takes so many seconds whatever its rows, and so many for each row."""
    found = []
    for _ in range(count):
        found.append(pace.size)
        pace.follow(found[-1], any_batch + found[-1] * a_row)
    return found


@pytest.mark.parametrize("any_batch", [0, SECONDS * 0.9, SECONDS, SECONDS * 10])
def test_what_any_batch_takes_does_not_make_them_smaller(any_batch: float) -> None:
    """Round trips, the commit, the wait for a busy processor."""
    found = sizes(Pace(), any_batch, SECONDS / 1000)
    assert found[:PROBES] == [1] * PROBES
    assert max(found) <= 1001
    assert sum(found[PROBE_EVERY:]) / len(found[PROBE_EVERY:]) > 900


def test_a_link_that_becomes_slower_or_faster_is_noticed() -> None:
    pace = Pace()
    for any_batch in (0, SECONDS * 5, 0):
        assert sizes(pace, any_batch, SECONDS / 1000)[-1] > 900


def test_slow_rows_make_small_batches_over_a_slow_link_too() -> None:
    found = sizes(Pace(), SECONDS, SECONDS / 5)
    assert {*found[PROBES + 1 :]} == {1, LEAST}


def test_progress_is_told_with_the_time_to_go() -> None:
    assert (
        sentence("Backfill of shop_box", "rows", 120_000, 300_000, 15_000)
        == "Backfill of shop_box: 120 000 of about 300 000 rows, about 12 s to go."
    )


def test_no_time_is_told_where_the_number_of_rows_is_not_known() -> None:
    """PostgreSQL's estimate is -1 before the first ANALYZE."""
    assert sentence("Backfill of shop_box", "rows", 120_000, -1, 15_000) == "Backfill of shop_box: 120 000 rows."
