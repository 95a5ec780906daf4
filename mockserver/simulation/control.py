"""What people on the floor do, by hand: verbs for the caller and the agents who are not in the test (SIM-04, SIM-12).

Every verb joins the caller's unit of work; one that is not possible raises IllegalVerb and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import MockServerError
from mockserver.simulation.agents import label
from mockserver.simulation.callids import next_systemcallid
from mockserver.simulation.calllist import DIALLING, INCOMING, QUEUED, TALKING, WRAPUP
from mockserver.simulation.calls import LOST, answer, close, hang_up, press_keys, requeue, wrap_up
from mockserver.simulation.deliveries import SCREEN_POP, post
from mockserver.simulation.dialler import offer
from mockserver.simulation.popping import popped, screen_pop
from mockserver.simulation.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.simulation.calllist import Found
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row

    Verb = Callable[[Floor, Found, Mapping[str, Any]], Found]

RUNG_OUT: Final = "rung out"
"""Kind of the timer of a call that came in: nobody answered in time."""


class IllegalVerb(MockServerError):
    """A verb that a call in its present state does not take; ``legal`` are those that it does."""

    def __init__(self, text: str, legal: tuple[str, ...]) -> None:
        self.legal = legal
        super().__init__(text)


def legal_verbs(floor: Floor, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what can be done by hand with a call as it stands."""
    if row["status"] == DIALLING:
        return ("answer", "hangup")
    if row["status"] == TALKING:
        user = floor.user(row["tenant"], row["agent"])
        held = user is not None and user[1]["status"] in (floor.book.on_hold, floor.book.transferring)
        return ("answer" if held else "hold", "transfer", "hangup", "press")
    return ()


def carry_out(floor: Floor, found: Found, verb: str, given: Mapping[str, Any]) -> Found:
    """Do something with a call by hand and return its entry afterwards; raise IllegalVerb.

    ``given`` is what the verb needs: ``to`` (a login) for transfer, ``keys`` for press, ``by``
    (customer or agent) for hangup.
    """
    row = found[1]
    legal = legal_verbs(floor, row)
    if verb not in legal:
        may = f"what it takes is {', '.join(legal)}" if legal else "it takes none"
        stands = "on hold" if row["status"] == TALKING and "answer" in legal else row["status"]
        raise IllegalVerb(f"the call {row['calllistid']} is {stands}, which takes no {verb}; {may}", legal)
    return _VERBS[verb](floor, found, given)


def _answer(floor: Floor, found: Found, _: Mapping[str, Any]) -> Found:
    if found[1]["status"] == DIALLING:
        return answer(floor, found)
    return _agent_to(floor, found, floor.book.talking, "call.retrieved")


def _hold(floor: Floor, found: Found, _: Mapping[str, Any]) -> Found:
    return _agent_to(floor, found, floor.book.on_hold, "call.held")


def _agent_to(floor: Floor, found: Found, status: int, kind: str) -> Found:
    user = floor.user(found[1]["tenant"], found[1]["agent"])
    if user is not None:
        floor.put(user, status)
    floor.tell_call(kind, found[1])
    return found


def _transfer(floor: Floor, found: Found, given: Mapping[str, Any]) -> Found:
    """Give a conversation to another agent, who is ready; the first one wraps up (SIM-12)."""
    row, legal = found[1], legal_verbs(floor, found[1])
    first, second = floor.user(row["tenant"], row["agent"]), floor.user(row["tenant"], given.get("to"))
    if second is None:
        raise IllegalVerb(f"there is no agent {str(given.get('to'))[:80]!r} to transfer the call to", legal)
    if second[1]["status"] != floor.book.ready or floor.calls.handled_by(
        row["tenant"], second[1]["login_key"]
    ):
        stands = label(floor.book.statuses, second[1]["status"])
        raise IllegalVerb(
            f"{second[1]['login']} is {stands}: a call is transferred to an agent who is ready", legal
        )
    if first is not None:
        first = floor.put(first, floor.book.transferring)
    found = floor.calls.change(found, {"agent": second[1]["login"], "handling": second[1]["login_key"]})
    floor.put(second, floor.book.talking)
    floor.tell_call("call.transferred", found[1], sender=row["agent"])
    if first is not None:
        wrap_up(floor, first)
    return found


def _hangup(floor: Floor, found: Found, given: Mapping[str, Any]) -> Found:
    return hang_up(floor, found, str(given.get("by", "customer")))


def _press(floor: Floor, found: Found, given: Mapping[str, Any]) -> Found:
    return press_keys(floor, found, str(given.get("keys", "")))


_VERBS: Final[dict[str, Verb]] = {
    "answer": _answer,
    "hold": _hold,
    "transfer": _transfer,
    "hangup": _hangup,
    "press": _press,
}
VERBS: Final = tuple(_VERBS)
"""What can be done with a call by hand, where its state allows."""


def come_in(floor: Floor, process: Mapping[str, Any], number: str) -> Found:
    """Let a call come in on a process: it is on the list at once and rings at a ready agent, if there is one (SIM-04)."""
    tenant = process["tenant"]
    moment = floor.now.isoformat(" ", "seconds")
    shown = screen_pop(floor.store, process, number)
    row = {
        "tenant": tenant,
        "process": process["name"],
        "calllistid": floor.store.take(f"{tenant}/calllistid"),
        "contact": number,
        "login": None,
        "calltype": None,
        "due": moment,
        "status": QUEUED,
        "systemcallid": next_systemcallid(floor.store, floor.now, tenant),
        "media": floor.book.voice_in,
        "customercode": None if shown is None else shown["customercode"],
        "storedatetime": moment,
    }
    row_id = floor.calls.add(row)
    found = row_id, floor.store.get("calls", row_id) or {}
    floor.tell_call("call.incoming", found[1])
    seconds = floor.rule("ringing")
    if seconds is not None:
        at = floor.later(seconds)
        set_timer(floor.store, at, RUNG_OUT, tenant=tenant, subject=row["calllistid"])
    offer(floor, found)
    found = row_id, floor.store.get("calls", row_id) or {}
    target = floor.rules.outgoing.get("screen_pop")
    if target:
        body = popped(found[1], shown)
        post(floor, SCREEN_POP, target["url"], body, tenant=tenant, subject=row["calllistid"])
    return found


def ring_out(floor: Floor, timer: Row) -> None:
    """Lose a call that came in and that nobody answered in time."""
    found = floor.calls.get(timer["tenant"], timer["subject"])
    if found is not None and found[1]["status"] in (QUEUED, DIALLING):
        user = floor.user(found[1]["tenant"], found[1]["agent"])
        _, row = floor.calls.change(found, {"status": "done", "outcome": LOST})
        floor.tell_call("call.ended", row, by="customer", seconds=0)
        if user is not None:
            floor.free(user)


def set_agent(floor: Floor, user: Found, status: int) -> Found:
    """Put an agent into any status by hand, and let the call that occupies him follow (SIM-12).

    Wrapup ends his call, Talking answers it or takes it back from hold; with any status that goes on
    with no call it is closed. A call that came in and rings at him goes on ringing while he is ready, and
    is offered to others when he turns to something else.
    """
    book = floor.book
    found = floor.calls.handled_by(user[1]["tenant"], user[1]["login_key"])
    engaged = status in (book.talking, book.on_hold, book.transferring)
    if found is not None and engaged and found[1]["status"] == DIALLING:
        answer(floor, found)
        found, user = None, (user[0], floor.store.get("users", user[0]) or {})
    row = floor.put(user, status)
    if status == book.wrapup != user[1]["status"] and (found is None or found[1]["status"] != TALKING):
        wrap_up(floor, row)
    if found is None:
        return row
    stands = found[1]["status"]
    if status == book.wrapup and stands == TALKING:
        hang_up(floor, found, "agent")
    elif stands == DIALLING and floor.calls.kind(found[1]) == INCOMING:
        if status != book.ready:
            pass_on(floor, found)
    elif engaged:
        if stands == WRAPUP:
            close(floor, found)
    elif (status, stands) not in ((book.dialling, DIALLING), (book.wrapup, WRAPUP)):
        close(floor, found)
    return row[0], floor.store.get("users", row[0]) or {}


def pass_on(floor: Floor, found: Found) -> None:
    """Take a call that nobody answered yet from its agent: it goes back to its queue, or rings at somebody else."""
    found = requeue(floor, found)
    if floor.calls.kind(found[1]) == INCOMING:
        offer(floor, found)


def let_go(floor: Floor, tenant: str, login_key: str) -> None:
    """Bring the call of an agent who is no longer there to where it can go on without him (DEL-08).

    One that was not answered yet waits again; a conversation ends and leaves its recording.
    """
    found = floor.calls.handled_by(tenant, login_key)
    if found is None:
        return
    if found[1]["status"] == DIALLING:
        pass_on(floor, found)
    elif found[1]["status"] == TALKING:
        hang_up(floor, found, "control")
    else:
        close(floor, found)
