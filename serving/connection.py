"""A client's connection, on which no thread ever waits for the client."""

import os
import socket
import time
from enum import Enum, auto
from typing import Any, BinaryIO

from gunicorn import http
from gunicorn.workers.gthread import TConn

from serving.framing import Frame
from serving.limits import LINGER, LINGER_MAX, MIN_RATE, TIMEOUT

SEND_BYTES = 64 * 1024


class Waits(Enum):
    """What a connection waits for while no thread serves it."""

    REQUEST = auto()
    ANSWER = auto()  # the client receives it
    END = auto()  # the client closes the connection


class BufferedSocket:
    """Stands in for the client's socket in gunicorn. No call blocks: it reads what has arrived and buffers the rest."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw = raw
        raw.setblocking(False)
        self.received = bytearray()
        self.readable = 0
        """How many of the received bytes gunicorn may read."""
        self.unsent = bytearray()

    def recv(self, size: int) -> bytes:
        size = min(size, self.readable)
        data = bytes(self.received[:size])
        del self.received[:size]
        self.readable -= size
        return data

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def sendall(self, data: bytes) -> None:
        """Small pieces, such as the head and the body of a page, are sent together."""
        self.unsent += data
        if len(self.unsent) > SEND_BYTES:
            self.flush()

    def sendfile(self, file: BinaryIO, offset: int, count: int) -> None:
        self.sendall(os.pread(file.fileno(), count, offset))

    def flush(self) -> int:
        """Sends as much of the unsent bytes as the client accepts now, and returns their number."""
        try:
            sent = self.raw.send(self.unsent)
        except BlockingIOError:
            return 0
        del self.unsent[:sent]
        return sent

    def gettimeout(self) -> float:
        return 0.0

    def settimeout(self, seconds: float) -> None:
        """It never waits."""

    def setblocking(self, blocking: bool) -> None:
        """It never blocks."""

    def shutdown(self, how: int) -> None:
        """Left to the worker, which ends the connection once everything is sent."""

    def close(self) -> None:
        """Left to the worker, too."""


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's connection, with the state that the worker needs. Only the loop or one thread uses it at a time."""

    sock: BufferedSocket

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, BufferedSocket(sock), client, server)
        self.initialized = self.data_ready = True
        self.parser = http.get_parser(cfg, self.sock, client)
        self.frame = Frame()
        self.keeps = True
        """Whether the connection stays open for another request."""
        self.counted = 0
        self.wait(Waits.REQUEST)

    def wait(self, waits: Waits) -> None:
        self.waits, self.since, self.moved = waits, time.monotonic(), 0

    @property
    def held(self) -> int:
        """How many bytes are held in memory for this connection."""
        return len(self.sock.received) + len(self.sock.unsent)

    @property
    def idle(self) -> bool:
        """Whether the connection is between two requests."""
        return self.waits is Waits.REQUEST and not self.sock.received

    def received(self, data: bytes) -> None:
        if self.idle:
            self.wait(Waits.REQUEST)
        self.moved += len(data)
        self.sock.received += data

    def hand_over(self) -> None:
        """Lets gunicorn read the request."""
        self.sock.readable = self.frame.end

    def reclaim(self, *, keeps: bool) -> None:
        """To be called after the answer. Bytes that gunicorn left or read ahead show that it saw another end."""
        agreed = not self.sock.readable and not self.parser.unreader.take_buffered()
        self.keeps = keeps and agreed and not self.frame.too_long
        self.frame = Frame()

    def is_overdue(self, now: float, idle: float) -> bool:
        """Whether it has waited too long at `now`. `idle` is how many seconds may pass between two requests."""
        by_size = self.moved / MIN_RATE
        if self.waits is Waits.END:
            patience = min(LINGER + by_size, LINGER_MAX)
        else:
            patience = idle if self.idle else TIMEOUT + by_size
        return now - self.since > patience
