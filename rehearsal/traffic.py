"""Those who use the planner meanwhile: the old application, by its own SQL; then the new version, by HTTP."""

import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.load import Load
from rehearsal.recording import Recording, Sample

CLIENTS = 4
WRITE = "UPDATE workout_selections SET user_notes = 'rehearsed' WHERE id = %s"
READ = """
SELECT title, is_selected, current_plan_day
FROM workouts JOIN workout_selections s ON s.workout_id = workouts.id WHERE workouts.id = %s
"""
HIGHEST = "SELECT max(id), (SELECT max(id) FROM workouts) FROM workout_selections"
INSERT = """
INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, updated_at)
SELECT %(id)s, true, '2026-01-06', now() WHERE NOT EXISTS (
    SELECT FROM workout_selections WHERE workout_id = %(id)s)
"""


class Traffic:
    """`per_second` operations by some clients, each at its time however long the others take."""

    def __init__(self, recording: Recording, per_second: float) -> None:
        self._recording, self._every = recording, CLIENTS / per_second

    @contextmanager
    def of(self, kind: str, client: Callable[[], "Client"]) -> Iterator[None]:
        leaving = threading.Event()
        threads = [threading.Thread(target=self._work, args=(kind, client(), leaving)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            leaving.set()
            for thread in threads:
                thread.join()

    def _work(self, kind: str, client: "Client", leaving: threading.Event) -> None:
        due = time.monotonic()
        while not leaving.is_set():
            due = max(due + self._every, time.monotonic() - 1)  # not all of a long stall is caught up
            leaving.wait(max(0.0, due - time.monotonic()))
            at, began = self._recording.now(), time.perf_counter()
            error = client.act()
            self._recording.add(Sample(at, (time.perf_counter() - began) * 1000, kind, error))


class Client:
    def act(self) -> str:
        """Does one thing. Returns what went wrong, or an empty string."""
        raise NotImplementedError


class OldApplication(Client):
    """As its code wrote: it looks for a selection, and inserts one if there is none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = self._connect()
        row = self._connection.execute(HIGHEST).fetchone()
        self._selections, self._workouts = (one or 1 for one in row or (1, 1))

    def _connect(self) -> psycopg.Connection:
        """Its driver was psycopg2, which prepares no statements."""
        return psycopg.connect(self._url, autocommit=True, prepare_threshold=None)

    def act(self) -> str:
        statement, most = random.choice(((WRITE, self._selections), (READ, self._workouts), (INSERT, self._workouts)))
        number = random.randint(1, most)
        try:
            self._connection.execute(statement, {"id": number} if statement is INSERT else [number])
        except psycopg.errors.UniqueViolation:
            return ""  # it lost a race, as it would have lost the other's change before
        except psycopg.Error as error:
            if self._connection.closed:
                self._connection = self._connect()
            return str(error).partition("\n")[0]
        return ""


class Athlete(Client):
    """Sends one request of several loads at a time to the new version."""

    def __init__(self, loads: list[Load], port: int) -> None:
        self._loads = loads
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def act(self) -> str:
        load = random.choice(self._loads)
        number = str(random.randint(1, load.ids))
        try:
            path, body = load.path.replace("%d", number), load.body.replace("%d", number)
            self._connection.request(load.method, path, body, load.headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return repr(error)
        return "" if answer.status < 500 else f"{load.method} {load.path}: {answer.status}"
