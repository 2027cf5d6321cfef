"""Those who use the application meanwhile: an old version by its SQL, and users by HTTP."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg

from releases.rehearsal.recording import Recording, Sample
from releases.rehearsal.scenario import LOST_A_RACE, Request, Statement

CLIENTS = 4


class Traffic:
    """`per_second` operations by some clients, each at its time however long the others take."""

    def __init__(self, recording: Recording, per_second: float) -> None:
        self._recording, self._every = recording, CLIENTS / per_second

    @contextmanager
    def of(self, kind: str, client: "Callable[[], Session | User]") -> Iterator[None]:
        leaving = threading.Event()
        with ThreadPoolExecutor(CLIENTS) as pool:
            try:
                working = [pool.submit(self._work, kind, client(), leaving) for _ in range(CLIENTS)]
                yield
            finally:
                leaving.set()
        for one in working:
            one.result()  # raises what ended it

    def _work(self, kind: str, client: "Session | User", leaving: threading.Event) -> None:
        due = time.monotonic()
        while not leaving.is_set():
            due = max(due + self._every, time.monotonic() - 1)  # not all of a long stall is caught up
            leaving.wait(max(0.0, due - time.monotonic()))
            at, began = self._recording.now(), time.perf_counter()
            sent, error = client.act()
            self._recording.samples.append(Sample(at, (time.perf_counter() - began) * 1000, kind, error, sent))
        client.close()


class Session:
    """A session of the old version. Without statements it only asks whether the server answers."""

    def __init__(self, url: str, statements: Sequence[Statement]) -> None:
        self._url, self._statements = url, statements or [Statement("SELECT 1", [0])]
        self._connect()

    def _connect(self) -> None:
        """Drivers such as psycopg2 prepare no statements."""
        self._connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=None)

    def act(self) -> tuple[str, str]:
        """Sends one of its statements. Returns it, and what went wrong; empty if nothing did."""
        statement = random.choice(self._statements)
        parameters = {"id": random.choice(statement.ids)}
        try:
            if self._connection.closed:
                self._connect()
            if statement.undone:
                with self._connection.transaction(force_rollback=True):
                    self._connection.execute(statement.text, parameters)
            else:
                self._connection.execute(statement.text, parameters)
        except LOST_A_RACE:
            return statement.text, ""
        except psycopg.Error as error:
            return statement.text, str(error).partition("\n")[0]
        return statement.text, ""

    def close(self) -> None:
        self._connection.close()


class User:
    """A user of a version. `act` is as that of a session."""

    def __init__(self, requests: Sequence[Request], port: int) -> None:
        self._requests = requests
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def act(self) -> tuple[str, str]:
        request = random.choice(self._requests)
        sent = f"{request.method} {request.path}"
        ids = range(1, request.ids + 1) if isinstance(request.ids, int) else request.ids
        number = str(random.choice(ids))
        try:
            path, body = request.path.replace("%d", number), request.body.replace("%d", number)
            self._connection.request(request.method, path, body or None, request.headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return sent, f"{sent}: {error!r}"
        return sent, "" if answer.status in request.expected else f"{sent}: {answer.status}"

    def close(self) -> None:
        self._connection.close()
