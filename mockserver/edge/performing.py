"""Carrying out what a reply brings along: waits first, then harm to the connection, else sending it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mockserver.faults.base import Wait, WireFault
from mockserver.model import Pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mockserver.bell import Watch
    from mockserver.edge.wire import Line
    from mockserver.model import Reply

    Send = Callable[[Any], Awaitable[None]]
    Ended = Callable[[tuple[str, int], str], object]
    """``ended(origin, how)``: told once for each reply that has an origin."""


async def perform(answered: Reply | Pause, line: Line, send: Send, ended: Ended) -> None:
    """Wait for the reply, then do to it and to its connection what its faults are.

    Waiting is the event loop's: it takes no thread. It ends as soon as the client goes away or the
    server stops; a command that was still waiting to take effect is dropped then, as if its
    connection had never brought it.
    """
    while isinstance(answered, Pause):
        if not await line.wait(answered.seconds):
            line.drop()
            return
        answered = answered.resume()
    how = await _deliver(answered, line, send)
    if answered.origin is not None:
        ended(answered.origin, how)


async def wait_on(watch: Watch, line: Line) -> bool:
    """Wait until a parked request should be asked again; False when its client has gone.

    When the server stops it is asked a last time, and answers with what there is.
    """
    watch.parked = False
    if await line.wait(watch.patience, watch.listen):
        await line.wait(watch.gap)
    watch.over = bool(line.ending)
    if line.lost:
        line.drop()
    return not line.lost


async def _deliver(reply: Reply, line: Line, send: Send) -> str:
    """Treat the connection of a reply and return how it ended, in a few words."""
    for fault in reply.faults:
        if isinstance(fault, Wait) and not await line.wait(fault.seconds):
            line.drop()
            return f"{line.ending} while waiting"
    for fault in reply.faults:
        if isinstance(fault, WireFault):
            try:
                return await fault.perform(line, reply)
            finally:
                line.settle()
    await respond(send, reply)
    return "client gone" if line.lost else "sent"


async def respond(send: Send, reply: Reply) -> None:
    """Send a whole reply with its exact length; the server below drops the body of HEAD."""
    headers = [encoded(name, value) for name, value in reply.headers]
    headers.append((b"content-length", b"%d" % len(reply.body)))
    await send({"type": "http.response.start", "status": reply.http_status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


@lru_cache(512)
def encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """Return a header as bytes; nearly all of a reply's headers are those of the reply before."""
    return name.encode("latin-1", "replace"), value.encode("latin-1", "replace")
