"""`make bench`: every row is the ratio of two measurements made in turn, in this run, on this server.

`ROWS` is the size of the large table (3 000 000; 300 000 for the changes), `RUNS` (3) the number of measurements,
`SIZES` the sizes for growth. `ONLY=serving` measures only the requests, `ONLY=releasing` the takeover, `ONLY=changes`
the changes of a large table; of these, `CHANGES="null to not null;AddIndex"` chooses some. `ONLY=scaling`
measures several servers behind a proxy.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import clicks, many, online, requests, scaling, ways
from benchmarks.clicks import Clicks
from benchmarks.databases import Databases
from benchmarks.load import Load
from benchmarks.writes import Latencies, latencies_during
from tests.postgres import throwaway_postgres
from tests.releases.conftest import Project
from tests.server import Server

ROWS = int(os.environ.get("ROWS", "3000000"))
RUNS = int(os.environ.get("RUNS", "3"))
SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000,1000000,3000000").split(",")]
ONLY = os.environ.get("ONLY", "serving,releasing,changes").split(",")
CHANGED_ROWS = int(os.environ.get("ROWS", "300000"))
CHANGES = list(filter(None, os.environ.get("CHANGES", "").split(";")))
MANUAL_ROWS = 200_000  # the old manual's statement still finishes at this size

Way = Callable[[str], None]


def main() -> None:
    with throwaway_postgres() as server:
        databases = Databases(server.url)
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        print(f"{machine}, PostgreSQL 18 with fsync off on the same machine")
        print("\n| Measured | Against | Ratio, median | Lowest to highest | Medians |\n| --- | --- | --- | --- | --- |")
        if "serving" in ONLY:
            serving(databases)
        if "releasing" in ONLY:
            releasing(databases)
        if "changes" in ONLY:
            online.compare(databases, CHANGED_ROWS, CHANGES)
        if "scaling" in ONLY:
            scaling.compare(databases, RUNS)


def serving(databases: Databases) -> None:
    """Compares each load with the bare view and with gunicorn's own worker. The first round is a warm-up."""
    with databases.empty("requests") as url, requests.planner(url) as planner:
        bare, put = planner.loads["the bare view"], planner.loads["PUT selections"]
        for name, load in planner.loads.items():
            if load is not bare:
                compare(name, "the bare view", (load, planner.ours), (bare, planner.ours))
            compare(name, "the same by gunicorn's gthread", (load, planner.ours), (load, planner.gthread))
        compare("PUT selections", "the old application's", (put, planner.ours), (put, planner.old))
        clicking(clicks.measure(planner.browsable.port, bare.headers["Cookie"]))


def clicking(found: Clicks) -> None:
    """These have no ratio: each is a figure of its own."""
    print(f"| from a click to the redrawn card, median of {clicks.CLICKS}, ms | | | | {found.milliseconds:.0f} |")
    print(f"| the slowest of them, ms | | | | {found.slowest:.0f} |")
    print(f"| requests of a click | | | | {found.requests:.0f} |")
    print(f"| body of the answer to a click, bytes, compressed | | | | {found.received:.0f} |")
    print(f"| the week page, bytes, uncompressed | | | | {found.page} |", flush=True)


def compare(name: str, other: str, ours: tuple[Load, Server], theirs: tuple[Load, Server]) -> None:
    measured = [(requests.measure(*ours), requests.measure(*theirs)) for _ in range(RUNS + 1)][1:]
    row(f"{name}, requests a second", other, [(a.per_second, b.per_second) for a, b in measured])
    row(f"{name}, 99th percentile, ms", other, [(a.percentile, b.percentile) for a, b in measured])


def releasing(databases: Databases) -> None:
    nothing_to_do(databases)
    from_nothing(databases)
    large = databases.prepare(ROWS)
    deduplicate_and_constrain(databases, large)
    writers(databases, large)
    growth(databases)


def nothing_to_do(databases: Databases) -> None:
    with databases.copy(databases.prepare(6000)) as url:
        ways.alembic_head(url)
        pairs_of(url, "release, nothing to do", ways.release, "bare `migrate --check`", ways.bare_check)
        pairs_of(url, "release, nothing to do", ways.release, "Alembic `upgrade head`", ways.alembic_head)


def from_nothing(databases: Databases) -> None:
    with tempfile.TemporaryDirectory() as directory:
        project = many.project(Path(directory) / "many")

        def on_empty(way: Callable[[Project, str], None]) -> float:
            with databases.empty("many") as url:
                return seconds(partial(way, project), url)

        pairs = [(on_empty(many.release), on_empty(many.bare)) for _ in range(2 * RUNS + 1)][1:]
        row("release of an empty database, 200 migrations", "bare `migrate`", pairs)


def pairs_of(url: str, name: str, way: Way, other_name: str, other: Way) -> None:
    """Compares two ways on the same database, in turn, after a warm-up of each."""
    way(url)
    other(url)
    row(name, other_name, [(seconds(way, url), seconds(other, url)) for _ in range(5 * RUNS)])


def deduplicate_and_constrain(databases: Databases, large: str) -> None:
    def on_copy(way: Way, name: str = large) -> float:
        with databases.copy(name) as url:
            return seconds(way, url)

    row(f"release, {ROWS:,} rows", "the floor", [(on_copy(ways.release), on_copy(ways.floor)) for _ in range(RUNS)])
    print(f"| peak memory of the release, {ROWS:,} rows | | {ways.peak_memory():.0f} MB | | |", flush=True)
    small = databases.prepare(MANUAL_ROWS)
    pairs = [(on_copy(ways.release, small), on_copy(ways.old_manual, small)) for _ in range(RUNS)]
    row(f"release, {MANUAL_ROWS:,} rows", "the old manual's SQL", pairs)


def writers(databases: Databases, large: str) -> None:
    def during(way: Way | None) -> Latencies:
        with databases.copy(large) as url:
            return latencies_during(url, ROWS, lambda: way(url) if way else time.sleep(6))

    rounds = [{name: during(way) for name, way in WAYS.items()} for _ in range(RUNS)]
    with databases.copy(large) as url:
        starts = 2 * statistics.median(seconds(ways.start, url) for _ in range(RUNS))  # of the Procfile's two commands
    pairs = [(one["release"].seconds - starts, one["the floor"].seconds) for one in rounds]
    row(f"release, {ROWS:,} rows, under writes, without its starts of Python", "the floor under the same writes", pairs)
    for name in list(WAYS)[1:]:
        for what in ("slowest", "permille"):
            pairs = [(getattr(one["release"], what), getattr(one[name], what)) for one in rounds]
            label = "slowest write" if what == "slowest" else "99.9th percentile of the writes"
            row(f"{label} during the release, ms", f"during {name}", pairs)


WAYS: dict[str, Way | None] = {
    "release": ways.release,
    "nothing": None,
    "the floor": ways.floor,
    "plain AddConstraint": ways.add_constraint,
    "django-pg-zero-downtime-migrations": ways.zero_downtime,
}


def growth(databases: Databases) -> None:
    before: tuple[int, float] | None = None
    for size in SIZES:
        name = databases.prepare(size) if size not in (ROWS, MANUAL_ROWS) else f"rows_{size}"
        with databases.copy(name) as url:
            took = seconds(ways.release, url)
        if before:
            ratio = f"{took / before[1]:.2f} | | {took:.2f} / {before[1]:.2f}"
            print(f"| release, {size:,} rows | {before[0]:,} rows | {ratio} |", flush=True)
        before = size, took


def seconds(way: Way, url: str) -> float:
    began = time.perf_counter()
    way(url)
    return time.perf_counter() - began


def row(name: str, other: str, pairs: list[tuple[float, float]]) -> None:
    ratios = [ours / theirs for ours, theirs in pairs]
    ours, theirs = (statistics.median(values) for values in zip(*pairs, strict=True))
    print(
        f"| {name} | {other} | {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |"
        f" {ours:.2f} / {theirs:.2f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
