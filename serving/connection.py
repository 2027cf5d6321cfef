"""A client's connection, which never makes a thread wait for the client."""

import os
import socket
import time
from enum import Enum, auto
from typing import Any, BinaryIO

from gunicorn import http
from gunicorn.workers.gthread import TConn

from serving.framing import Frame
from serving.limits import LINGER, LINGER_AT_MOST, PATIENCE, SLOWEST

TOGETHER = 64 * 1024


class Waits(Enum):
    """What a connection that no thread works for waits for."""

    REQUEST = auto()
    ANSWER = auto()  # to be taken by the client
    END = auto()  # of the connection, by the client


class PatientSocket:
    """What gunicorn takes for the client's socket. No call waits: it reads what is here, and keeps what is not sent."""

    def __init__(self, raw: socket.socket) -> None:
        self.raw = raw
        raw.setblocking(False)
        self.received = bytearray()
        self.readable = 0
        """How many bytes of what was received gunicorn may read."""
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
        """Small pieces, such as the head and the body of a page, go out together."""
        self.unsent += data
        if len(self.unsent) > TOGETHER:
            self.flush()

    def sendfile(self, file: BinaryIO, offset: int, count: int) -> None:
        self.sendall(os.pread(file.fileno(), count, offset))

    def flush(self) -> int:
        """Sends what the client takes now of what is unsent; returns how many bytes that is."""
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
        """The worker ends the connection, once everything is sent."""

    def close(self) -> None:
        """As above."""


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """As gunicorn's threads know it, and what the worker knows besides. Only one of the two has it at a time."""

    sock: PatientSocket

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, PatientSocket(sock), client, server)
        self.initialized = self.data_ready = True
        self.parser = http.get_parser(cfg, self.sock, client)
        self.frame = Frame()
        self.keeps = True
        """Whether another request may follow."""
        self.counted = 0
        self.wait(Waits.REQUEST)

    def wait(self, waits: Waits) -> None:
        self.waits, self.since, self.moved = waits, time.monotonic(), 0

    @property
    def held(self) -> int:
        """Bytes that are held for it."""
        return len(self.sock.received) + len(self.sock.unsent)

    @property
    def idle(self) -> bool:
        """Between two requests."""
        return self.waits is Waits.REQUEST and not self.sock.received

    def received(self, data: bytes) -> None:
        if self.idle:
            self.wait(Waits.REQUEST)
        self.moved += len(data)
        self.sock.received += data

    def hand_over(self) -> None:
        """From here on gunicorn may read the request."""
        self.sock.readable = self.frame.end

    def take_back(self, *, keeps: bool) -> None:
        """After the answer. What gunicorn left of the request, or has read ahead, shows that it ended elsewhere."""
        agreed = not self.sock.readable and not self.parser.unreader.take_buffered()
        self.keeps = keeps and agreed and not self.frame.too_long
        self.frame = Frame()

    def is_overdue(self, now: float, idle: float) -> bool:
        """Whether it has waited too long. `idle` is how many seconds may pass between two requests."""
        by_size = self.moved / SLOWEST
        if self.waits is Waits.END:
            patience = min(LINGER + by_size, LINGER_AT_MOST)
        else:
            patience = idle if self.idle else PATIENCE + by_size
        return now - self.since > patience
