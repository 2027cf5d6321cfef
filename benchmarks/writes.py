"""The duration of the application's writes during something else on the table."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

PER_SECOND = 200
WRITERS = 4


@dataclass(frozen=True)
class Latencies:
    """`slowest` and `permille` in milliseconds; `seconds` that the action took."""

    slowest: float
    permille: float
    count: int
    seconds: float


def latencies_during(url: str, rows: int, action: Callable[[], None]) -> Latencies:
    """200 updates per second of random rows while `action` runs, and for half a second before and after."""
    stop, taken = threading.Event(), list[float]()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            due = time.perf_counter()
            while not stop.is_set():
                due += WRITERS / PER_SECOND
                time.sleep(max(0.0, due - time.perf_counter()))
                began = time.perf_counter()
                connection.execute(
                    "UPDATE workout_selections SET user_notes = 'n' WHERE id = %s", [random.randint(1, rows)]
                )
                taken.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    began = time.perf_counter()
    try:
        action()
        seconds = time.perf_counter() - began
        time.sleep(0.5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    taken.sort()
    return Latencies(taken[-1], taken[int(len(taken) * 0.999) - 1], len(taken), seconds)
