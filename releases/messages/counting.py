"""Numbers in messages. Pure."""


def grouped(number: float) -> str:
    """`300 000`."""
    return f"{number:,.0f}".replace(",", " ")


def counted(number: int, noun: str) -> str:
    """`1 row`, `300 000 rows`."""
    return f"{grouped(number)} {noun}{'s' * (number != 1)}"
