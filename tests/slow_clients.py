"""Slow clients: each holds a connection open and makes the server wait."""

import json
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import ROOT
from tests.server import Server

HEAD = b"Host: localhost\r\nX-Forwarded-Proto: https\r\n"
FORM = b"POST /login/ HTTP/1.1\r\n" + HEAD + b"Content-Type: application/x-www-form-urlencoded\r\n"
UNREAD = "an answer that is not read"
SENT: dict[str, bytes] = {
    "nothing": b"",
    "half a header": b"GET /login/ HTTP/1.1\r\n" + HEAD + b"X-Half",
    "two bytes of a body": FORM + b"Content-Length: 100000\r\n\r\nab",
    "a chunk that stops": FORM + b"Transfer-Encoding: chunked\r\n\r\n400\r\nab",
    "a file that stops": FORM + b"Content-Length: 3000000\r\n\r\n" + b"x" * 1_000_000,
    UNREAD: b"GET %s HTTP/1.1\r\n" + HEAD + b"X-Long: " + b"x" * 8000 + b"\r\n\r\n",
    "a last request whose connection stays": b"GET /livez HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n",
}
PIPELINED = 8  # requests for a file of 1.5 MB, whose answers exceed every system buffer


class SlowClients:
    """Open connections. `renew` replaces each one that the server has closed."""

    def __init__(self, server: Server, count: int, kinds: list[str]) -> None:
        self._address = ("127.0.0.1", server.port)
        kinds = (kinds * count)[:count]
        self.open = [(kind, self._connect(kind)) for kind in kinds]
        self.renewed = 0

    def renew(self) -> None:
        for place, (kind, client) in enumerate(self.open):
            if has_ended(client):
                client.close()
                self.open[place] = (kind, self._connect(kind))
                self.renewed += 1

    def close(self) -> None:
        for _, client in self.open:
            client.close()

    def _connect(self, kind: str) -> socket.socket:
        client = socket.socket()
        client.settimeout(20)
        if kind == UNREAD:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(self._address)
        sent = SENT[kind]
        if kind == UNREAD:
            sent = sent % largest_static_file() * PIPELINED
        client.sendall(sent)
        return client


def has_ended(client: socket.socket) -> bool:
    """Whether the server has closed its side. Reads nothing, so that an answer stays unread."""
    poll = select.poll()
    poll.register(client, select.POLLRDHUP)
    return bool(poll.poll(0))


def largest_static_file() -> bytes:
    paths = json.loads((ROOT / "staticfiles/staticfiles.json").read_text())["paths"]
    return f"/static/{paths['ninja/swagger-ui-bundle.js']}".encode()


@contextmanager
def slow_clients(server: Server, count: int, kinds: list[str] | None = None) -> Iterator[SlowClients]:
    clients = SlowClients(server, count, kinds or list(SENT))
    try:
        yield clients
    finally:
        clients.close()
