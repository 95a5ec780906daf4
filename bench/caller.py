"""One keep-alive connection that sends bytes and times the whole reply."""

from __future__ import annotations

import re
import socket
from time import perf_counter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_END = b"\r\n\r\n"


class Caller:
    """A connection to 127.0.0.1. Raises OSError when the server is not there or goes away."""

    def __init__(self, port: int, timeout: float = 60) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, request: bytes) -> None:
        """Send a request without waiting for its reply."""
        self._socket.sendall(request)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return HTTP status and body of the reply."""
        self._socket.sendall(request)
        return self.read()

    def timed(self, request: bytes, expected: bytes = b"") -> float:
        """Return the seconds until the whole reply is there; RuntimeError when ``expected`` is not in it."""
        start = perf_counter()
        _, body = self.ask(request)
        seconds = perf_counter() - start
        if expected not in body:
            raise RuntimeError(f"unexpected reply: {body[:300]!r}")
        return seconds

    def read(self) -> tuple[int, bytes]:
        """Return HTTP status and body of the next reply."""
        data = self._socket.recv(65536)
        while _END not in data:
            data += self._more()
        head, _, body = data.partition(_END)
        status = int(head[9:12])
        length = _LENGTH.search(head)
        if length is not None:
            parts, missing = [body], int(length[1]) - len(body)
            while missing > 0:
                parts.append(self._more())
                missing -= len(parts[-1])
            return status, b"".join(parts)
        if _CHUNKED.search(head) is not None:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        return status, body

    def _more(self) -> bytes:
        data = self._socket.recv(262144)
        if not data:
            raise ConnectionError("the server closed the connection within a reply")
        return data
