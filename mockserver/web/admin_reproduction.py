"""Admin route that gives a sandbox's reproduction, and what keeps admin requests among its steps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mockserver.reproduction import reproduction_of
from mockserver.web.admin_http import HOME, encode

if TYPE_CHECKING:
    from mockserver.web.admin_http import Ask
    from mockserver.web.admin_routes import Route

_PREFIX: Final = re.compile(rf"{HOME}(?:/sandboxes/[^/]+)?(?=/)")
_READING: Final = ("GET", "HEAD")


def reproduction(ask: Ask) -> bytes:
    """Return everything that happened in the sandbox, for ``jodo-mock replay``."""
    return encode(reproduction_of(ask.sandbox, ask.service.settings))


def carried_out(route: Route, ask: Ask, path: str) -> Any:
    """Return what the route's handler answers; a change of a sandbox becomes one of its steps, and is saved.

    The handler takes the sandbox's lock itself and for as long as it must, so what was answered
    meanwhile is noticed rather than prevented.
    """
    sandbox = ask.found
    if sandbox is None or route.asks or route.verb in _READING:
        return route.handler(ask)
    with sandbox.lock:
        mark = sandbox.steps.mark(sandbox.settle())
    document = route.handler(ask)
    body = encode(ask.body) if route.body else b""
    with sandbox.lock:
        sandbox.steps.administered(mark, route.verb, _PREFIX.sub("", path, 1), body, route.status)
        sandbox.save()
    return document
