"""Call-list entries: made, found open, closed (IPD106-79, RAD-11, DISP-17, AM-70)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import parse_moment
from mockserver.simulation import calllist, speech

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.methods.call import Call

    Found = tuple[int, Mapping[str, Any]]
    """Row id and row."""

OPEN: Final = (calllist.SCHEDULED, calllist.QUEUED)
"""Where an entry stands that is still to be dialled (RAD-11)."""

ENDING: Final = (calllist.WRAPUP, calllist.TALKING, calllist.DIALLING, *reversed(OPEN))
"""Where an entry may stand when its disposition comes, the likeliest first (DISP-17)."""


def add(call: Call, **columns: Any) -> int:
    """Add an entry under the tenant's next call-list id, tell the floor and return that id."""
    number = call.take("calllistid")
    row = {**call.owner, "calllistid": number, "storedatetime": call.moment, **columns}
    floor = call.floor
    if row["status"] == calllist.SPEECH:
        row["liststatus"] = floor.book.waiting
    floor.calls.add(row)
    spoken = row["media"] in floor.book.voice
    floor.tell_call(f"call.{row['status']}" if spoken else "media.stored", row, media=row["media"])
    if row["status"] == calllist.SPEECH:
        speech.enlist(floor, row)
    return number


def waiting(call: Call, due: str | None) -> str:
    """Return where an entry due then begins: ``scheduled``, or ``queued`` when the time is past (SIM-07)."""
    return calllist.waiting(parse_moment(due) if due else None, call.now)


def of_contact(call: Call, contact: str) -> list[Found]:
    """Return every entry of a contact in the process, oldest first."""
    return list(call.store.find("calls", **call.owner, contact=contact))


def to_close(call: Call, contact: str, login: str) -> Found | None:
    """Return the entry a disposition of that agent about that contact closes: his own before anybody's (DISP-17).

    One that occupies another agent is not his to close.
    """
    key = login.casefold()
    found = [
        each
        for each in of_contact(call, contact)
        if each[1]["status"] in ENDING and each[1]["handling"] in (None, key)
    ]

    def likelihood(each: Found) -> tuple[int, int]:
        owner = login if each[1]["handling"] else each[1]["login"]
        return (0 if owner == login else 1 if owner is None else 2), ENDING.index(each[1]["status"])

    return min(found, key=likelihood, default=None)


def of_system_call(call: Call, systemcallid: object) -> Found | None:
    """Return the entry of a system call id of the tenant (SEED-17: whatever its process)."""
    if not isinstance(systemcallid, str):
        return None
    return call.store.first("calls", tenant=call.apikey, systemcallid=systemcallid)
