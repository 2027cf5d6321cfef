"""How large the next batch is. Pure."""

SECONDS = 0.03  # that a batch should take: nobody waits longer for its row locks
LEAST, MOST = 10, 10_000  # rows in a batch
FIRST = 100


def next_size(size: int, took: float, least: int = LEAST, most: int = MOST) -> int:
    """After a batch of `size` that took `took` seconds. It grows to twice as many at most."""
    return max(least, min(most, int(size * min(2, SECONDS / took)))) if took > 0 else min(most, size * 2)
