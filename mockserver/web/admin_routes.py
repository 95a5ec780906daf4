"""The routes of the admin API, one row each. Adding a route is adding a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver import __version__
from mockserver.web import (
    admin_clock,
    admin_coverage,
    admin_deliveries,
    admin_documents,
    admin_faults,
    admin_floor,
    admin_metrics,
    admin_reproduction,
    admin_sandboxes,
    admin_scenarios,
    admin_simulation,
    admin_snapshots,
    admin_state,
    admin_verify,
    postman,
)
from mockserver.web.admin_http import HOME
from mockserver.web.openapi.admin import PLACEHOLDER
from mockserver.web.openapi.kinds import kind_of_body, replied

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.web.admin_http import Ask

    Handler = Callable[[Ask], Any]

_OF_SANDBOX: Final = f"{HOME}/sandboxes/<sandbox>"


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
    forms: tuple[str, ...] = ()
    """Content types beside JSON that the answer may come in."""
    asks: bool = False
    """Whether it changes nothing, although its verb looks like it."""

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
                "body": f"{HOME}/schema/{kind_of_body(route.body)}" if route.body else None,
                "status": route.status,
                "reply": f"{HOME}/schema/{replied(route.reply)}" if route.reply else None,
            }
            for route in ROUTES
        ],
    }


_S, _T, _F, _M, _D = admin_sandboxes, admin_state, admin_faults, admin_simulation, admin_documents
_C, _K, _V, _P = admin_scenarios, admin_clock, admin_verify, admin_snapshots
_L, _O = admin_floor, admin_deliveries
_VERBS: Final = {
    "answer": "The other side or the agent answers; a call on hold is taken back.",
    "hold": "The agent puts the call on hold.",
    "transfer": "The agent gives the call to another who is ready, and wraps up.",
    "hangup": "The customer or the agent hangs up.",
    "press": "The other side presses keys.",
}
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
    Route("GET", "…/clock", _K.clock, "Mode and time of the sandbox's clock.", reply="clock"),
    Route(
        "PUT", "…/clock", _K.set_clock, "Set mode (real, frozen or scaled), time, or both.", "clock",
        reply="clock",
    ),
    Route(
        "POST", "…/clock/advance", _K.advance, "Move the time on: by seconds, to a time, or until something is so. All that is due happens.", "advance",
        reply="advanced",
    ),
    Route(
        "GET", "…/requests", _T.requests,
        "The journal, newest first; since takes a time of the sandbox or the id of a request, wait the seconds until one fits.",
        filters=(
            "method", "status", "apikey", "servicekey", "edition", "rule", "http_status", "contains", "since",
            "limit", "wait",
        ),
        reply="requests",
    ),
    Route("DELETE", "…/requests", _T.clear_requests, "Clear the journal; ids go on.", status=204),
    Route(
        "GET", "…/requests/<name>", _T.request, "One exchange with all that is known of it.",
        reply="request",
    ),
    Route(
        "POST", "…/requests/verify", _V.verify,
        "Whether as many requests fit as expected, and how the nearest of the others differ.", "verify",
        reply="verify", asks=True,
    ),
    Route("GET", "…/snapshots", _P.snapshots, "All snapshots, oldest first.", reply="snapshots"),
    Route(
        "POST", "…/snapshots", _P.take, "Keep state, clock, settings, scenarios and faults as they stand.",
        "snapshot", 201, reply="snapshot", conflicts=True,
    ),
    Route("DELETE", "…/snapshots/<name>", _P.drop, "Forget a snapshot, by id or name.", status=204),
    Route(
        "POST", "…/snapshots/<name>/restore", _P.restore,
        "Back to a snapshot, by id or name; the journal stays.", reply="snapshot",
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
    Route(
        "GET", "…/reproduction", admin_reproduction.reproduction,
        "All that happened since creation or reset, for jodo-mock replay.", reply="reproduction",
    ),
    Route("GET", "…/scenarios", _C.scenarios, "All scenarios, and what became of those that play.", reply="scenarios"),
    Route("GET", "…/scenarios/<name>", _C.scenario, "One scenario, and how it plays.", reply="scenario", conflicts=True),
    Route(
        "PUT", "…/scenarios/<name>", _C.define, "Keep a scenario in this sandbox; one that plays begins anew.",
        "scenario", reply="scenario",
    ),
    Route(
        "DELETE", "…/scenarios/<name>", _C.forget, "End a scenario, and forget it unless it is the server's.",
        status=204, conflicts=True,
    ),
    Route(
        "POST", "…/scenarios/<name>/activate", _C.activate, "Make its setup true and let it play.",
        reply="scenario", conflicts=True,
    ),
    Route(
        "POST", "…/scenarios/<name>/deactivate", _C.deactivate, "End it; what its setup changed stays.",
        reply="scenario", conflicts=True,
    ),
    Route("GET", "…/faults", _F.faults, "Forced statuses that are not used up.", reply="faults"),
    Route(
        "POST", "…/faults", _F.add_fault, "Refuse the next commands that fit.", "fault", 201,
        reply="fault",
    ),
    Route("DELETE", "…/faults", _F.clear_faults, "Forget all forced statuses.", status=204),
    Route(
        "GET", "…/coverage", admin_coverage.coverage,
        "Contract rows that the traffic touched, and the client's conduct; also as a page, JUnit XML or text.",
        filters=("format", "scope"), reply="coverage", forms=("text/html", "application/xml", "text/plain"),
    ),
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
    Route("GET", "…/simulation", _L.rules, "How the floor runs, and what is still to happen.", reply="simulation"),
    Route(
        "PATCH", "…/simulation", _L.change_rules, "Switch the dialler, change times of the floor, or say where deliveries go.", "simulation",
        reply="simulation",
    ),
    Route(
        "POST", "…/simulation/tick", _L.tick, "Let the dialler look once: every free agent gets the next call.",
        reply="ticked",
    ),
    Route(
        "POST", "…/simulation/incoming", _L.incoming, "A call comes in: what Call Guide shows, and who is rung.",
        "incoming", 201, reply="incoming",
    ),
    Route(
        "POST", "…/simulation/speech", _O.speech, "Make the speech of all entries that wait for it, or of one.",
        "speech", reply="speech",
    ),
    Route(
        "GET", "…/simulation/deliveries", _O.deliveries, "What was and is to be sent out, newest first; wait holds the answer until there is something.",
        filters=("kind", "status", "call", "limit", "wait"), reply="deliveries",
    ),
    Route("GET", "…/simulation/deliveries/<name>", _O.delivery, "One delivery with all that is known of it.", reply="delivery"),
    Route(
        "POST", "…/simulation/deliveries/<name>/replay", _O.replay, "Send it once more, whatever became of it.",
        reply="delivery",
    ),
    Route("GET", "…/simulation/calls", _L.calls, "Calls that wait or are under way.", reply="calls"),
    Route("GET", "…/simulation/calls/<name>", _L.call, "One call, by call-list id or system call id.", filters=("apikey",), reply="call"),
    *(
        Route(
            "POST", f"…/simulation/calls/<name>/{verb}", _L.verb(verb), help_, f"call_{verb}",
            reply="call", conflicts=True,
        )
        for verb, help_ in _VERBS.items()
    ),
    Route(
        "GET", "…/events", _L.events, "What happened on the floor, newest first; wait holds the answer until there is something.",
        filters=("kind", "apikey", "login", "process", "contact", "call", "since", "limit", "wait"), reply="events",
    ),
    Route(
        "GET", f"{HOME}/metrics", admin_metrics.metrics, "What the server did since its start, for Prometheus.",
        forms=(admin_metrics.EXPOSITION,),
    ),
    Route(
        "GET", f"{HOME}/openapi.json", _D.openapi, "All this as OpenAPI 3.1, and the API.",
        reply="document",
    ),
    Route(
        "GET", f"{HOME}/schema/<name>", _D.schema, "JSON Schema of a kind of file, or of a body or an answer above.",
        reply="document",
    ),
    Route(
        "GET", f"{HOME}/postman.json", postman.document, "Every example and failure as a Postman collection.",
        reply="document",
    ),
)  # fmt: skip
"""Every route of the admin API, in the order ``GET /__admin`` lists them."""
