"""Where a request ends in the bytes that a client sends. Pure.

Only what determines the end is read here. gunicorn's parser reads the request again, gets no byte beyond the end, and
is authoritative: if the two disagree, the connection is closed (serving.connection).
"""

import re

from serving.limits import BODY_BYTES, HEAD_BYTES

HEAD_END = re.compile(rb"\r?\n\r?\n")  # gunicorn refuses bare line feeds; here they end the wait
LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"^transfer-encoding:.*chunked", re.IGNORECASE | re.MULTILINE)
EXPECTS_CONTINUE = re.compile(rb"^expect:[ \t]*100-continue", re.IGNORECASE | re.MULTILINE)
CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(;|\r\n)")
LONGEST_LINE = 8190  # bytes: a chunk's size with its extensions, or the trailer
LONGEST_NUMBER = 15  # digits


class HeadTooLong(Exception):
    """The headers do not end within HEAD_BYTES."""


class Frame:
    """One request as it arrives.

    `end` is where it ends, once `scan` has returned True. For a request that is `too_long` this is the end of its head:
    its body is not awaited, because the application refuses it by its `length`.
    """

    def __init__(self) -> None:
        self.end = 0
        self.length = 0
        self.chunked = self.expects_continue = self.too_long = False
        self._head = self._scanned = self._at = 0

    def scan(self, received: bytearray) -> bool:
        """Whether the request can be handed over. To be called with all its bytes whenever more have arrived.

        Raises HeadTooLong.
        """
        if not self._head and not self._read_head(received):
            return False
        if self.chunked and not self.too_long:
            return self._walk(received)
        return len(received) >= self.end

    def _read_head(self, received: bytearray) -> bool:
        found = HEAD_END.search(received, max(0, self._scanned - 3), HEAD_BYTES)
        if not found:
            if len(received) >= HEAD_BYTES:
                raise HeadTooLong
            self._scanned = len(received)
            return False
        head = bytes(received[: found.end()])
        self._head = self._at = self.end = found.end()
        self.expects_continue = EXPECTS_CONTINUE.search(head) is not None
        self.chunked = CHUNKED.search(head) is not None
        if not self.chunked and (length := LENGTH.search(head)):
            self._expect(int(length[1]) if len(length[1]) <= LONGEST_NUMBER else 10**LONGEST_NUMBER)
        return True

    def _expect(self, length: int) -> None:
        self.length = length
        self.too_long = length > BODY_BYTES
        self.end = self._head if self.too_long else self._head + length

    def _walk(self, received: bytearray) -> bool:
        """Goes from chunk to chunk. An invalid chunk is handed over as it is, for gunicorn to refuse."""
        while (line_end := received.find(b"\n", self._at)) >= 0:
            size = CHUNK_SIZE.match(received, self._at, line_end + 1)
            if not size:
                return self._hand_over(len(received))
            if int(size[1], 16) == 0:
                return self._walk_trailer(received, line_end + 1)
            self._at = line_end + 1 + int(size[1], 16) + 2
            if self._at - self._head > BODY_BYTES:
                self._expect(self._at - self._head)
                return True
        return len(received) - self._at > LONGEST_LINE and self._hand_over(len(received))

    def _walk_trailer(self, received: bytearray, start: int) -> bool:
        if received[start : start + 2] == b"\r\n":
            return self._hand_over(start + 2)
        end = received.find(b"\r\n\r\n", start)
        if end >= 0:
            return self._hand_over(end + 4)
        return len(received) - start > LONGEST_LINE and self._hand_over(len(received))

    def _hand_over(self, end: int) -> bool:
        self.end, self.length = end, end - self._head
        return True
