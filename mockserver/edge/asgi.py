"""The ASGI application: the API straight from the event loop, everything else through Flask."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mockserver.advancing import catch_up
from mockserver.bell import Watch
from mockserver.edge.body import Disconnected, TooLong, read_body, refuse_body
from mockserver.edge.health import health
from mockserver.edge.pages import Pages
from mockserver.edge.performing import perform, respond, wait_on
from mockserver.edge.wire import LINE
from mockserver.limits import Limits
from mockserver.model import Inbound, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from mockserver.edge.wire import Line
    from mockserver.model import Pause
    from mockserver.service import Service

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Any]]
    Send = Callable[[Any], Awaitable[None]]

WORKER_NAME = "pages"
"""What the names of the threads begin with that work for the Flask part."""

_WORKERS = 10
_WATCH_SECONDS = 0.5
_PULSE_SECONDS = 0.25

_log = logging.getLogger(__name__)

_BROKEN = Reply(
    500, (("Content-Type", "text/plain"),), b"The pages beside the API cannot be loaded; see the log.\n"
)


class Edge:
    """One server's ASGI application (HTTP only).

    API paths are answered by ``service.begin`` on the event loop; it never blocks. A reply that is to
    wait, or to come to harm, needs the protocol of :mod:`mockserver.edge.wire` below. The health
    routes need no Flask either. The Flask app is imported by the first request for anything else,
    in a thread, so that it delays no answer of the API.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._is_api = service.is_api
        self._begin: Callable[[Inbound], Reply | Pause] = service.begin
        self._ended = service.ended
        self._limits = Limits(service.settings, service.access)
        self._pages: Pages | None = None
        self._workers = ThreadPoolExecutor(_WORKERS, WORKER_NAME)
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = header_map(scope["headers"])
        try:
            body = await read_body(receive, headers, self._limits.of(scope["path"], headers))
        except Disconnected:
            return
        except TooLong:
            refusal = self._limits.refusal(scope["path"], headers)
            if self._is_api(scope["path"]):
                self._service.turned_away(refusal)
            await refuse_body(receive, send, headers, refusal)
            return
        path = scope["path"]
        verb = scope["method"]
        if self._is_api(path):
            port = scope["server"][1]
            inbound = Inbound(
                verb, path, scope["query_string"], headers, body, port, scope.get("scheme", "http")
            )
            answered = self._begin(inbound)
            if type(answered) is Reply and not answered.faults and answered.origin is None:
                await respond(send, answered)
            else:
                await perform(answered, scope["extensions"][LINE], send, self._ended)
            return
        reply = health(path, verb, self._service)
        if reply is None:
            await self._page(scope, body, send)
        else:
            await respond(send, reply)

    async def warm_up(self) -> None:
        """Import what only refusals need, in a thread, before the first of them waits for it."""
        await asyncio.get_running_loop().run_in_executor(self._workers, self._service.warm_up)

    async def watch(self) -> None:
        """Read scenario files again when they change, for ever; in a thread, twice a second."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                changed = await loop.run_in_executor(self._workers, self._service.refresh)
            except Exception:  # noqa: BLE001 - one bad moment of a file must not end the watch
                _log.exception("the scenario files cannot be read again")
                continue
            for name in changed:
                _log.warning("scenario %s was read again", name)

    async def pulse(self) -> None:
        """Let happen what falls due on running clocks while nobody asks, for ever; in a thread, four times a second."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_PULSE_SECONDS)
            try:
                for sandbox in self._service.restless():
                    await loop.run_in_executor(self._workers, catch_up, sandbox)
            except Exception:  # noqa: BLE001 - what goes wrong in one moment must not stop all clocks
                _log.exception("what was due could not happen")

    def close(self) -> None:
        """Give up the worker threads; those inside a request end with it."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    async def _page(self, scope: Scope, body: bytes, send: Send) -> None:
        pages = self._pages
        if pages is None:
            async with self._loading:
                pages = self._pages or await self._load()
        if pages is None:
            await respond(send, _BROKEN)
            return
        line: Line | None = scope.get("extensions", {}).get(LINE)
        watch = Watch() if line is not None and b"wait=" in scope["query_string"] else None
        ask = asyncio.get_running_loop().run_in_executor
        status, headers, sent = await ask(self._workers, pages.ask, scope, body, watch)
        while watch is not None and line is not None and watch.parked:
            if not await wait_on(watch, line):
                return
            status, headers, sent = await ask(self._workers, pages.ask, scope, body, watch)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": sent, "more_body": False})

    async def _load(self) -> Pages | None:
        loop = asyncio.get_running_loop()
        try:
            self._pages = await loop.run_in_executor(
                self._workers, _flask_pages, self._service, self._workers
            )
        except Exception:  # noqa: BLE001 - whatever breaks in there must not take the API down with it
            _log.exception("the pages beside the API cannot be loaded")
        return self._pages


def header_map(pairs: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return header names (lower case as they come) to values; repeated headers are joined by commas."""
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(found) != len(pairs):
        joined: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        return joined
    return found


def _flask_pages(service: Service, workers: ThreadPoolExecutor) -> Pages:
    """Import and build the Flask app, whose requests these threads will answer."""
    from mockserver.app import create_app  # noqa: PLC0415 - Flask is most of a second on a slow machine

    return Pages(create_app(service), workers)
