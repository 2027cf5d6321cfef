"""The size of batches, and the sentence about a backfill."""

from releases.backfill.pace import FIRST, LEAST, MOST, SECONDS, next_size
from releases.backfill.report import sentence


def test_the_size_follows_the_time_that_a_batch_took() -> None:
    assert next_size(FIRST, SECONDS) == FIRST
    assert next_size(FIRST, SECONDS * 2) == FIRST / 2
    assert next_size(FIRST, SECONDS / 100) == FIRST * 2
    assert next_size(FIRST, 0) == FIRST * 2


def test_the_size_has_bounds() -> None:
    assert next_size(LEAST, 60) == LEAST
    assert next_size(MOST, 0) == MOST


def test_progress_is_told_with_the_time_to_go() -> None:
    assert (
        sentence("Backfill of shop_box", "rows", 120_000, 300_000, 15_000)
        == "Backfill of shop_box: 120 000 of about 300 000 rows, about 12 s to go."
    )


def test_no_time_is_told_where_the_number_of_rows_is_not_known() -> None:
    """PostgreSQL's estimate is -1 before the first ANALYZE."""
    assert sentence("Backfill of shop_box", "rows", 120_000, -1, 15_000) == "Backfill of shop_box: 120 000 rows."
