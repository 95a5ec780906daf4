"""saveDisposition: how a call ended (DISP-16 … DISP-18, AM-02, AM-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods import dispositions, entries
from mockserver.simulation.calls import close, close_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call
    from mockserver.methods.entries import Found

OUTCOME: Final = frozenset({"request_id"})
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Store the disposition, close the entry, free the agent and book the callback (DISP-17, DISP-18)."""
    agent = dispositions.agent(call)
    if agent is None:
        raise LookupError("a disposition of nobody came past its checks")
    login, contact = agent[1]["login"], dispositions.contact(call)
    number = _store(call, login, contact)
    entry = dispositions.named_call(call)
    if entry is None or not _may_close(call, entry, agent[1]["login_key"]):
        entry = entries.to_close(call, contact, login)
    call.floor.tell("disposition.saved", call.apikey, login=login, contact=contact, reason=_reason(call))
    if entry is not None:
        close(call.floor, entry)
    # He goes on to something else, whatever call occupied him.
    close_of(call.floor, agent)
    if call.quirks["disp_auto_ready"] == "on":
        call.floor.put(agent, call.floor.book.ready)
    if dispositions.wants_callback(call):
        _book(call, login, contact, entry)
    return {"request_id": number}


def _may_close(call: Call, entry: Found, login_key: str) -> bool:
    """Tell whether the call that a command names is his to close: of its process, not over, and nobody else's (DISP-17)."""
    row = entry[1]
    ours = row["process"] == call.process["name"] and row["handling"] in (None, login_key)
    return ours and row["status"] in entries.ENDING


def _reason(call: Call) -> int:
    return int(call.head.get("reason"))


def _store(call: Call, login: str, contact: str) -> int:
    """Store the disposition and return its number, which counts up and is unique (AM-03)."""
    head = call.head
    row = {
        **call.owner,
        "login": login,
        "master": int(head.get("master")),
        "reason": _reason(call),
        "remarks": head.get("remarks"),
        "selected": head.get("due"),
        "contact": contact,
        "media": int(head.get("media")),
        "storedatetime": call.moment,
    }
    return call.store.insert("dispositions", row)


def _book(call: Call, login: str, contact: str, entry: Found | None) -> None:
    """Count the callback and put it on the call list, for the same agent (DISP-18)."""
    counted = dispositions.callbacks(call)
    if counted is None:
        call.store.insert("callbacks", {**call.owner, "contact": contact, "count": 1})
    else:
        call.store.update("callbacks", counted[0], {"count": counted[1]["count"] + 1})
    due = call.head.get("due")
    kinds, media = (call.references[name]["entries"] for name in ("call_types", "media"))
    customer = call.store.first("customers", **call.owner, contact1=contact)
    same = entry is not None and entry[1]["contact"] == contact
    code = entry[1]["customercode"] if entry is not None and same else None
    entries.add(
        call,
        contact=contact,
        login=login,
        calltype=int(next(key for key, kind in kinds.items() if kind.get("is") == "callback")),
        due=due,
        status=entries.waiting(call, due),
        media=int(next(key for key, medium in media.items() if medium.get("voice") == "out")),
        customercode=code if code is not None or customer is None else customer[1]["customercode"],
    )
