"""A closed-loop client for machines without wrk, in a process of its own.

``python -m bench.client PORT FILE CONTENT_TYPE CONNECTIONS SECONDS COUNT`` posts the file over so many
keep-alive connections, each sending again as soon as its reply is there, until the seconds are over
or, if COUNT is not 0, that many replies have come; then prints what :class:`bench.load.Load` holds.
It takes more of its core than wrk does, so its latencies are longer; ratios still hold.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.commands import http
from bench.figures import percentile

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_END = b"\r\n\r\n"


def whole(reply: bytes) -> bool:
    """Tell whether a reply with a Content-Length, or a chunked one, is all there."""
    head, end, body = reply.partition(_END)
    length = _LENGTH.search(head)
    if length is not None:
        return len(body) >= int(length[1])
    return bool(end) and body.endswith(b"0\r\n\r\n")


class Loop:
    """So many connections, one request under way on each."""

    def __init__(self, port: int, request: bytes, connections: int) -> None:
        self._request = request
        self._selector = selectors.DefaultSelector()
        self._sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
        self._sent = [0.0] * connections
        self._got = [b""] * connections
        self.times: list[float] = []
        self.errors = 0
        for index, sock in enumerate(self._sockets):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(sock, selectors.EVENT_READ, index)

    def run(self, seconds: float, count: int) -> dict[str, Any]:
        """Return requests, seconds, p50 and p99 in microseconds, and errors."""
        start = perf_counter()
        for index in range(len(self._sockets)):
            self._send(index)
        while perf_counter() - start < seconds and (count == 0 or len(self.times) < count):
            for key, _ in self._selector.select(1):
                self._receive(key.data)
        took = perf_counter() - start
        return {
            "requests": len(self.times),
            "seconds": took,
            "p50": percentile(self.times, 50) * 1e6,
            "p99": percentile(self.times, 99) * 1e6,
            "errors": self.errors,
        }

    def close(self) -> None:
        """Close all connections."""
        self._selector.close()
        for sock in self._sockets:
            sock.close()

    def _send(self, index: int) -> None:
        self._sent[index] = perf_counter()
        self._sockets[index].sendall(self._request)

    def _receive(self, index: int) -> None:
        data = self._sockets[index].recv(65536)
        if not data:
            raise ConnectionError("the server closed a connection")
        reply = self._got[index] + data
        if not whole(reply):
            self._got[index] = reply
            return
        self.times.append(perf_counter() - self._sent[index])
        self.errors += reply[9:10] not in (b"2", b"3")
        self._got[index] = b""
        self._send(index)


def main(words: list[str]) -> None:
    """Run the load and print the result as one line of JSON."""
    port, file, media, connections, seconds, count = words
    request = http(Path(file).read_bytes(), media=media)
    loop = Loop(int(port), request, int(connections))
    try:
        print(json.dumps(loop.run(float(seconds), int(count))))
    finally:
        loop.close()


if __name__ == "__main__":
    main(sys.argv[1:])
