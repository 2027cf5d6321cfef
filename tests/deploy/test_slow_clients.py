"""Slow clients and oversized requests, against the real server with its own settings."""

import http.client
import os
import re
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from serving.limits import BODY_BYTES, HEAD_BYTES
from tests.conftest import ROOT
from tests.server import Server, released, serving, web
from tests.slow_clients import FORM, HEAD, SENT, largest_static_file, slow_clients

pytestmark = pytest.mark.either_engine

MANY = 200
MULTIPART = b"multipart/form-data; boundary=x"
PROVEN_SECONDS = float(os.environ.get("SLOW_SECONDS", "40"))  # by hand: 600
EDGE = {"X_Forwarded_Proto": "https"}
MOST_MEMORY = 350  # megabytes of a worker
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)
PROBES = ("/livez", "/readyz")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with released(tmp_path_factory.mktemp("served")) as server:
        yield server
    assert "Traceback" not in server.log()


def exchange(server: Server, sent: bytes, *, end: bool = False) -> bytes:
    """What the server sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(sent)
        if end:
            client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").read()


@pytest.mark.parametrize("kind", SENT)
def test_two_hundred_slow_clients_block_nobody(served: Server, kind: str) -> None:
    with slow_clients(served, MANY, [kind]):
        for path in (*PROBES, "/login/"):
            assert served.get(path, **EDGE)[0] == 200
        assert login_is_refused(served)


def login_is_refused(server: Server) -> bool:
    body = b"username=a&password=b"
    answer = exchange(server, FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.proof
def test_slow_clients_block_nobody_however_long_they_stay(
    environment: dict[str, str], migrated: None, tmp_path: Path
) -> None:
    """They reconnect as soon as they are closed. Half of the probes wait less than a second, and all are answered.

    SIGTERM ends the server all the same: requests that have begun may end, and have as long as any.
    """
    taken, until = list[float](), time.monotonic() + PROVEN_SECONDS
    with serving(web(), environment, tmp_path / "log") as server, slow_clients(server, MANY) as clients:
        while time.monotonic() < until:
            for path in PROBES:
                began = time.monotonic()
                assert server.get(path)[0] == 200
                taken.append(time.monotonic() - began)
            clients.renew()
            time.sleep(0.1)
        memory = largest_worker(server)
        print(f"{len(taken)} probes, the slowest {max(taken):.3f} s; {clients.renewed} renewed; {memory:.0f} MB")
        assert server.stop() == 0
    assert clients.renewed
    assert statistics.median(taken) < 1
    assert memory < MOST_MEMORY
    assert "Traceback" not in server.log()


def largest_worker(server: Server) -> float:
    """Megabytes of memory."""
    master = Path(f"/proc/{server.process.pid}")
    workers = (master / f"task/{server.process.pid}/children").read_text().split()
    status = [(master.parent / worker / "status").read_text() for worker in workers]
    return max(int(found[1]) for found in map(RESIDENT.search, status) if found) / 1024


def test_more_connections_than_a_worker_holds_block_nobody(served: Server) -> None:
    """Those that have waited longest are closed."""
    with slow_clients(served, 1500, ["half a header"]) as clients:
        for path in PROBES:
            assert served.get(path)[0] == 200
        clients.renew()
        assert clients.renewed


def test_a_worker_limits_the_memory_of_half_sent_bodies(served: Server) -> None:
    body = FORM + b"Content-Length: %d\r\n\r\n" % BODY_BYTES + b"x" * (BODY_BYTES - 100)
    clients = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(40)]
    for client in clients:
        try:
            client.sendall(body)
        except ConnectionError:
            continue
    assert served.get("/readyz")[0] == 200
    memory = largest_worker(served)
    for client in clients:
        client.close()
    assert memory < MOST_MEMORY


@pytest.mark.proof
def test_an_unfinished_request_times_out_with_an_answer(served: Server) -> None:
    answers = [exchange(served, SENT[kind]) for kind in ("half a header", "two bytes of a body")]
    assert all(answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n") for answer in answers)


def test_a_request_in_small_pieces_is_answered(served: Server) -> None:
    body = b"username=a&password=b"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
        for byte in FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body:
            client.sendall(bytes([byte]))
        assert client.makefile("rb").read().startswith(b"HTTP/1.1 403 ")


def test_pipelined_requests_are_answered_in_turn(served: Server) -> None:
    one = b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n"
    form = FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    answer = exchange(served, one + form + b"HEAD" + one[3:] + one + b"GET /nowhere HTTP/1.0\r\n" + HEAD + b"\r\n")
    assert statuses(answer) == [b"200", b"403", b"200", b"200", b"404"]


def statuses(answers: bytes) -> list[bytes]:
    return [part[:3] for part in answers.replace(b"HTTP/1.0 ", b"HTTP/1.1 ").split(b"HTTP/1.1 ")[1:]]


def test_an_answer_to_head_has_no_body_and_the_connection_stays_open(served: Server) -> None:
    """Its length is that of a GET: for pages, static files, probes and refusals."""
    paths = ["/login/", "/livez", "/readyz", largest_static_file().decode(), "/api/nowhere"]
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)) as client:
        for path in paths:
            found = []
            for method in ("GET", "HEAD"):
                client.request(method, path, headers={"X-Forwarded-Proto": "https"})
                response = client.getresponse()
                found.append((response.status, response.headers["Content-Length"]))
                assert (response.read() != b"") == (method == "GET")
            assert found[0] == found[1]
    sent = b"".join(b"HEAD %s HTTP/1.1\r\n" % path.encode() + HEAD + b"\r\n" for path in paths)
    answers = exchange(served, sent + b"HEAD / HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n")
    assert answers.count(b"HTTP/1.1 ") == answers.count(b"\r\n\r\n") == len(paths) + 1
    assert answers.endswith(b"\r\n\r\n")


def test_a_large_answer_reaches_a_slow_client(served: Server) -> None:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(60)
        client.connect(("127.0.0.1", served.port))
        client.sendall(b"GET %s HTTP/1.1\r\n" % largest_static_file() + HEAD + b"Connection: close\r\n\r\n")
        time.sleep(1)
        head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body == (ROOT / "staticfiles" / largest_static_file().decode().removeprefix("/static/")).read_bytes()


@pytest.mark.parametrize("path", ["/login/", "/api/workouts/import", "/nowhere"])
@pytest.mark.parametrize("length", ["announced", "in chunks"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(served: Server, path: str, length: str) -> None:
    """Nobody is logged in. The client sends the whole body before it reads the answer, as most do."""
    start = FORM.replace(b"/login/", path.encode()).replace(b"application/x-www-form-urlencoded", MULTIPART)
    piece = b"x" * 2**20
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
        if length == "announced":
            client.sendall(start + b"Content-Length: %d\r\n\r\n" % (100 * len(piece)))
            for _ in range(100):
                client.sendall(piece)
        else:
            client.sendall(start + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(100):
                client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            client.sendall(b"0\r\n\r\n")
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 Request Entity Too Large\r\n")
    assert b"Connection: close" in answer
    assert b"The request is larger than 11 MB; the limit for a file is 10 MB. Nothing was changed." in answer
    assert (b"application/json" in answer) == path.startswith("/api/")


def test_expect_continue_is_answered(served: Server) -> None:
    asks = FORM + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    assert exchange(served, asks % (BODY_BYTES + 1)).startswith(b"HTTP/1.1 413 ")
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
        client.sendall(asks % 5)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"hello")
        assert client.makefile("rb").read().startswith(b"HTTP/1.1 403 ")


def test_headers_without_an_end_are_refused(served: Server) -> None:
    answer = exchange(served, b"GET / HTTP/1.1\r\n" + b"X-Long: %s\r\n" % (b"x" * 1000) * (HEAD_BYTES // 1000))
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\nHost: localhost\n\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        FORM + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        FORM + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_an_invalid_request_is_refused_at_once(served: Server, sent: bytes) -> None:
    assert exchange(served, sent).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_a_client_that_disconnects_affects_nobody(served: Server) -> None:
    for sent in SENT.values():
        with socket.create_connection(("127.0.0.1", served.port)) as client:
            client.sendall(sent.replace(b"%s", largest_static_file()))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closed with a reset
    assert served.get("/readyz")[0] == 200
