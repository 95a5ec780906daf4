"""The admin API: one table of routes, and the way from a request to its handler and back.

Adding a route is adding a row. It is never shaped like an answer of the vendor, sends no CORS headers,
and what happens here stands in no journal.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import BaseConverter, Map, Rule

from mockserver import __version__
from mockserver.errors import InvalidSetting, MockServerError, SandboxExists, UnknownQuirk, UnknownSandbox
from mockserver.paths import data_dir
from mockserver.sandbox import DEFAULT
from mockserver.simulation.agents import IllegalMove
from mockserver.web import (
    admin_documents,
    admin_faults,
    admin_sandboxes,
    admin_simulation,
    admin_state,
    api,
    postman,
)
from mockserver.web.admin_guard import guard
from mockserver.web.admin_http import HOME, AdminProblem, Ask, Bodies, Filters, answer
from mockserver.web.openapi.admin import PLACEHOLDER
from mockserver.web.openapi.document import Described

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response
    from werkzeug.routing import MapAdapter

    from mockserver.model import Reply
    from mockserver.service import Service

    Handler = Callable[[Ask], Any]

_log = logging.getLogger(__name__)

_OF_SANDBOX: Final = f"{HOME}/sandboxes/<sandbox>"

_REFUSALS: Final[tuple[tuple[type[MockServerError], int, str], ...]] = (
    (UnknownSandbox, 404, "unknown sandbox"),
    (SandboxExists, 409, "sandbox exists"),
    (IllegalMove, 409, "illegal move"),
    (UnknownQuirk, 422, "the body cannot be used"),
    (InvalidSetting, 422, "the body cannot be used"),
)
"""What errors from below are to a client of the admin API."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the admin API.

    A ``path`` that begins with ``…`` stands under every sandbox, and directly under ``/__admin`` for the
    default one. ``body`` names the schema in ``schemas/admin`` of the request's body, ``status`` is
    answered when all went well, with a body as the schema ``reply`` in ``schemas/admin/replies`` says;
    ``filters`` are the names its query may hold. ``conflicts`` says that it may be refused with 409.
    """

    verb: str
    path: str
    handler: Handler
    help: str
    body: str = ""
    status: int = 200
    filters: tuple[str, ...] = ()
    reply: str = ""
    conflicts: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Where it stands, in full."""
        if self.path.startswith("…"):
            return _OF_SANDBOX + self.path[1:], HOME + self.path[1:]
        return (self.path,)


def index(_: Ask) -> dict[str, Any]:
    """Return the routes."""
    return {
        "name": "Jodo sandbox, admin API",
        "version": __version__,
        "routes": [
            {
                "verb": route.verb,
                "paths": [PLACEHOLDER.sub(r"{\1}", path) for path in route.paths],
                "help": route.help,
                "filters": list(route.filters),
                "body": f"schemas/admin/{route.body}.json" if route.body else None,
                "status": route.status,
                "reply": f"schemas/admin/replies/{route.reply}.json" if route.reply else None,
            }
            for route in ROUTES
        ],
    }


_S, _T, _F, _M, _D = admin_sandboxes, admin_state, admin_faults, admin_simulation, admin_documents
_SANDBOXES: Final = f"{HOME}/sandboxes"

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", HOME, index, "The routes of the admin API.", reply="index"),
    Route(
        "GET", f"{HOME}/health", _S.health, "Status, version, uptime in seconds, what is loaded.",
        reply="health",
    ),
    Route("GET", _SANDBOXES, _S.list_all, "All sandboxes, oldest first.", reply="sandboxes"),
    Route(
        "POST", _SANDBOXES, _S.create, "Make a sandbox with keys of its own.", "sandbox", 201,
        reply="made", conflicts=True,
    ),
    Route(
        "GET", f"{_SANDBOXES}/<name>", _S.show, "One sandbox: where it is, what it was made of.",
        reply="sandbox",
    ),
    Route(
        "DELETE", f"{_SANDBOXES}/<name>", _S.drop, "Forget a sandbox; not the default one.", status=204,
        conflicts=True,
    ),
    Route(
        "POST", "…/reset", _S.reset, "Back to creation exactly: state, counters, clock, settings, journal.",
        reply="sandbox",
    ),
    Route(
        "GET", "…/settings", _S.settings, "Edition and quirks: own, in force, and all there are.",
        reply="settings",
    ),
    Route(
        "PATCH", "…/settings", _S.change_settings, "Merge edition and quirks; null takes back.", "settings",
        reply="settings",
    ),
    Route("GET", "…/clock", _S.clock, "Mode and time of the sandbox's clock.", reply="clock"),
    Route(
        "PUT", "…/clock", _S.set_clock, "Set mode (real or frozen), time, or both.", "clock",
        reply="clock",
    ),
    Route(
        "POST", "…/clock/advance", _S.advance, "Move the time on, by seconds or until a time.", "advance",
        reply="clock",
    ),
    Route(
        "GET", "…/requests", _T.requests,
        "The journal, newest first; since takes a time of the sandbox or the id of a request.",
        filters=("method", "status", "apikey", "since", "limit"), reply="requests",
    ),
    Route("DELETE", "…/requests", _T.clear_requests, "Clear the journal; ids go on.", status=204),
    Route(
        "GET", "…/requests/<name>", _T.request, "One exchange with all that is known of it.",
        reply="request",
    ),
    Route("GET", "…/state", _T.state, "The whole state: tables and counters.", reply="state"),
    Route(
        "PUT", "…/state", _T.load_state, "Replace the whole state, all or nothing.", "state",
        reply="loaded",
    ),
    Route(
        "GET", "…/state/<name>", _T.table, "Rows of one table, oldest first.", filters=("offset", "limit"),
        reply="table",
    ),
    Route("GET", "…/faults", _F.faults, "Forced statuses that are not used up.", reply="faults"),
    Route(
        "POST", "…/faults", _F.add_fault, "Refuse the next commands that fit.", "fault", 201,
        reply="fault",
    ),
    Route("DELETE", "…/faults", _F.clear_faults, "Forget all forced statuses.", status=204),
    Route("GET", "…/magic", _F.magic, "The magic values and what each provokes.", reply="magic"),
    Route(
        "GET", "…/simulation/users", _M.users, "What every agent is doing, since when, and what may follow.",
        filters=("apikey",), reply="agents",
    ),
    # A login is an e-mail address, which may hold a slash (USR-06).
    Route(
        "POST", "…/simulation/users/<path:name>/status", _M.set_user_status,
        "Set what the agent of a login is doing; with strict only what may follow by itself.", "user_status",
        reply="agent", conflicts=True,
    ),
    Route(
        "GET", f"{HOME}/openapi.json", _D.openapi, "All this as OpenAPI 3.1, and the API.",
        reply="document",
    ),
    Route(
        "GET", f"{HOME}/schema/<name>", _D.schema, "JSON Schema of a kind of file, or of a body above.",
        reply="document",
    ),
    Route(
        "GET", f"{HOME}/postman.json", postman.document, "Every example and failure as a Postman collection.",
        reply="document",
    ),
)  # fmt: skip
"""Every route of the admin API, in the order ``GET /__admin`` lists them."""


class _Rest(BaseConverter):
    """Whatever stands behind ``/__admin/``, slashes and all."""

    regex = ".*"
    part_isolating = False


def register(app: Flask, service: Service) -> None:
    """Add the admin API to the app: one view for all of ``/__admin``, so that nothing there escapes the guard."""
    folder = data_dir("schemas")
    bodies = Bodies(folder / "admin")
    described = Described(folder, service.catalogue, ROUTES, token=service.access.token is not None)
    routes = _adapter()

    def admin(**_: Any) -> Response:
        return api.response(_reply(service, bodies, described, routes))

    app.view_functions["admin"] = admin
    app.url_map.converters["rest"] = _Rest
    for path in (HOME, f"{HOME}/<rest:rest>"):
        # Without methods it takes every verb: which one fits is the table's to say.
        app.url_map.add(Rule(path, endpoint="admin"))


def _adapter() -> MapAdapter:
    rules = [Rule(path, endpoint=route, methods=[route.verb]) for route in ROUTES for path in route.paths]
    return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False).bind("admin")


def _reply(service: Service, bodies: Bodies, described: Described, routes: MapAdapter) -> Reply:
    """Answer the current request; whatever goes wrong is a problem document, never a traceback."""
    try:
        guard(request.method, request.headers, service.access)
        route, parts = _route(routes)
        return answer(route.status, route.handler(_ask(service, bodies, described, route, parts)))
    except AdminProblem as problem:
        return problem.reply()
    except RequestEntityTooLarge:
        limit = f"the body is over {service.settings.max_body} bytes; --max-body allows more"
        return AdminProblem(413, "the body is too long", limit).reply()
    except MockServerError as error:
        for kind, status, title in _REFUSALS:
            if isinstance(error, kind):
                return AdminProblem(status, title, str(error)).reply()
        return _unexpected()
    except Exception:  # noqa: BLE001 - the client gets a problem document, the log the rest
        return _unexpected()


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


def _ask(service: Service, bodies: Bodies, described: Described, route: Route, parts: dict[str, str]) -> Ask:
    sandbox = None
    if route.path.startswith("…"):
        sandbox = service.registry.get(
            parts.get("sandbox") or request.headers.get("X-Mock-Sandbox", DEFAULT).strip()
        )
    filters = Filters(request.args.items(multi=True), route.filters)
    body: Any = {}
    if route.body:
        body = bodies.read(route.body, request.get_data(cache=False, parse_form_data=False))
    base = request.host_url.rstrip("/")
    return Ask(service, base, body, filters, parts.get("name", ""), sandbox, described)
