"""The server process: one socket, one event loop, uvicorn with httptools."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import uvicorn

from mockserver.edge.asgi import WORKER_NAME, Edge
from mockserver.edge.wire import WireProtocol
from mockserver.errors import InvalidSetting

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from mockserver.service import Service

BACKLOG = 2048
"""Connections the kernel keeps waiting."""

GRACE_SECONDS = 0.5
"""How long replies under way may take once the server is told to stop."""

_GC_THRESHOLDS = (10_000, 20, 20)
"""Allocations between collections: a request allocates some hundred objects and leaves no cycles."""

_SWITCH_SECONDS = 0.0005
_WARM_UP_AFTER = 0.3
"""Seconds after which modules that only some answers need are imported: past the first answers."""

_POLL_SECONDS = 0.01
_JOIN_SECONDS = 0.1


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free one.

    It listens at once: two sockets may share a port until one of them does, and a client that is
    early waits instead of being refused. Raises InvalidSetting in one sentence.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise InvalidSetting(f"no such host: {host}") from None
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        # On Windows SO_REUSEADDR would let two servers share a port.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        sock.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise InvalidSetting(_bind_trouble(error, host, port)) from None
    sock.setblocking(False)
    return sock


def _bind_trouble(error: OSError, host: str, port: int) -> str:
    import errno  # noqa: PLC0415 - only for bad news

    if isinstance(error, PermissionError) and os.name != "nt":
        return f"not allowed to listen on port {port} of {host}"
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        return f"port {port} of {host} is taken; choose another with --port, or --port 0 for a free one"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine"
    return f"cannot listen on port {port} of {host}: {error.strerror or error}"


def base_url(sock: socket.socket, *, tls: bool) -> str:
    """Return the URL a client on this machine reaches the socket by; never ``localhost`` (::1 comes first)."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{port}"


class Server(uvicorn.Server):
    """uvicorn's server with our own end: signals mean a clean exit, and open connections do not delay it."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], Any]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals uvicorn takes; unlike there they are not raised again, so the exit code is 0."""
        import signal  # noqa: PLC0415 - beside its only use

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = ("SIGINT", "SIGTERM", "SIGBREAK")
        taken = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, self.handle_exit) for number in taken}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, then tell so."""
        await super().startup(sockets)
        self._announcing = asyncio.ensure_future(self._on_started())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let replies under way end for a moment, then drop what is left."""
        self._announcing.cancel()
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        loop = asyncio.get_running_loop()
        end = loop.time() + GRACE_SECONDS
        while (state.connections or state.tasks) and loop.time() < end and not self.force_exit:  # noqa: ASYNC110 - uvicorn tells by state
            await asyncio.sleep(_POLL_SECONDS)
        for connection in list(state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await asyncio.sleep(_POLL_SECONDS)


def run(
    service: Service, sock: socket.socket, tls: ssl.SSLContext | None, on_ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; ``on_ready`` is called once everything is loaded and answers."""

    async def ready() -> None:
        while service.pending():  # noqa: ASYNC110 - the service has no event loop to tell by
            await asyncio.sleep(_POLL_SECONDS)
        on_ready()
        await asyncio.sleep(_WARM_UP_AFTER)
        await edge.warm_up()
        # What is loaded by now stays: walking it again and again took a twentieth of every request.
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        background = [edge.pulse(), *([edge.watch()] if service.settings.watch == "on" else [])]
        await asyncio.gather(*background)

    edge = Edge(service)
    config = uvicorn.Config(
        edge,
        http=WireProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=75,
    )
    config.load()
    config.ssl = tls
    try:
        # The loop is not to wait five milliseconds, Python's default, whenever a page's thread computes.
        sys.setswitchinterval(_SWITCH_SECONDS)
        Server(config, ready).run([sock])
    finally:
        edge.close()


def leave(code: int) -> None:
    """Return when the process may end by itself; else end it now, past a page's thread still at work.

    Threads of a pool are joined at exit, and one of the Flask part may be waiting for events.
    """
    busy = False
    for thread in threading.enumerate():
        if thread.name.startswith(WORKER_NAME):
            thread.join(_JOIN_SECONDS)
            busy = busy or thread.is_alive()
    if not busy:
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
