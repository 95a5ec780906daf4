"""Admin routes about what happens on the floor: events, the dialler, calls by hand, calls that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, shown
from mockserver.errors import Problem
from mockserver.happening import looks_every
from mockserver.simulation.control import carry_out, come_in, legal_verbs
from mockserver.simulation.floor import Rules
from mockserver.simulation.popping import screen_pop
from mockserver.simulation.speech import begin_all
from mockserver.store.pages import MAX_ID
from mockserver.web.admin_deliveries import CONFIGURED, configured
from mockserver.web.admin_http import AdminProblem, encode_rows, unfit
from mockserver.web.admin_tenants import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.sandbox import Sandbox
    from mockserver.simulation.calllist import Found
    from mockserver.simulation.events import Event
    from mockserver.store.interface import Store
    from mockserver.web.admin_filters import Filters
    from mockserver.web.admin_http import Ask

    Wanted = Callable[[Event], bool]

_SAME: Final = ("kind", "login", "process", "contact")
_LISTED: Final = 10
_SHOWN: Final = 32


def events(ask: Ask) -> bytes:
    """Return the events that fit the filters, newest first, and how many there are."""
    limit = ask.filters.number("limit")
    wanted = _wanted(ask.filters)
    kind, kinds = ask.filters.text("kind"), ask.sandbox.floor.book.events
    if kind is not None and kind not in kinds:
        raise ask.filters.bad("kind", known(kinds, kind))

    def find() -> tuple[list[Event], bool]:
        with ask.sandbox.lock:
            ask.sandbox.settle()
            listed = ask.sandbox.floor.log.newest_first()
        found = [event for event in listed if all(fits(event) for fits in wanted)]
        return found, bool(found)

    found = ask.wait(find, looks_every(ask.sandbox))
    return b'{"total":%d,"events":%b}' % (len(found), encode_rows(event.shown() for event in found[:limit]))


def _wanted(filters: Filters) -> list[Wanted]:
    wanted: list[Wanted] = []
    for name in _SAME:
        text = filters.text(name)
        if text is not None:
            wanted.append(_member(name, text))
    call, apikey = filters.number("call"), filters.text("apikey")
    since = filters.since("e", "an event")
    if call is not None:
        wanted.append(lambda event: event.about.get("calllistid") == call)
    if apikey is not None:
        wanted.append(lambda event: event.tenant == apikey)
    if since is not None:
        wanted.append(lambda event: since(event.number, event.at))
    return wanted


def _member(name: str, text: str) -> Wanted:
    if name == "kind":
        # "call" stands for all that happens to calls
        return lambda event: event.kind == text or event.kind.startswith(f"{text}.")
    if name == "login":
        return lambda event: str(event.about.get(name) or "").casefold() == text.casefold()
    return lambda event: event.about.get(name) == text


def rules(ask: Ask) -> dict[str, Any]:
    """Return how the floor runs, and what is still to happen by itself."""
    with ask.sandbox.lock:
        ask.sandbox.settle()
        return _rules(ask.sandbox)


def _rules(sandbox: Sandbox) -> dict[str, Any]:
    floor = sandbox.floor
    due = floor.next_due()
    return {
        "dialler": floor.rules.dialler,
        **{name: floor.rule(name) for name in floor.book.defaults},
        **CONFIGURED,
        **floor.rules.outgoing,
        "timers": floor.store.count("timers"),
        "next": None if due is None else due[:19],
        "events": floor.log.last,
    }


def change_rules(ask: Ask) -> dict[str, Any]:
    """Change how the floor runs from now on; a reset goes back to how it was made."""
    sandbox, outgoing = ask.sandbox, configured(ask)
    body = {name: value for name, value in ask.body.items() if name not in outgoing}
    with sandbox.lock:
        with sandbox.act() as floor:
            before = floor.rules
            dialler = body.pop("dialler", before.dialler)
            floor.rules = Rules(dialler, {**before.chosen, **body}, {**before.outgoing, **outgoing})
            if dialler != before.dialler == "off":
                begin_all(floor)
        sandbox.react()
        if outgoing:
            sandbox.outbound.attend()
        return _rules(sandbox)


def tick(ask: Ask) -> dict[str, Any]:
    """Let the dialler look once, whatever its mode (SIM-01)."""
    sandbox = ask.sandbox
    with sandbox.lock:
        sandbox.settle()
        return {"begun": sandbox.tick(), **_rules(sandbox)}


def incoming(ask: Ask) -> dict[str, Any]:
    """Let a call come in, and return what Call Guide would show (SIM-04)."""
    sandbox, body = ask.sandbox, ask.body
    with sandbox.lock:
        sandbox.settle()
        process = sandbox.process(body["servicekey"])
        if process is None or process["tenant"] is None:
            keys = [
                row["servicekey"] for _, row in sandbox.store.find("processes", tenant=sandbox.own_apikey)
            ]
            expected = known([key for key in keys if key], body["servicekey"])
            got = shown(body["servicekey"])
            raise unfit(Problem("", "/servicekey", "the sandbox has no such process", expected, got))
        with sandbox.act() as floor:
            found = come_in(floor, process, body["number"])
        return {**_call(sandbox, found), "screen_pop": screen_pop(sandbox.store, process, body["number"])}


def calls(ask: Ask) -> bytes:
    """Return the calls that are under way, with the verbs that each takes now."""
    sandbox = ask.sandbox
    with sandbox.lock:
        sandbox.settle()
        found = [each for each in sandbox.store.rows("calls") if each[1]["handling"] or each[1]["queue"]]
        listed = [_call(sandbox, each)["call"] for each in found]
    return b'{"total":%d,"calls":%b}' % (len(listed), encode_rows(listed))


def call(ask: Ask) -> dict[str, Any]:
    """Return one call, by call-list id or system call id."""
    with ask.sandbox.lock:
        ask.sandbox.settle()
        return _call(ask.sandbox, _named(ask))


def verb(name: str) -> Callable[[Ask], dict[str, Any]]:
    """Return the handler of a verb of calls."""

    def handler(ask: Ask) -> dict[str, Any]:
        sandbox = ask.sandbox
        with sandbox.lock:
            with sandbox.act() as floor:
                row_id, _ = carry_out(floor, _named(ask), name, ask.body)
            return _call(sandbox, (row_id, sandbox.store.get("calls", row_id) or {}))

    handler.__doc__ = f"Carry out the verb {name} on a call."
    return handler


def _named(ask: Ask) -> Found:
    """Return the call that a path names; 404 with those that are under way when there is none.

    Where no tenant is named it is the likeliest that has such a call under way, or else has one at all:
    ``incoming`` takes the keys of all of them.
    """
    store = ask.sandbox.store
    given = ask.body.get("apikey") or ask.filters.text("apikey")
    tenants = [given] if given else in_order(ask.sandbox)
    hits = [hit for each in tenants if (hit := _of_tenant(store, each, ask.name)) is not None]
    found = next((hit for hit in hits if hit[1]["handling"] or hit[1]["queue"]), hits[0] if hits else None)
    if found is None:
        tenant = tenants[0]
        open_ones = [
            str(row["calllistid"])
            for _, row in store.rows("calls")
            if row["handling"] and row["tenant"] == tenant
        ]
        listed = f"; under way are {', '.join(open_ones[:_LISTED])}" if open_ones else "; none is under way"
        detail = f"{tenant} has no call with the call-list id or system call id {ask.name[:_SHOWN]!r}{listed}"
        raise AdminProblem(404, "unknown call", detail)
    return found


def _of_tenant(store: Store, tenant: str, name: str) -> Found | None:
    digits = name.isascii() and name.isdigit() and len(name) <= _SHOWN and int(name) < MAX_ID
    found = store.first("calls", tenant=tenant, calllistid=int(name)) if digits else None
    return found or store.first("calls", tenant=tenant, systemcallid=name)


def _call(sandbox: Sandbox, found: Found) -> dict[str, Any]:
    row: Mapping[str, Any] = found[1]
    shown_ones = (
        "calllistid", "process", "contact", "login", "calltype", "due", "status", "systemcallid", "media",
        "customercode", "attempts", "agent", "answered", "outcome", "pressed",
    )  # fmt: skip
    members = {"apikey": row["tenant"], **{name: row[name] for name in shown_ones}}
    return {"call": {**members, "verbs": list(legal_verbs(sandbox.floor, row))}}
