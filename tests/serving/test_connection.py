"""A connection without a server: what gunicorn may read, what is buffered for the client, when it is overdue."""

import os
import socket
import tempfile
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from serving.connection import BufferedSocket, Connection, Waits
from serving.limits import LINGER_MAX, MIN_RATE, TIMEOUT

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
IDLE = 5


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's and the client's socket; the server's has a small send buffer."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def connection(sockets: tuple[socket.socket, socket.socket]) -> Connection:
    return Connection(Config(), sockets[0], ("192.0.2.1", 1), ("192.0.2.2", 80))


def test_no_call_waits_for_a_client_that_reads_nothing(sockets: tuple[socket.socket, socket.socket]) -> None:
    """What it does not accept is buffered in order, whichever way it was sent."""
    ours, theirs = sockets
    sock = BufferedSocket(ours)
    pieces = [os.urandom(300_000) for _ in range(3)]
    sock.sendall(pieces[0])
    assert sock.send(pieces[1]) == len(pieces[1])
    with tempfile.TemporaryFile() as file:
        file.write(b"before" + pieces[2] + b"after")
        file.flush()
        sock.sendfile(file, 6, len(pieces[2]))
    assert sock.unsent

    came = bytearray()
    while len(came) < 900_000:
        came += theirs.recv(2**20)
        sock.flush()
    assert bytes(came) == b"".join(pieces)
    assert not sock.unsent


def test_gunicorn_reads_a_request_and_nothing_beyond(connection: Connection) -> None:
    connection.received(REQUEST + REQUEST[:5])
    assert connection.frame.scan(connection.sock.received)
    assert connection.sock.recv(8192) == b"", "not before it is handed over"

    connection.hand_over()
    assert next(connection.parser).path == "/"
    assert connection.sock.recv(8192) == b""

    connection.reclaim(keeps=True)
    assert connection.keeps
    assert connection.sock.received == REQUEST[:5]


@pytest.mark.parametrize("read", [0, 10, len(REQUEST)])
def test_the_connection_ends_if_gunicorn_sees_another_end(connection: Connection, read: int) -> None:
    """It left bytes, or has read bytes that it did not use."""
    connection.received(REQUEST)
    assert connection.frame.scan(connection.sock.received)
    connection.hand_over()
    connection.parser.unreader.unread(connection.sock.recv(read))
    connection.reclaim(keeps=True)
    assert not connection.keeps


@pytest.mark.parametrize(
    ("waits", "moved", "seconds"),
    [
        (Waits.REQUEST, 0, IDLE),
        (Waits.REQUEST, 1, TIMEOUT),
        (Waits.REQUEST, 10 * MIN_RATE, TIMEOUT + 10),
        (Waits.ANSWER, 0, TIMEOUT),
        (Waits.ANSWER, 10 * MIN_RATE, TIMEOUT + 10),
        (Waits.END, 0, 2),
        (Waits.END, 5 * MIN_RATE, 7),
        (Waits.END, 2**30, LINGER_MAX),
    ],
)
def test_the_timeout_grows_with_the_bytes_transferred(
    connection: Connection, waits: Waits, moved: int, seconds: float
) -> None:
    connection.wait(waits)
    if waits is Waits.REQUEST and moved:
        connection.received(b"x" * moved)
    connection.moved = moved
    assert not connection.is_overdue(connection.since + seconds - 0.1, IDLE)
    assert connection.is_overdue(connection.since + seconds + 0.2, IDLE)


def test_the_time_of_a_request_begins_with_its_first_byte(connection: Connection) -> None:
    connection.since -= IDLE
    began = connection.since
    connection.received(b"G")
    assert connection.since > began
    since = connection.since
    connection.received(b"ET")
    assert connection.since == since
