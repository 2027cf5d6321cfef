"""Clients in a separate process: `python -m benchmarks.load PORT` reads a Load from stdin and prints JSON."""

import http.client
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass

CLIENTS = 4


@dataclass(frozen=True)
class Load:
    """Requests by `CLIENTS` clients for some seconds, each over a connection that stays open.

    In `path` and `body`, `%d` is an id that cycles from 1 to `ids`. With `reload` every client asks as a browser that
    has the page: is it still the one with this ETag?
    """

    method: str
    path: str
    body: str
    headers: dict[str, str]
    ids: int
    seconds: float
    reload: bool = False


@dataclass(frozen=True)
class Answers:
    """`percentile` is the 99th, in milliseconds."""

    per_second: float
    percentile: float
    failed: int


def answers_to(load: Load, port: int) -> Answers:
    taken, failed = list[float](), list[int]()
    until = time.perf_counter() + load.seconds

    def ask(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        number = client * load.ids // CLIENTS
        headers = {**load.headers, "If-None-Match": _etag(connection, load)} if load.reload else load.headers
        while time.perf_counter() < until:
            number = number % load.ids + 1
            began = time.perf_counter()
            path = load.path.replace("%d", str(number))
            connection.request(load.method, path, load.body.replace("%d", str(number)), headers)
            response = connection.getresponse()
            response.read()
            taken.append((time.perf_counter() - began) * 1000)
            if response.status != (304 if load.reload else 200):
                failed.append(response.status)
        connection.close()

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    return Answers(len(taken) / load.seconds, taken[int(len(taken) * 0.99) - 1], len(failed))


def _etag(connection: http.client.HTTPConnection, load: Load) -> str:
    connection.request("GET", load.path, headers=load.headers)
    response = connection.getresponse()
    response.read()
    return response.headers["ETag"]


if __name__ == "__main__":
    print(json.dumps(asdict(answers_to(Load(**json.load(sys.stdin)), int(sys.argv[1])))))
