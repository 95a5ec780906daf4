"""Reading a request's body within the limit, and refusing what is longer (TRN-30)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from mockserver.model import Reply

    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

DRAIN_SECONDS = 10.0
"""How long at most the rest of a refused body is read and thrown away."""

DRAIN_IDLE_SECONDS = 1.0
"""How long a client may send nothing before a refused body is given up."""


class Disconnected(Exception):
    """The client left before its request was complete."""


class TooLong(Exception):
    """The body is longer than the limit."""


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """Return the whole body; raises TooLong (by Content-Length first, then by counting) or Disconnected."""
    declared = headers.get("content-length")
    if declared is None:
        if "transfer-encoding" not in headers:
            return b""
    elif int(declared) > limit:
        raise TooLong
    message = await receive()
    if message["type"] != "http.request":
        raise Disconnected
    body: bytes = message["body"]
    if len(body) > limit:
        raise TooLong
    return body if not message["more_body"] else await _read_rest(receive, body, limit)


async def _read_rest(receive: Receive, first: bytes, limit: int) -> bytes:
    chunks = [first]
    length = len(first)
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        chunks.append(message["body"])
        length += len(message["body"])
        if length > limit:
            raise TooLong
        more = message["more_body"]
    return b"".join(chunks)


async def refuse_body(receive: Receive, send: Send, headers: Mapping[str, str], reply: Reply) -> None:
    """Answer a body over the limit with this reply and close the connection once the client has had it.

    Closing with unread input makes the kernel reset the connection, and most clients look for an
    answer only after they have sent everything. So the answer leaves at once and the rest of the
    body is read and thrown away for a while. A client that asked by ``Expect`` has sent nothing.
    """
    closing = [
        *((name.encode(), value.encode()) for name, value in reply.headers),
        (b"content-length", str(len(reply.body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": reply.http_status, "headers": closing})
    if reply.body:
        await send({"type": "http.response.body", "body": reply.body, "more_body": True})
    if "expect" not in headers:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await _drain(receive)
        except TimeoutError:
            pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drain(receive: Receive) -> None:
    more = True
    while more:
        async with asyncio.timeout(DRAIN_IDLE_SECONDS):
            message = await receive()
        more = message.get("more_body", False)
