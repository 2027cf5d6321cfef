"""Where a request ends, compared with gunicorn's own parser."""

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.errors import InvalidHeader, ParseException
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.framing import Frame, HeadTooLong
from serving.limits import BODY_BYTES, HEAD_BYTES

HEAD = b"POST /login/ HTTP/1.1\r\nHost: localhost\r\n"
PEER = ("192.0.2.1", 1)


def chunked(pieces: list[bytes], extension: bytes = b"", trailer: bytes = b"") -> bytes:
    chunks = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailer + b"\r\n"


def sized(body: bytes) -> bytes:
    return HEAD + b"content-LENGTH:  %d\r\nA: b\r\n\r\n" % len(body) + body


pieces = st.lists(st.binary(min_size=1, max_size=40), max_size=4)
extensions = st.sampled_from([b"", b";a=b", b" ; a", b';a="x;y"'])
trailers = st.sampled_from([b"", b"Digest: 1\r\n", b"A: b\r\nC: d\r\n"])
requests = st.one_of(
    st.just(b"GET /livez HTTP/1.0\r\n\r\n"),
    st.just(b"\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    st.binary(max_size=60).map(sized),
    st.builds(chunked, pieces, extensions, trailers),
)


@settings(deadline=None)
@given(requests, st.binary(max_size=30), st.lists(st.integers(1, 50), min_size=1))
def test_the_end_is_where_gunicorn_stops_reading(request: bytes, following: bytes, cuts: list[int]) -> None:
    sent, received, frame = request + following, bytearray(), Frame()
    while not frame.scan(received):
        assert len(received) < len(request)
        size = cuts[len(received) % len(cuts)]
        received += sent[len(received) : len(received) + size]
    assert frame.end == len(request)

    parser = get_parser(Config(), [bytes(received[: frame.end])], PEER)
    body = next(parser).body.read()
    assert not parser.unreader.take_buffered()
    assert body in request or frame.chunked


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", HEAD, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"]))
def test_any_bytes_are_awaited_or_handed_over(garbage: bytes, start: bytes) -> None:
    received, frame = bytearray(start + garbage), Frame()
    if frame.scan(received):
        assert 0 < frame.end <= len(received)


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 1\r\nContent-Length: 200\r\n\r\nx",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length : 5\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n",
        b"X: a\n\n",
    ],
)
def test_what_gunicorn_refuses_is_handed_over_for_it_to_refuse(rest: bytes) -> None:
    received, frame = bytearray(HEAD + rest), Frame()
    assert frame.scan(received)
    with pytest.raises((ParseException, InvalidHeader)):
        next(get_parser(Config(), [bytes(received[: frame.end])], PEER))


@pytest.mark.parametrize("line", [b"xyz\r\n", b"-1\r\n", b"5\n", b"\r\n", b"1" * 17 + b"\r\n", b"1" * 9000])
def test_an_invalid_chunk_is_handed_over_at_once(line: bytes) -> None:
    received, frame = bytearray(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + line), Frame()
    assert frame.scan(received)
    assert frame.end == len(received)


@pytest.mark.parametrize("length", [BODY_BYTES + 1, 10**18, int("9" * 4000)])
def test_a_body_that_is_too_long_is_not_awaited(length: int) -> None:
    head = (
        HEAD + b"Content-Length: %s\r\n\r\n" % str(length).encode()
        if length < 10**19
        else HEAD + (b"Content-Length: " + b"9" * 4000 + b"\r\n\r\n")
    )
    frame = Frame()
    assert frame.scan(bytearray(head + b"xy"))
    assert frame.too_long
    assert frame.end == len(head)
    assert frame.length > BODY_BYTES


def test_chunks_that_become_too_long_are_not_awaited() -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    received, frame = bytearray(head), Frame()
    piece = b"%x\r\n%s\r\n" % (2**20, b"x" * 2**20)
    pieces = 0
    while not frame.scan(received):
        received += piece
        pieces += 1
    assert frame.too_long
    assert (frame.end, pieces) == (len(head), BODY_BYTES // 2**20)
    assert frame.length > BODY_BYTES

    announced = Frame()
    assert announced.scan(bytearray(head + b"ffffffffff\r\n"))
    assert announced.too_long


def test_headers_without_an_end_are_refused() -> None:
    received, frame = bytearray(HEAD), Frame()
    while len(received) < HEAD_BYTES:
        assert not frame.scan(received)
        received += b"X: " + b"x" * 1000 + b"\r\n"
    with pytest.raises(HeadTooLong):
        frame.scan(received)


def test_expect_continue_is_recognized() -> None:
    frame = Frame()
    assert not frame.scan(bytearray(HEAD + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n"))
    assert frame.expects_continue
