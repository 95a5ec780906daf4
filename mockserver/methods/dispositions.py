"""What a disposition is about: the agent, the reason, the number; and the rules about them (DISP-14 … DISP-19)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import parse_moment
from mockserver.methods import entries
from mockserver.simulation.agents import status_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call
    from mockserver.methods.entries import Found

_ID: Final = re.compile("[0-9]{1,18}", re.ASCII)
"""An id of a master or a reason, as the document has it (GEN-13)."""


def named_call(call: Call) -> Found | None:
    """Return the call-list entry of the system call that the command names, or None (AM-02)."""
    return entries.of_system_call(call, call.head.get("call"))


def agent(call: Call) -> Found | None:
    """Return the user whose disposition it is: of the login, else the agent of the call named (AM-02)."""
    login = call.head.get("login")
    if login is None:
        entry = named_call(call)
        login = None if entry is None else entry[1]["agent"] or entry[1]["login"]
    return call.user(login)


def masters(call: Call) -> list[Mapping[str, Any]]:
    """Return the masters of the process that the command names: one, or none (SEED-15)."""
    master_id = _number(call.head.get("master"))
    return [master for master in call.process["masters"] or () if master["id"] == master_id]


def disposition(call: Call) -> Mapping[str, Any] | None:
    """Return the reason that master and reason id name in the process, or None (SEED-15)."""
    reason_id = _number(call.head.get("reason"))
    reasons = [
        reason for master in masters(call) for reason in master["reasons"] if reason["id"] == reason_id
    ]
    return reasons[0] if reasons else None


def wants_callback(call: Call) -> bool:
    """Tell whether the reason asks for a callback (DISP-18)."""
    reason = disposition(call)
    return reason is not None and bool(reason["callback"])


def contact(call: Call) -> str:
    """Return the number the disposition is about; that of the call named when none was sent (AM-02)."""
    head = call.head
    if any(name in head.values for name in head.spec.roles["contact"]):
        sent = head.get("contact")
        return sent if isinstance(sent, str) else ""
    entry = named_call(call)
    return "" if entry is None else str(entry[1]["contact"])


def callbacks(call: Call) -> Found | None:
    """Return the row that counts the callbacks of the number in the process, or None (DISP-18, SIM-15)."""
    return call.store.first("callbacks", **call.owner, contact=contact(call))


def _number(value: object) -> int | None:
    # The rules are asked before the schema has its say, so the digits may be more than Python reads.
    return int(value) if isinstance(value, str) and _ID.fullmatch(value) else None


def agent_known(call: Call, _: Record | None) -> bool:
    """Login or system call lead to a user (DISP-21, AM-02)."""
    return agent(call) is not None


def agent_in_wrapup(call: Call, _: Record | None) -> bool:
    """The agent is wrapping up a call (DISP-16)."""
    found = agent(call)
    return found is not None and found[1]["status"] == status_with(call.statuses(), "wrapup")


def callback_time_given(call: Call, _: Record | None) -> bool:
    """A reason that asks for a callback comes with its time (DISP-23)."""
    return not wants_callback(call) or call.head.get("due") is not None


def due_in_range(call: Call, _: Record | None) -> bool:
    """The time lies within what the tenant allows (DISP-24, SIM-16); a bound that is not set allows all."""
    moment = parse_moment(call.head.get("due"))
    low, high = (parse_moment(call.tenant[bound] or "") for bound in ("date_from", "date_to"))
    return moment is None or ((low is None or low <= moment) and (high is None or moment <= high))


def disposition_known(call: Call, _: Record | None) -> bool:
    """The process has the master, and the master the reason (DISP-25)."""
    return disposition(call) is not None


def number_allowed(call: Call, _: Record | None) -> bool:
    """The number is not on the tenant's list of numbers not to be called (DISP-26, SIM-14)."""
    return not call.store.exists("dnc", tenant=call.apikey, number=contact(call))


def callbacks_left(call: Call, _: Record | None) -> bool:
    """The process allows the number another callback (DISP-27, SIM-15); one without a maximum allows any."""
    if not wants_callback(call):
        return True
    found, maximum = callbacks(call), call.process["callback_maximum"]
    return maximum is None or (0 if found is None else found[1]["count"]) < maximum


def callback_number_given(call: Call, _: Record | None) -> bool:
    """A callback has a number to call (AM-02)."""
    return not wants_callback(call) or call.head.get("contact") is not None
