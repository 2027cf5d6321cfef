"""How large the next batch is, and what is said meanwhile. Pure."""

SECONDS = 0.03  # that a batch should take: nobody waits longer for its row locks
LEAST, MOST = 10, 10_000  # rows in a batch
FIRST = 100
SAY_EVERY = 5.0  # seconds


def next_size(size: int, took: float, least: int = LEAST, most: int = MOST) -> int:
    """After a batch of `size` that took `took` seconds. It grows to twice as many at most."""
    return max(least, min(most, int(size * min(2, SECONDS / took)))) if took > 0 else min(most, size * 2)


def progress(table: str, rows: int, total: int, per_second: float) -> str:
    """`Backfill of shop_box: 120 000 of about 300 000 rows, about 12 s to go.`

    `total` is an estimate: if it was too low, no time is told.
    """
    said = f"Backfill of {table}: {_number(rows)}"
    if rows >= total or per_second <= 0:
        return f"{said} rows."
    return f"{said} of about {_number(total)} rows, about {_number((total - rows) / per_second)} s to go."


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")
