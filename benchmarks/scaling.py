"""Requests per second of 1, 2 and 4 servers behind HAProxy: each connected to PostgreSQL directly, or by PgBouncer."""

import statistics
import tempfile
from pathlib import Path

import psycopg

from benchmarks import requests, ways
from benchmarks.databases import Databases
from benchmarks.load import Answers, Load
from releases.rehearsal.platforms import railway
from releases.rehearsal.recording import Recording
from releases.rehearsal.version import Version
from tests.conftest import ROOT
from tests.pgbouncer import pgbouncer

SERVERS = (1, 2, 4)
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def compare(databases: Databases, runs: int) -> None:
    print(
        "\n| Servers | Connected | Load | Requests per second | 99th percentile, ms | Failed | Sessions of PostgreSQL |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with databases.empty("scaling") as url, tempfile.TemporaryDirectory() as folder:
        loads = requests.prepare(url)
        chosen = {name: loads[name] for name in ("the week page", "PUT selections")}
        for servers in SERVERS:
            measure("directly", {"DATABASE_URL": url}, servers, chosen, runs)
            with pgbouncer(url, "transaction", Path(folder)) as pooled:
                variables = {"DATABASE_URL": pooled, "MIGRATION_DATABASE_URL": url}
                measure("by PgBouncer", variables, servers, chosen, runs)


def measure(way: str, variables: dict[str, str], servers: int, loads: dict[str, Load], runs: int) -> None:
    environment = {**ways.environment(""), **variables}
    web = Version(f"{servers} servers", ROOT, railway(ROOT), environment, "DATABASE_URL", Recording())
    with web.serving(replicas=servers, commit="measured"):
        for name, load in loads.items():
            found = [requests.answers_at(load, web.port) for _ in range(runs + 1)][1:]
            row(servers, way, name, found, sessions(variables))


def sessions(variables: dict[str, str]) -> int:
    with psycopg.connect(variables.get("MIGRATION_DATABASE_URL", variables["DATABASE_URL"])) as connection:
        (count,) = connection.execute(CONNECTIONS).fetchone() or (0,)
        return int(count)


def row(servers: int, way: str, name: str, found: list[Answers], count: int) -> None:
    per_second = statistics.median(one.per_second for one in found)
    percentile = statistics.median(one.percentile for one in found)
    failed = sum(one.failed for one in found)
    print(f"| {servers} | {way} | {name} | {per_second:.0f} | {percentile:.0f} | {failed} | {count} |", flush=True)
