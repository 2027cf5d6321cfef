"""While a release waits: who holds it up, and how far an index build has come. Looks only; ends nobody's session."""

import threading
import time
from typing import Any

import psycopg

from releases.postgres import Say

BLOCKERS = """
SELECT pid, coalesce(nullif(application_name, ''), 'unnamed'), coalesce(usename, '-'), coalesce(state, backend_type),
    coalesce(round(extract(epoch FROM clock_timestamp() - xact_start)), 0),
    left(regexp_replace(query, '\\s+', ' ', 'g'), 80)
FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(%s)) ORDER BY xact_start
"""
PROGRESS = """
SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index WHERE pid = %s
"""

LOOK_EVERY = 0.25
PROGRESS_EVERY = 5.0


class Watcher(threading.Thread):
    """Watches the session `pid` through `session`, from entering to leaving."""

    def __init__(self, session: "psycopg.Connection[Any]", pid: int, say: Say) -> None:
        super().__init__(daemon=True, name="release watcher")
        self._session, self._pid, self._say = session, pid, say
        self._stop_looking = threading.Event()
        self.waited = 0.0

    def __enter__(self) -> "Watcher":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_looking.set()
        self.join()

    def run(self) -> None:
        named, reported = False, time.monotonic()
        while not self._stop_looking.wait(LOOK_EVERY):
            try:
                blockers = self._session.execute(BLOCKERS, [self._pid]).fetchall()
                progress = self._session.execute(PROGRESS, [self._pid]).fetchone()
            except psycopg.Error:
                return  # the session that migrates finds out by itself
            if blockers and not named:
                self._tell(blockers)
            named = bool(blockers)
            self.waited += LOOK_EVERY if blockers else 0
            if progress and time.monotonic() - reported > PROGRESS_EVERY:
                reported = time.monotonic()
                self._say("Index build: {}, {} of {} blocks.".format(*progress))

    def _tell(self, blockers: list[tuple[Any, ...]]) -> None:
        for pid, application, user, state, age, query in blockers:
            self._say(f"Waiting for pid {pid} ({application}, user {user}, {state}, transaction {age} s old): {query}")
