"""Admin routes about what leaves the server: speech, screen-pops, hooks, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.documents import known, shown
from mockserver.deliveries.targets import TargetDenied
from mockserver.errors import Problem
from mockserver.happening import looks_every
from mockserver.simulation import deliveries as outgoing
from mockserver.simulation.speech import request, waiting_ones
from mockserver.store.pages import MAX_ID
from mockserver.web.admin_filters import number_of
from mockserver.web.admin_http import AdminProblem, encode_rows, unfit
from mockserver.web.admin_tenants import apikeys, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.sandbox import Sandbox
    from mockserver.store.interface import Row
    from mockserver.web.admin_http import Ask

    Found = tuple[int, Row]

CONFIGURED: Final[Mapping[str, Any]] = {"speech": {"engine": "builtin"}, "screen_pop": None, "hooks": []}
"""Where deliveries go until somebody says otherwise: nowhere."""

_SHOWN_LETTERS: Final = 80


def configured(ask: Ask) -> dict[str, Any]:
    """Return the members of a body that say where deliveries go, every URL checked; 422 with each that is denied.

    Looks names up, so hold no lock.
    """
    found = {name: ask.body[name] for name in CONFIGURED if name in ask.body}
    speech = found.get("speech", {})
    problems = []
    if (speech.get("engine") == "url") != ("url" in speech):
        text = "the engine url has a URL, and the built-in one has none"
        problems.append(Problem("", "/speech/url", text, "engine url with a url, or builtin without"))
    for pointer, url in _urls(found):
        try:
            ask.service.courier.policy.check(url)
        except TargetDenied as error:
            problems.append(Problem("", pointer, str(error), error.expected, shown(url)))
    kinds = ask.sandbox.floor.book.events
    problems += [
        Problem("", f"/hooks/{index}/events/{at}", "there is no such event", known(kinds, kind), shown(kind))
        for index, hook in enumerate(found.get("hooks", ()))
        for at, kind in enumerate(hook["events"])
        if kind not in kinds
    ]
    if problems:
        raise unfit(*problems)
    return found


def _urls(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("speech", "screen_pop"):
        url = (found.get(name) or {}).get("url")
        if url is not None:
            yield f"/{name}/url", url
    for index, hook in enumerate(found.get("hooks", ())):
        yield f"/hooks/{index}/url", hook["url"]


def deliveries(ask: Ask) -> bytes:
    """Return the deliveries that fit the filters, newest first, and how many there are."""
    filters = ask.filters
    kind, status = filters.text("kind"), filters.text("status")
    limit, call = filters.number("limit"), filters.number("call")
    for name, value, allowed in (("kind", kind, outgoing.KINDS), ("status", status, outgoing.STATUSES)):
        if value is not None and value not in allowed:
            raise filters.bad(name, f"one of {', '.join(allowed)}")

    def find() -> tuple[list[Found], bool]:
        with ask.sandbox.lock:
            ask.sandbox.settle()
            store = ask.sandbox.store.fork()
        found = [
            each
            for each in store.rows("deliveries")
            if kind in (None, each[1]["kind"])
            and status in (None, each[1]["status"])
            and call in (None, each[1]["subject"])
        ]
        return found[::-1], bool(found)

    found = ask.wait(find, looks_every(ask.sandbox))
    return b'{"total":%d,"deliveries":%b}' % (
        len(found),
        encode_rows(_shown(*each) for each in found[:limit]),
    )


def delivery(ask: Ask) -> dict[str, Any]:
    """Return one delivery with all that is known of it."""
    with ask.sandbox.lock:
        ask.sandbox.settle()
        return _shown(*_named(ask))


def replay(ask: Ask) -> dict[str, Any]:
    """Send a delivery once more, whatever became of it."""
    sandbox = ask.sandbox
    with sandbox.lock:
        with sandbox.act() as floor:
            number, _ = _named(ask)
            outgoing.again(floor, number)
        return _shown(number, sandbox.store.get("deliveries", number) or {})


def _named(ask: Ask) -> Found:
    number = number_of(ask.name, "d")
    row = (
        None
        if number is None or number >= MAX_ID or number < 1
        else ask.sandbox.store.get("deliveries", number)
    )
    if number is None or row is None:
        many = ask.sandbox.store.count("deliveries")
        raise AdminProblem(
            404,
            "unknown delivery",
            f"there is no delivery {ask.name[:_SHOWN_LETTERS]!r} among the {many} that are kept",
        )
    return number, row


def _shown(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": outgoing.id_of(number),
        "kind": row["kind"],
        "apikey": row["tenant"],
        "calllistid": row["subject"],
        "url": row["url"],
        "body": row["body"],
        "status": row["status"],
        "attempts": row["attempts"],
        "due": row["due"],
        "http_status": row["code"],
        "answer": row["answer"],
        "error": row["error"],
        "made": row["made"],
        "ended": row["ended"],
    }


def speech(ask: Ask) -> dict[str, Any]:
    """Ask for the speech of all entries that wait for it, or of one (SIM-06)."""
    sandbox, body = ask.sandbox, ask.body
    number, tenant = body.get("calllistid"), body.get("apikey")
    with sandbox.lock:
        sandbox.settle()
        if tenant is not None and not sandbox.store.exists("tenants", apikey=tenant):
            keys = apikeys(sandbox.store)
            raise unfit(
                Problem("", "/apikey", "the sandbox has no such tenant", known(keys, tenant), shown(tenant))
            )
        if number is not None and tenant is None:
            having = {row["tenant"] for _, row in waiting_ones(sandbox.floor) if row["calllistid"] == number}
            tenant = next((each for each in in_order(sandbox) if each in having), sandbox.own_apikey)
        with sandbox.act() as floor:
            found = waiting_ones(floor, tenant)
            chosen = [each for each in found if number in (None, each[1]["calllistid"])]
            if number is not None and not chosen:
                raise _not_waiting(sandbox, [str(row["calllistid"]) for _, row in found], number)
            asked = request(floor, chosen)
        return {"requested": asked, "waiting": len(waiting_ones(sandbox.floor))}


def _not_waiting(sandbox: Sandbox, waiting: list[str], number: int) -> AdminProblem:
    what = f"no entry {number} waits for its speech in sandbox {sandbox.key}"
    listed = ", ".join(waiting[:10]) or "none waits"
    return unfit(Problem("", "/calllistid", what, f"one of those that wait: {listed}", str(number)))
