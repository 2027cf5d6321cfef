"""Numbers in messages."""

import pytest

from releases.messages.counting import counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (300_000, "300 000 rows")],
)
def test_one_of_them_is_not_several_and_thousands_are_grouped(number: int, words: str) -> None:
    assert counted(number, "row") == words
