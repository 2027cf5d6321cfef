"""gunicorn's threaded worker with threads that never wait for a client.

gunicorn's own worker assigns a thread to a connection at its first byte, and the thread waits for the rest without a
timeout: eight clients that send half a request stop the site. Here the worker's loop receives requests and sends
answers, and a thread is assigned only to a complete request. A slow client costs a connection and the bytes that it
sent; both are limited, and the connection that has waited longest is closed first.

The alternatives: gunicorn's gevent worker also waits for slow clients without a timeout; one long request stops it,
because its requests share a thread; and its patches come too late for a preloaded application. Its asyncio worker needs
ASGI, under which Django keeps no persistent database connections. A timeout on the socket occupies a thread until it
expires.
"""

import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from serving.connection import Connection, Waits
from serving.framing import HeadTooLong
from serving.limits import HEAD_BYTES, HELD_BYTES, SMALL_BYTES, STOPPING_IDLE

READ_BYTES = 256 * 1024  # read from one connection before the others have their turn
NO_CLIENT = (errno.EAGAIN, errno.ECONNABORTED)
TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Everything but `handle_request` runs in the loop's thread."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.waiting: dict[Connection, None] = {}
        """The connections that wait for their clients, the longest waiting one first."""
        self.held = 0
        self._swept = 0.0
        self._on = {Waits.REQUEST: self._receive, Waits.ANSWER: self._send, Waits.END: self._discard}

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:  # noqa: ARG003  # gunicorn calls it
        if cfg.is_ssl:
            raise SystemExit("This worker does not support TLS, which ends at the proxy. Remove certfile and keyfile.")

    def run(self) -> None:
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        while self.alive and self.is_parent_alive():
            self.set_accept_enabled(self.nr_conns < self.worker_connections or bool(self.waiting))
            self._turn(idle=self.cfg.keepalive)
        self.set_accept_enabled(False)
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self.nr_conns and time.monotonic() < deadline:
            self._turn(idle=min(self.cfg.keepalive, STOPPING_IDLE))
        self.tpool.shutdown(wait=False)
        self.poller.close()
        self.method_queue.close()
        for listener in self.sockets:
            listener.close()

    def _turn(self, idle: float) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(timeout=1.0)
        if (now := time.monotonic()) - self._swept >= 1:
            self._swept = now
            self._close_overdue(now, idle)

    def accept(self, listener: Any) -> None:
        if self.nr_conns >= self.worker_connections:
            self._close_longest_waiting()
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in TOO_MANY_FILES:
                self._close_longest_waiting()
            elif error.errno not in NO_CLIENT:
                raise
            return
        self.nr_conns += 1
        self._step(self._receive, Connection(self.cfg, client, address, listener.getsockname()))

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Runs in a thread. Gives a chunked body the length by which Django reads or refuses it."""
        req._expected_100_continue = False  # noqa: SLF001  # it was answered when the head had arrived
        if conn.frame.too_long:
            req.force_close()
        if conn.frame.chunked:
            body = b"" if conn.frame.too_long else req.body.read()
            req.body = BytesIO(body)
            req.headers.append(("CONTENT-LENGTH", str(conn.frame.length if conn.frame.too_long else len(body))))
        kept: bool = super().handle_request(req, conn)
        conn.sock.flush()
        return kept

    def finish_request(self, conn: Connection, fs: Any) -> None:
        conn.reclaim(keeps=not fs.cancelled() and not fs.exception() and fs.result() is True)
        self._step(self._after_the_answer, conn)

    def _step(self, act: Callable[[Connection], None], conn: Connection) -> None:
        """Runs `act`, and closes the connection if the client has disconnected."""
        try:
            act(conn)
        except OSError:
            self._close(conn)

    def _after_the_answer(self, conn: Connection) -> None:
        self._count(conn)
        if conn.sock.unsent:
            self._wait(conn, Waits.ANSWER)
        elif not conn.keeps:
            self._end(conn)
        elif conn.sock.received:
            conn.wait(Waits.REQUEST)
            self._scan(conn)
        else:
            self._wait(conn, Waits.REQUEST)

    def _wait(self, conn: Connection, waits: Waits) -> None:
        conn.wait(waits)
        self._watch(conn)
        self._limit_held_bytes()

    def _watch(self, conn: Connection) -> None:
        event = selectors.EVENT_WRITE if conn.waits is Waits.ANSWER else selectors.EVENT_READ
        self.poller.register(conn.sock.raw, event, partial(self._resume, conn))
        self.waiting[conn] = None

    def _stop_watching(self, conn: Connection) -> None:
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.sock.raw)

    def _resume(self, conn: Connection, raw: socket.socket) -> None:
        if conn in self.waiting:  # otherwise it was closed in the same turn
            self._step(self._on[conn.waits], conn)

    def _receive(self, conn: Connection) -> None:
        try:
            data = conn.sock.raw.recv(READ_BYTES)
        except BlockingIOError:
            if conn not in self.waiting:
                self._watch(conn)
            return
        if not data:
            self._close(conn)
            return
        conn.received(data)
        self._count(conn)
        self._scan(conn)

    def _scan(self, conn: Connection) -> None:
        """Checks whether the request is complete, and hands it over."""
        try:
            whole = conn.frame.scan(conn.sock.received)
        except HeadTooLong:
            self._refuse(431, "Request Header Fields Too Large", f"They are longer than {HEAD_BYTES} bytes.", conn)
            return
        if whole:
            self._stop_watching(conn)
            conn.hand_over()
            self.enqueue_req(conn)
            return
        if conn.frame.expects_continue:
            conn.frame.expects_continue = False
            conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            conn.sock.flush()
        if conn not in self.waiting:
            self._watch(conn)
        self._limit_held_bytes()

    def _send(self, conn: Connection) -> None:
        conn.moved += conn.sock.flush()
        self._count(conn)
        if not conn.sock.unsent:
            self._stop_watching(conn)
            self._after_the_answer(conn)

    def _end(self, conn: Connection) -> None:
        """Closes in steps: a client that is still sending would lose the answer otherwise (RFC 9112, 9.6)."""
        conn.sock.received.clear()
        self._count(conn)
        conn.sock.raw.shutdown(socket.SHUT_WR)
        self._wait(conn, Waits.END)

    def _discard(self, conn: Connection) -> None:
        discarded = len(conn.sock.raw.recv(READ_BYTES))
        conn.moved += discarded
        if not discarded:
            self._close(conn)

    def _refuse(self, status: int, reason: str, sentence: str, conn: Connection) -> None:
        self._stop_watching(conn)
        conn.keeps = False
        util.write_error(conn.sock, status, reason, sentence)
        self._after_the_answer(conn)

    def _close(self, conn: Connection) -> None:
        self._stop_watching(conn)
        conn.sock.received.clear()
        conn.sock.unsent.clear()
        self._count(conn)
        conn.sock.raw.close()
        self.nr_conns -= 1

    def _count(self, conn: Connection) -> None:
        self.held += conn.held - conn.counted
        conn.counted = conn.held

    def _close_overdue(self, now: float, idle: float) -> None:
        too_slow = partial(self._refuse, 408, "Request Timeout", "It did not end in time.")
        for conn in [conn for conn in self.waiting if conn.is_overdue(now, idle)]:
            half_sent = conn.waits is Waits.REQUEST and not conn.idle
            self._step(too_slow if half_sent else self._close, conn)

    def _close_longest_waiting(self) -> None:
        if self.waiting:
            self._close(next(iter(self.waiting)))

    def _limit_held_bytes(self) -> None:
        while self.held > HELD_BYTES:
            large = next((conn for conn in self.waiting if conn.held > SMALL_BYTES), None)
            if large is None:
                return
            self._close(large)
