"""Watches a running release: who blocks it, whom it blocks, how far an index build is, whether the server answers.

It ends no session but its own.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from releases.postgresql.blockers import Blocker, read_blockers
from releases.postgresql.sessions import Session, beat, cut
from releases.postgresql.stalls import StallBudget
from releases.running.progress import Doing, Say
from releases.sessions import SILENCE

YIELDS_AFTER = "SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval)::float8"
PROGRESS = """
SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index WHERE pid = %s AND blocks_total > 0
"""

WATCH_EVERY = 0.1  # seconds; half of table_lock_timeout, so that blockers are seen
BEAT_EVERY = 1.0
PROGRESS_EVERY = 5.0


class Watcher:
    """Within, watches the session of `connection` through the companion, and keeps both alive."""

    def __init__(
        self,
        companion: Session,
        connection: BaseDatabaseWrapper,
        say: Say,
        stall_budget: float,
        doing: Callable[[], Doing] = Doing,
    ) -> None:
        self._companion, self._say = companion, say
        self._connection = connections[connection.alias]  # django.db's proxy would be another one in each thread
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (self._pid,) = cursor.fetchone()
        self.stalls = StallBudget(companion, self._pid, stall_budget, doing)
        self._leaving = threading.Event()
        self._heard = time.monotonic()
        self._threads = [
            threading.Thread(target=target, daemon=True, name=f"release watcher, {target.__name__}")
            for target in (self._watch, self._listen)
        ]
        self.waited = self._waited_before = 0.0
        self.autovacuum_yields_after: float | None = None  # seconds, if the release waited for it

    def begin(self) -> None:
        """Call this when a migration begins."""
        self._waited_before, self.stalls.longest = self.waited, 0.0

    def seen(self) -> dict[str, float]:
        """Since then, in seconds: how long the release `waited`, and how long another session was `stalled` by it."""
        seen = {"waited": round(self.waited - self._waited_before, 2), "stalled": round(self.stalls.longest, 2)}
        return {name: seconds for name, seconds in seen.items() if seconds}

    def __enter__(self) -> "Watcher":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        for thread in self._threads:
            thread.join(timeout=1)
            if thread.is_alive():  # it waits for a silent server
                cut(self._companion)

    def _watch(self) -> None:
        named, reported, beaten = False, time.monotonic(), time.monotonic()
        while not self._leaving.wait(WATCH_EVERY):
            try:
                blockers = read_blockers(self._companion, self._pid)
                progress = self._companion.execute(PROGRESS, [self._pid]).fetchone()
                self.stalls.check()
                if blockers and not named:
                    self._report(blockers)
            except psycopg.Error:
                self._stop_without_lock()
                return
            self._heard = time.monotonic()
            if self._heard - beaten > BEAT_EVERY:
                beaten = self._heard
                with suppress(psycopg.Error):
                    beat(self._connection.connection)
            named = bool(blockers)
            self.waited += WATCH_EVERY if blockers else 0
            if progress and time.monotonic() - reported > PROGRESS_EVERY:
                reported = time.monotonic()
                self._say("Index build: {}, {} of {} blocks.".format(*progress))

    def _listen(self) -> None:
        """A proxy that forwards nothing more keeps its sockets open: without this, a statement would wait forever."""
        while not self._leaving.wait(1):
            if time.monotonic() - self._heard > SILENCE:
                cut(self._companion)
                self._stop_without_lock()
                return

    def _stop_without_lock(self) -> None:
        """The companion is gone, and the migration lock with it: another release may be running by now."""
        if not self._leaving.is_set():
            cut(self._connection.connection)

    def _report(self, blockers: list[Blocker]) -> None:
        if any(one.is_autovacuum for one in blockers):
            (self.autovacuum_yields_after,) = self._companion.execute(YIELDS_AFTER).fetchone() or (None,)
        for one in blockers:
            self._say(f"Waiting for {one}")
