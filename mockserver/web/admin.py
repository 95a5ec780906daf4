"""The admin API: the way from a request to its handler and back; the routes stand in ``admin_routes``.

It is never shaped like an answer of the vendor, sends no CORS headers,
and what happens here stands in no journal.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import BaseConverter, Map, Rule

from mockserver.bell import WATCH, Waiting, Watch
from mockserver.errors import (
    InvalidSetting,
    MockServerError,
    NotKept,
    SandboxExists,
    SnapshotRefused,
    UnknownQuirk,
    UnknownSandbox,
)
from mockserver.limits import Limits
from mockserver.model import Reply
from mockserver.paths import data_dir
from mockserver.sandbox import DEFAULT
from mockserver.simulation.agents import IllegalMove
from mockserver.simulation.control import IllegalVerb
from mockserver.web import api
from mockserver.web.admin_bodies import Bodies
from mockserver.web.admin_filters import Filters
from mockserver.web.admin_guard import guard
from mockserver.web.admin_http import HOME, AdminProblem, Ask, answer
from mockserver.web.admin_reproduction import carried_out
from mockserver.web.admin_routes import ROUTES
from mockserver.web.openapi.document import Described

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.routing import MapAdapter

    from mockserver.service import Service
    from mockserver.web.admin_routes import Route

_log = logging.getLogger(__name__)

_REFUSALS: Final[tuple[tuple[type[MockServerError], int, str], ...]] = (
    (SandboxExists, 409, "sandbox exists"),
    (SnapshotRefused, 409, "no snapshot"),
    (IllegalMove, 409, "illegal move"),
    (IllegalVerb, 409, "illegal verb"),
    (UnknownQuirk, 422, "the body cannot be used"),
    (InvalidSetting, 422, "the body cannot be used"),
    (NotKept, 507, "the state file cannot be written"),
)
"""What errors from below are to a client of the admin API."""

_READS: Final = ("GET", "HEAD")
"""Verbs whose body, if there is one, means nothing (RFC 9110)."""

_LATER: Final = Reply(204, (), b"")
"""Nobody sees it: who carries the request waits, and asks again."""


class _Rest(BaseConverter):
    """Whatever stands behind ``/__admin/``, slashes and all."""

    regex = r"[\s\S]*"
    part_isolating = False


@dataclass(frozen=True, slots=True)
class _Tools:
    """What answering an admin request takes, made once."""

    service: Service
    limits: Limits
    bodies: Bodies
    described: Described
    routes: MapAdapter


def register(app: Flask, service: Service) -> None:
    """Add the admin API to the app: one view for all of ``/__admin``, so that nothing there escapes the guard."""
    folder = data_dir("schemas")
    described = Described(folder, service.catalogue, ROUTES, token=service.access.token is not None)
    tools = _Tools(
        service, Limits(service.settings, service.access), Bodies(folder / "admin"), described, _adapter()
    )

    def admin(**_: Any) -> Response:
        return api.response(_reply(tools))

    app.view_functions["admin"] = admin
    app.url_map.converters["rest"] = _Rest
    for path in (HOME, f"{HOME}/<rest:rest>"):
        # Without methods it takes every verb: which one fits is the table's to say.
        app.url_map.add(Rule(path, endpoint="admin"))


@cache
def _adapter() -> MapAdapter:
    """Return what finds the row of an address; werkzeug compiles each rule, which takes as long as a start."""
    rules = [Rule(path, endpoint=route, methods=[route.verb]) for route in ROUTES for path in route.paths]
    return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False).bind("admin")


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers}


def _reply(tools: _Tools) -> Reply:
    """Answer the current request; whatever goes wrong is a problem document, never a traceback."""
    try:
        return _carried_out(tools)
    except AdminProblem as problem:
        return problem.reply()
    except RequestEntityTooLarge:
        return tools.limits.refusal(request.path, _headers())
    except UnknownSandbox as error:
        return AdminProblem(404, "unknown sandbox", tools.service.how_to_find(error)).reply()
    except MockServerError as error:
        for kind, status, title in _REFUSALS:
            if isinstance(error, kind):
                return AdminProblem(status, title, str(error)).reply()
        return _unexpected()
    except Exception:  # noqa: BLE001 - the client gets a problem document, the log the rest
        return _unexpected()


def _carried_out(tools: _Tools) -> Reply:
    """Do what the current request asks for; one that has to wait is asked again, sandbox and all."""
    request.max_content_length = tools.limits.of(request.path, _headers())
    guard(request.method, request.headers, tools.service.access)
    route, parts = _route(tools.routes)
    takes = route.body or request.method not in _READS
    raw = request.get_data(cache=False, parse_form_data=False) if takes else b""
    carried: Watch | None = request.environ.get(WATCH)
    watch = carried or Watch()
    while True:
        try:
            ask = _ask(tools, route, parts, raw, watch)
            return answer(route.status, carried_out(route, ask, request.path))
        except Waiting:
            if carried is not None:
                return _LATER
            watch.block()


def _unexpected() -> Reply:
    _log.exception("%s %s failed", request.method, request.path)
    return AdminProblem(500, "internal error", "the admin API failed; the server's log says why").reply()


def _route(routes: MapAdapter) -> tuple[Route, dict[str, str]]:
    try:
        found, parts = routes.match(request.path, request.method)
    except NotFound:
        detail = f"{request.path[:200]!r} is no route of the admin API; GET {HOME} lists them"
        raise AdminProblem(404, "unknown route", detail) from None
    except MethodNotAllowed as error:
        allowed = ", ".join(sorted(error.valid_methods or ()))
        detail = f"{request.path} takes {allowed}"
        raise AdminProblem(405, "method not allowed", detail, headers=(("Allow", allowed),)) from None
    route: Any = found
    return route, dict(parts)


def _ask(tools: _Tools, route: Route, parts: dict[str, str], raw: bytes, watch: Watch) -> Ask:
    service, sandbox = tools.service, None
    if route.path.startswith("…"):
        sandbox = service.registry.get(
            parts.get("sandbox") or request.headers.get("X-Mock-Sandbox", DEFAULT).strip()
        )
        with sandbox.lock:
            sandbox.settle()
    filters = Filters(request.args.items(multi=True), route.filters)
    body = tools.bodies.read(route.body, raw)
    base = request.host_url.rstrip("/")
    return Ask(
        service, base, body, filters, parts.get("name", ""), sandbox, tools.described, watch, _accepted
    )


def _accepted(types: list[str]) -> str | None:
    """Return what the current request likes best of these types; None when it takes anything."""
    accept = request.accept_mimetypes
    return accept.best_match(types) if accept and accept.best != "*/*" else None
