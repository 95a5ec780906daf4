"""The dialler: which queued entry goes to which agent, and when (SIM-01, SIM-07, SIM-08, SIM-09).

An entry goes to its own agent or, without one, to the agent who has been ready for longest. Of an
agent's entries the urgent come first, then the oldest; previews wait for an agent who asks for them by
his status. Entries never leave the list before an agent is there for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.contract.values import parse_moment
from mockserver.simulation.calllist import DIAL, FALLS_DUE, INCOMING, PREVIEW, QUEUED, SCHEDULED
from mockserver.simulation.calls import dial, ring
from mockserver.simulation.timers import next_timer, set_timer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.simulation.calllist import Found
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row

AUTO: Final = "auto"
"""The mode in which calls are dialled as soon as they can be."""

OFFERS: Final = "offer"
"""Kind of the timer of an entry that stands back until all of its moment are queued."""


def fall_due(floor: Floor, timer: Row) -> None:
    """Queue an entry whose time has come, unless it was moved or closed meanwhile (SIM-07)."""
    found = floor.calls.get(timer["tenant"], timer["subject"])
    if found is None or found[1]["status"] != SCHEDULED:
        return
    due = parse_moment(found[1]["due"])
    if due is None or due > floor.now:
        return
    found = floor.calls.change(found, {"status": QUEUED})
    floor.tell_call("call.queued", found[1], login=found[1]["login"])
    if floor.rules.dialler != AUTO:
        return
    if found[1]["calltype"] not in floor.book.urgent and _more_now(floor, timer):
        set_timer(floor.store, floor.now, OFFERS, tenant=timer["tenant"], subject=timer["subject"])
    else:
        offer(floor, found)


def _more_now(floor: Floor, timer: Row) -> bool:
    """Tell whether entries of the same moment come after this one, or stand back for one that is urgent (SIM-08)."""
    following = next_timer(floor.store, timer["at"])
    return following is not None and following[1]["kind"] in (FALLS_DUE, OFFERS)


def offers(floor: Floor, timer: Row) -> None:
    """Offer an entry that stood back when it fell due, if it still waits."""
    found = floor.calls.get(timer["tenant"], timer["subject"])
    if found is not None and found[1]["status"] == QUEUED and floor.rules.dialler == AUTO:
        offer(floor, found)


def offer(floor: Floor, found: Found) -> bool:
    """Give an entry that was queued just now to an agent who is free for it; False when none is."""
    row = found[1]
    wanted = floor.book.preview if floor.calls.kind(row) == PREVIEW else floor.book.ready
    if row["login"] is None:
        user = next(_free(floor, row["tenant"], wanted), None)
    else:
        user = floor.user(row["tenant"], row["login"])
        if user is not None and (user[1]["status"] != wanted or not _idle(floor, user)):
            user = None
    return user is not None and _begin(floor, found, user)


def serve(floor: Floor, user: Found) -> bool:
    """Give an agent the next call there is for him; False when there is none or he is not free."""
    row = user[1]
    kinds = {floor.book.ready: (INCOMING, DIAL), floor.book.preview: (PREVIEW,)}.get(row["status"], ())
    if not kinds or not _idle(floor, user):
        return False
    for kind in kinds:
        while (found := floor.calls.first_for(row["tenant"], row["login_key"], kind)) is not None:
            if _begin(floor, found, user):
                return True
    return False


def dispatch(floor: Floor) -> int:
    """Give every free agent of every tenant the next call there is for him; return how many calls began."""
    book = floor.book
    users = [
        user
        for _, tenant in floor.store.rows("tenants")
        for status in (book.ready, book.preview)
        for user in _free(floor, tenant["apikey"], status)
    ]
    return sum(serve(floor, user) for user in users)


def _begin(floor: Floor, found: Found, user: Found) -> bool:
    return ring(floor, found, user) if floor.calls.kind(found[1]) == INCOMING else dial(floor, found, user)


def _free(floor: Floor, tenant: str, status: int) -> Iterator[Found]:
    """Yield the agents in a status who have no call, the one who has been in it for longest first."""
    first = floor.store.lowest("users", "since", tenant=tenant, status=status)
    if first is None:
        return
    if _idle(floor, first):
        yield first
    users = floor.store.between("users", "since", None, None, tenant=tenant, status=status)
    for user in sorted(users, key=lambda each: each[1]["since"]):
        if user[0] != first[0] and _idle(floor, user):
            yield user


def _idle(floor: Floor, user: Found) -> bool:
    return floor.calls.handled_by(user[1]["tenant"], user[1]["login_key"]) is None
