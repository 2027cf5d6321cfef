"""Ends a command at its deadline or on a signal, whatever it is doing, within a bounded time."""

import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import FrameType, TracebackType

from django.core.management import BaseCommand, CommandError
from django.db.backends.base.base import BaseDatabaseWrapper

from releases import conf
from releases.messages.errors import Stopped
from releases.running.deadline import Deadline

STOPPING = tuple(one for one in signal.Signals if one.name in ("SIGINT", "SIGTERM", "SIGHUP"))

# Seconds after the deadline, so that what waits until then can end by itself and report what it waited for.
MARGIN = 2
AGAIN_AFTER = 0.05
# Seconds after the main thread was told to stop. It cancels, rolls back, cleans up and records.
CUT_AFTER = 8
END_AFTER = 13
LAST_WORDS_WITHIN = 4
CANCEL_WITHIN = 3


def guard(
    command: BaseCommand,
    connection: BaseDatabaseWrapper,
    explain: Callable[[BaseException], str],
    record: Callable[[str], None] | None = None,
) -> "AbstractContextManager[Watchdog | None]":
    """The watchdog of a command that was typed. A program that calls a command handles signals itself.

    There is none on Windows, where a thread cannot send a signal to the main thread.
    """
    typed = command._called_from_command_line  # type: ignore[attr-defined]  # noqa: SLF001
    if not typed or not hasattr(signal, "pthread_kill"):
        return nullcontext()
    return Watchdog(connection, Deadline(conf.read().deadline), explain, record)


class Watchdog:
    """Tells the main thread to stop, then cuts its connection, and finally ends the process.

    `explain` returns the paragraph for the operator; `record` is called with it if the main thread is stuck.
    """

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        deadline: Deadline,
        explain: Callable[[BaseException], str],
        record: Callable[[str], None] | None = None,
    ) -> None:
        self._connection, self.deadline, self._explain, self._record = connection, deadline, explain, record
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="release watchdog")
        self.reason: Stopped | None = None
        self._is_settled = False

    def settle(self) -> None:
        """Call this on success: then a signal changes nothing any more, and the deadline only ends what hangs."""
        self._is_settled = True

    def __enter__(self) -> "Watchdog":
        self._poke, self._poked = socket.socketpair()
        self._poke.setblocking(False)
        self._thread.start()
        # The byte reaches the thread even while the main one is in C code, where no Python handler runs.
        signal.set_wakeup_fd(self._poke.fileno(), warn_on_full_buffer=False)
        wanted = [one for one in STOPPING if signal.getsignal(one) != signal.SIG_IGN]  # as under nohup
        self._before = {one: signal.signal(one, self._handle) for one in (*wanted, signal.SIGALRM)}
        self._unraisable = sys.unraisablehook
        sys.unraisablehook = self._raise_again
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        sys.unraisablehook = self._unraisable
        signal.set_wakeup_fd(-1)
        for one, handler in self._before.items():
            signal.signal(one, signal.SIG_IGN if self.reason else handler)  # a second Ctrl-C makes no traceback
        with suppress(OSError):
            self._poke.send(b"\0")
        self._thread.join(timeout=CANCEL_WITHIN)
        if error and self.reason:
            raise CommandError(self._explain(self.reason), returncode=self.reason.returncode) from error

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        """A second signal is ignored: the time to clean up is bounded."""
        if self._is_settled:
            return
        first = self.reason is None
        if first and signum in STOPPING:
            self.reason = _by_signal(signum)
        if self.reason and (first or signum == signal.SIGALRM) and not self._over.is_set():
            raise self.reason

    def _raise_again(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """In a destructor or a callback of the garbage collector the exception was printed and went no further."""
        if self.reason and unraisable.exc_value is self.reason:
            threading.Timer(AGAIN_AFTER, self._interrupt).start()  # not from here, where it would be lost again
        else:
            self._unraisable(unraisable)

    def _watch(self) -> None:
        if not self._is_told_to_stop():
            self.reason = self.reason or _by_deadline(self.deadline)
            self._interrupt()
        if (
            self._connection.vendor == "sqlite"
            and not self._over.wait(0.3)
            and (session := self._connection.connection)
        ):
            session.interrupt()  # its statement runs in C code
        if self._over.wait(CUT_AFTER):
            return
        self._cut()
        self._interrupt()
        if not self._over.wait(END_AFTER - CUT_AFTER):
            self._end()

    def _is_told_to_stop(self) -> bool:
        """Waits for a signal; False at the deadline."""
        while not self.deadline.passed():
            readable = select.select([self._poked], [], [], self.deadline.remaining() + MARGIN)[0]
            signals = readable[0].recv(64) if readable else b""
            if self._over.is_set() or set(signals).intersection(STOPPING):
                return True
        return False

    def _interrupt(self) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def _cut(self) -> None:
        if self.reason:
            self.reason.is_cut = True
        session = self._connection.connection
        if session and self._connection.vendor == "postgresql":
            from releases.postgresql.sessions import cut

            with suppress(Exception):
                session.cancel_safe(timeout=CANCEL_WITHIN)
            cut(session)

    def _end(self) -> None:
        """The main thread is stuck. So may be the reader of our output, and the database."""
        reason = self.reason or _by_deadline(self.deadline)

        def say() -> None:
            words = self._explain(reason)
            sys.stderr.write(f"CommandError: {words}\n")
            sys.stderr.flush()
            sys.stdout.flush()
            if self._record:
                self._record(words)

        last_words = threading.Thread(target=say, daemon=True)
        last_words.start()
        last_words.join(timeout=LAST_WORDS_WITHIN)
        os._exit(reason.returncode)


def _by_signal(signum: int) -> Stopped:
    return Stopped(f"it was stopped by {signal.Signals(signum).name}", "Run this again.", 128 + signum)


def _by_deadline(deadline: Deadline) -> Stopped:
    name = conf.read().deadline_variable or 'RELEASES["DEADLINE"]'
    return Stopped(
        f"it had not ended after {deadline.seconds:g} s",
        f"Find out what it waited for. If it needs longer, raise {name}. Then run this again.",
        1,
    )
