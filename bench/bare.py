"""The yardstick for what a request costs at least: asyncio, httptools and a fixed reply.

``python -m bench.bare PORT``. Uses uvloop where it is installed, as the sandbox's server does.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, cast

import httptools

from bench.commands import fixed_reply


class Fixed(asyncio.Protocol):
    """Answers every whole request with the same bytes."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Parse what came; the parser calls on_message_complete."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Answer."""
        self._transport.write(self._reply)


def _runner() -> Any:
    try:
        import uvloop  # noqa: PLC0415 - not made for Windows
    except ImportError:
        return asyncio.run
    return uvloop.run


async def _serve(port: int) -> None:
    body = fixed_reply()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    reply = head.encode() + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Fixed(reply), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    _runner()(_serve(int(sys.argv[1])))
