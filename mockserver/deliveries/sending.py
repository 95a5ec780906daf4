"""One delivery over the network: a POST to an address that was checked, bounded in time and size.

Not ``requests``: it looks the name up again after it was checked, and holds a thread for every receiver
that does not answer.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

import httptools
import orjson

from mockserver import __version__
from mockserver.deliveries.targets import TargetDenied
from mockserver.simulation.deliveries import Result, id_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mockserver.deliveries.targets import Target
    from mockserver.simulation.deliveries import Parcel

    Found = Callable[[str], Awaitable[tuple[Target, list[str]]]]
    """From a URL to the target and its addresses; raises TargetDenied or OSError."""

CONNECTING: Final = 2.0
"""Seconds until there is a connection."""
ALL: Final = 10.0
"""Seconds from there until the answer is whole, or as much of it as is kept."""
KEPT: Final = 2048
"""Bytes of an answer that are read."""
_AT_ONCE: Final = 4096
_MOST: Final = 65536
"""Bytes of a reply's head and body together that are read at most."""


class _Answer:
    """Hears from httptools what comes back."""

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.body = b""
        self.code: int | None = None
        self.over = False

    def on_headers_complete(self) -> None:
        code = self.parser.get_status_code()
        if code >= 200:  # those before only announce it
            self.code = code

    def on_body(self, part: bytes) -> None:
        self.body += part[: KEPT - len(self.body)]
        self.over = len(self.body) >= KEPT

    def on_message_complete(self) -> None:
        self.over = self.code is not None


async def send(parcel: Parcel, sandbox: str, find: Found) -> Result:
    """Deliver once and return what came of it; never raises but CancelledError."""
    try:
        target, addresses = await asyncio.wait_for(find(parcel.url), CONNECTING)
    except TargetDenied as denied:
        return Result(error=str(denied), final=True)
    except (OSError, UnicodeError) as error:
        return Result(error=f"the host cannot be found: {_told(error)}")
    try:
        reader, writer = await _connected(target, addresses)
    except (OSError, ssl.SSLError) as error:
        return Result(error=f"no connection: {_told(error)}")
    try:
        return await asyncio.wait_for(_exchanged(reader, writer, _request(parcel, sandbox, target)), ALL)
    except TimeoutError:
        return Result(error=f"no answer within {ALL:g} seconds")
    except (OSError, httptools.HttpParserError) as error:
        return Result(error=f"no answer: {_told(error)}")
    finally:
        writer.transport.abort()


async def _connected(
    target: Target, addresses: list[str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that takes it; all of them have been checked."""
    last: Exception = OSError("it has no address")
    secure = target.scheme == "https"
    for address in addresses:
        opening = asyncio.open_connection(
            address,
            target.port,
            ssl=_trusting() if secure else None,
            server_hostname=target.host if secure else None,
        )
        try:
            return await asyncio.wait_for(opening, CONNECTING)
        except TimeoutError:
            last = OSError(f"none within {CONNECTING:g} seconds")
        except OSError as error:
            last = error
    raise last


@cache
def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(parcel: Parcel, sandbox: str, target: Target) -> bytes:
    body = orjson.dumps(parcel.body)
    head = (
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        f"User-Agent: jodo-mock/{__version__}",
        f"X-Mock-Sandbox: {sandbox}",
        f"X-Mock-Delivery: {id_of(parcel.number)}",
        f"X-Mock-Attempt: {parcel.attempt}",
        f"X-Mock-Kind: {parcel.kind}",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body


async def _exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Result:
    answer, read = _Answer(), 0
    writer.write(request)
    # Who answers early and closes has answered all the same.
    with suppress(OSError):
        await writer.drain()
    while not answer.over and read < _MOST:
        part = await reader.read(_AT_ONCE)
        if not part:
            break
        read += len(part)
        answer.parser.feed_data(part)
    if answer.code is None:
        return Result(error="the connection ended without an answer")
    text = answer.body.decode("utf-8", "replace")
    return Result(answer.code, text, _unlike(answer.code))


def _unlike(code: int) -> str | None:
    """Return what is wrong with an HTTP status; None when it is one of success."""
    if 200 <= code < 300:
        return None
    return f"answered HTTP {code}{', which is not followed' if 300 <= code < 400 else ''}"


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"none within {CONNECTING:g} seconds"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)[:200]
