"""The protocol below the application: uvicorn's, which also lends out the connection of a request.

The application finds a :class:`Line` in the scope, as the ASGI extension named :data:`LINE`. What a
fault writes there goes past uvicorn, which is told that nothing is left for it to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mockserver.edge.performing import encoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from mockserver.model import Reply

    Listen = Callable[[Callable[[], object]], Callable[[], None]]

LINE: Final = "mock.line"
"""The ASGI extension's name."""

_NO_LINGER: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER on, and no time at all: closing throws away what is not sent and resets the connection."""

GONE: Final = "client gone"
STOPPING: Final = "server stopping"


class WireProtocol(HttpToolsProtocol):
    """uvicorn's protocol for HTTP/1.1 with a :class:`Line` for each request."""

    def __init__(self, *members: Any, **named: Any) -> None:
        super().__init__(*members, **named)
        self.lost = False
        self.stopping = False
        self._waiters: set[asyncio.Future[None]] = set()

    def on_headers_complete(self) -> None:
        """Lend the connection to the request that has just come; it runs from the loop's next turn on."""
        super().on_headers_complete()
        self.scope["extensions"] = {LINE: Line(self, self.cycle)}  # type: ignore[dict-item]

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits: the client is gone."""
        self.lost = True
        self._wake()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Wake whoever waits: the server stops."""
        self.stopping = True
        self._wake()
        super().shutdown()

    def _wake(self) -> None:
        for waiter in self._waiters:
            _let_go(waiter)

    async def pause(self, seconds: float | None, listen: Listen | None = None) -> None:
        """Return after these seconds (None: never), or when the connection or the server comes to its end.

        ``listen(wake)`` may be told to call ``wake``, from any thread, when there is nothing more to wait
        for; it returns how to stop that.
        """
        waiter: asyncio.Future[None] = self.loop.create_future()

        def wake() -> None:
            # A loop that is closed wakes nobody any more.
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(_let_go, waiter)

        stop = _nothing if listen is None else listen(wake)
        timer = None if seconds is None else self.loop.call_later(seconds, _let_go, waiter)
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            stop()
            self._waiters.discard(waiter)
            if timer is not None:
                timer.cancel()


def _let_go(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Line:
    """A request's connection, as :class:`mockserver.faults.base.Connection` describes it."""

    __slots__ = ("_cycle", "_protocol", "_settled")

    def __init__(self, protocol: WireProtocol, cycle: RequestResponseCycle) -> None:
        self._protocol = protocol
        self._cycle = cycle
        self._settled = False

    @property
    def lost(self) -> bool:
        """Whether the client has gone."""
        return self._protocol.lost

    @property
    def ending(self) -> str:
        """Why nothing can be done any more; empty while it can."""
        if self._protocol.lost:
            return GONE
        return STOPPING if self._protocol.stopping else ""

    async def wait(self, seconds: float | None, listen: Listen | None = None) -> bool:
        """Wait so long, or until what ``listen`` is given is called; False once the client has gone or the server stops."""
        if not self.ending and seconds != 0:
            await self._protocol.pause(seconds, listen)
        return not self.ending

    async def write(self, data: bytes) -> bool:
        """Write bytes as they are and wait until there is room for more; False when the client has gone."""
        if self.ending:
            return False
        self._cycle.response_started = True
        self._cycle.transport.write(data)
        # One turn of the loop, for the bytes to leave before a reset that might follow.
        await asyncio.sleep(0)
        if self._cycle.flow.write_paused:
            await self._cycle.flow.drain()
        return not self.ending

    def head(self, reply: Reply, *, length: int | None, chunked: bool = False) -> bytes:
        """Return status line and headers as uvicorn would write them, but for what is said of the length."""
        headers = [*self._cycle.default_headers, *(encoded(name, value) for name, value in reply.headers)]
        if length is not None:
            headers.append((b"content-length", b"%d" % length))
        elif chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        if not self._cycle.keep_alive or (length is None and not chunked):
            headers.append((b"connection", b"close"))
        lines = [b"%b: %b\r\n" % (name.lower(), value) for name, value in headers]
        return b"".join([STATUS_LINE[reply.http_status], *lines, b"\r\n"])

    def body(self, reply: Reply) -> bytes:
        """Return the body, or nothing for HEAD."""
        return b"" if self._cycle.scope["method"] == "HEAD" else reply.body

    def done(self) -> None:
        """Go on to the next request, as uvicorn does after a reply of its own."""
        self._settled = True
        cycle = self._cycle
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()

    def close(self) -> None:
        """End the connection in order."""
        self._leave()
        self._cycle.transport.close()

    def reset(self) -> None:
        """Break the connection; also under TLS, where the socket is the one below."""
        self._leave()
        sock = self._cycle.transport.get_extra_info("socket")
        if sock is not None:
            # A socket that is closed already has nothing left to reset.
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._cycle.transport.abort()

    def drop(self) -> None:
        """Give the connection up, whatever was still to be sent."""
        self._leave()
        self._cycle.transport.abort()

    def settle(self) -> None:
        """Drop the connection unless it was ended or handed on."""
        if not self._settled:
            self.drop()

    def _leave(self) -> None:
        # A cycle whose client is gone gets no reply from uvicorn, not even the one about a missing reply.
        self._settled = True
        self._cycle.disconnected = True
        self._cycle.on_response = _nothing


def _nothing() -> None:
    """Stand in for what there is none of: uvicorn's turn to the next request after the end, a bell's silence."""
