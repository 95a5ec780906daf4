"""Talking to the service that harms its replies, for the tests of faults over real sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from typing import TYPE_CHECKING, Any

from mockserver.settings import ENDPOINT
from tests.server_process import message, running

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from tests.server_process import Running


def faulty(*arguments: str) -> Any:
    """Run a server of :mod:`tests.faulty_service` until the block ends."""
    return running("--admin", "off", *arguments, module="tests.faulty_service")


def headers(*faults: Any, name: str = "", size: int = 0, pause: float | None = None) -> dict[str, str]:
    """Return headers that ask for faults: names, or pairs of a name and settings."""
    pairs = [[fault, {}] if isinstance(fault, str) else fault for fault in faults]
    asked = {"X-Faults": json.dumps(pairs), "X-Name": name, "X-Size": str(size)}
    return asked if pause is None else {**asked, "X-Pause": str(pause)}


def raw(*faults: Any, verb: str = "POST", **more: Any) -> bytes:
    """Return a whole request that asks for faults."""
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers(*faults, **more).items())
    return message(b"" if verb != "POST" else b"{}", verb=verb, head=lines)


@contextlib.contextmanager
def ask(server: Running, *faults: Any, **more: Any) -> Iterator[http.client.HTTPResponse]:
    """Ask over a connection of its own by http.client; the reply is not read yet."""
    client = http.client.HTTPConnection(*server.address, timeout=20)
    with contextlib.closing(client):
        client.request("POST", ENDPOINT, b"{}", headers(*faults, **more))
        with client.getresponse() as reply:
            yield reply


def heard(server: Running, request: bytes) -> bytes:
    """Send bytes and return all that comes back until the connection ends."""
    with server.connect() as sock:
        sock.sendall(request)
        return b"".join(iter(lambda: sock.recv(65536), b""))


def told(server: Running) -> Any:
    """Return what the server tells of itself."""
    client = http.client.HTTPConnection(*server.address, timeout=20)
    with contextlib.closing(client):
        client.request("GET", ENDPOINT, headers={"X-Tell": "1"})
        return json.loads(client.getresponse().read())


def until(server: Running, holds: Callable[[Any], bool]) -> Any:
    """Ask until what is told fulfils a condition, for twenty seconds at most; return it."""
    end = time.monotonic() + 20
    while not holds(found := told(server)):
        assert time.monotonic() < end, found
    return found


def ending(server: Running, name: str) -> str:
    """Return how the connection of a named request ended, as soon as it has."""
    found: str = until(server, lambda all_: name in all_["endings"])["endings"][name]
    return found


@contextlib.contextmanager
def waiting(server: Running, request: bytes, count: int) -> Iterator[list[socket.socket]]:
    """Hold so many connections that have sent a request; they are closed after the block."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(server.connect()) for _ in range(count)]
        for sock in socks:
            sock.sendall(request)
        yield socks
