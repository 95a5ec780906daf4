"""Recorded calls: how they are found, and the rules about them (REC-13, MREC-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.contract.values import whole
from mockserver.methods.entries import of_system_call

if TYPE_CHECKING:
    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call
    from mockserver.methods.entries import Found


def recording(call: Call, record: Record | None) -> Found | None:
    """Return the recording of the system call that the command (or one record of it) names, or None."""
    wanted = (call.head if record is None else record).get("call")
    if not isinstance(wanted, str):
        return None
    return call.store.first("recordings", tenant=call.apikey, systemcallid=wanted)


def link(call: Call, record: Record | None = None) -> str:
    """Return the address of the recording, as it is to be answered (MREC-11)."""
    found = recording(call, record)
    return "" if found is None else call.link(found[1]["url"])


def sessions(call: Call, record: Record | None) -> set[Any]:
    """Return the call-list ids that the system call belongs to."""
    found = recording(call, record)
    entry = of_system_call(call, (call.head if record is None else record).get("call"))
    ids = (found and found[1]["sessionid"], entry and entry[1]["calllistid"])
    return {each for each in ids if each is not None}


def call_known(call: Call, record: Record | None) -> bool:
    """The system call is one of the tenant's (REC-16, MREC-24)."""
    return bool(sessions(call, record))


def session_owns_call(call: Call, record: Record | None) -> bool:
    """The session that was sent, if any, is the one of the call (REC-18, MREC-22)."""
    session = call.head.get("session")
    return session is None or whole(session) in sessions(call, record)


def recording_there(call: Call, record: Record | None) -> bool:
    """The call was recorded and the file is there (REC-19, MREC-23)."""
    found = recording(call, record)
    return found is not None and not found[1]["missing"]
