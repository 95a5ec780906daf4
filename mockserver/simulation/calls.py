"""The life of a call, from the first ring to the end of the wrap-up (SIM-01, SIM-12, SIM-18).

How a call ends is drawn from the seed, the entry and the attempt, or said by the number (AM-54), so
that it does not depend on what happens beside it. Every function joins the caller's unit of work.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.faults.chance import Chance
from mockserver.simulation.book import drawn
from mockserver.simulation.callids import next_systemcallid
from mockserver.simulation.calllist import DIALLING, DONE, QUEUED, SCHEDULED, STORED, TALKING, WRAPUP
from mockserver.simulation.messages import message_for
from mockserver.simulation.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.simulation.book import Outcome
    from mockserver.simulation.calllist import Found
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row

RINGS: Final = "ring"
TALKS: Final = "talk"
PRESSES: Final = "press"
WRAPS_UP: Final = "wrapup"
"""Kinds of the timers of calls."""

BARRED: Final = "dnc"
LOST: Final = "abandoned"
"""Outcomes that no draw brings about."""


def dial(floor: Floor, found: Found, user: Found) -> bool:
    """Dial an entry for an agent; False when its number is barred, which takes it off the list (SIM-14)."""
    row = found[1]
    if floor.store.exists("dnc", tenant=row["tenant"], number=row["contact"]):
        _, row = floor.calls.change(found, {"status": STORED, "outcome": BARRED})
        floor.tell_call("call.barred", row)
        return False
    attempt = (row["attempts"] or 0) + 1
    found = _occupy(floor, found, user, attempts=attempt)
    row = found[1]
    floor.put(user, floor.book.dialling)
    floor.tell_call("call.dialling", row, attempt=attempt)
    chance = Chance(floor.seed, "dial", row["process"], row["contact"], row["calllistid"], attempt)
    outcome = floor.book.outcome(row["contact"], chance)
    _later(floor, row, drawn(outcome.ring, chance, "ring"), RINGS, outcome=outcome.name)
    return True


def ring(floor: Floor, found: Found, user: Found) -> bool:
    """Let a call that came in ring at a ready agent, who stays ready until he answers (SIM-04)."""
    found = _occupy(floor, found, user)
    floor.tell_call("call.ringing", found[1])
    return True


def _occupy(floor: Floor, found: Found, user: Found, **columns: Any) -> Found:
    row, agent = found[1], user[1]
    changes = {
        "status": DIALLING,
        "agent": agent["login"],
        "handling": agent["login_key"],
        "outcome": None,
        "answered": None,
        "pressed": None,
        **columns,
    }
    if columns or row["systemcallid"] is None:
        changes["systemcallid"] = next_systemcallid(floor.store, floor.now, row["tenant"])
    return floor.calls.change(found, changes)


def rang(floor: Floor, timer: Row) -> None:
    """Answer, or give up for now, as was drawn when the call was dialled."""
    found = _still(floor, timer, DIALLING)
    if found is None:
        return
    outcome = floor.book.named[timer["data"]["outcome"]]
    if outcome.talk is None:
        unanswered(floor, found, outcome.name, outcome.retry)
    else:
        answer(floor, found, outcome)


def answer(floor: Floor, found: Found, outcome: Outcome | None = None) -> Found:
    """Let the other side answer; without an outcome it talks until somebody hangs up."""
    moment = floor.now.isoformat(" ", "seconds")
    name = None if outcome is None else outcome.name
    found = floor.calls.change(found, {"status": TALKING, "answered": moment, "outcome": name})
    row = found[1]
    user = floor.user(row["tenant"], row["agent"])
    if user is not None:
        floor.put(user, floor.book.talking)
    floor.tell_call("call.answered", row, outcome=name)
    if row["liststatus"] == floor.book.converted:
        message = message_for(floor, row)
        floor.tell_call("message.played", row, utterance=message.text, language=message.language)
    if outcome is not None and outcome.talk is not None:
        chance = Chance(
            floor.seed, "talk", row["process"], row["contact"], row["calllistid"], row["attempts"] or 0
        )
        _later(floor, row, drawn(outcome.talk, chance, "talk"), TALKS)
        if outcome.presses is not None:
            _later(floor, row, outcome.after, PRESSES, keys=outcome.presses)
    return found


def unanswered(floor: Floor, found: Found, outcome: str, retry: int | None) -> None:
    """Take a call that nobody answered back onto the list, or give it up after the last attempt."""
    row = found[1]
    most = floor.rule("attempts")
    again = retry is not None and (most is None or (row["attempts"] or 0) < most)
    changes: dict[str, Any] = {"status": DONE, "outcome": outcome}
    if again and retry is not None:
        due = floor.now + timedelta(seconds=retry)
        changes = {"status": SCHEDULED, "outcome": outcome, "due": due.isoformat(" ", "seconds")}
    _, row = floor.calls.change(found, changes)
    floor.tell_call("call.unanswered", row, outcome=outcome, attempt=row["attempts"])
    floor.tell_call("call.scheduled" if again else "call.done", row, due=row["due"])
    _free_agent(floor, row)


def talked(floor: Floor, timer: Row) -> None:
    """End a conversation from the other side, at the time that was drawn."""
    found = _still(floor, timer, TALKING)
    if found is not None:
        hang_up(floor, found, "customer")


def hang_up(floor: Floor, found: Found, by: str) -> Found:
    """End a call: one that was answered leaves a recording and its agent wrapping up, another is lost.

    ``by`` is who hung up, for the event: customer, agent or control.
    """
    row = found[1]
    if row["status"] != TALKING:
        found = floor.calls.change(found, {"status": DONE, "outcome": LOST})
        floor.tell_call("call.ended", found[1], by=by, seconds=0)
        _free_agent(floor, found[1])
        return found
    user = floor.user(row["tenant"], row["agent"])
    found = floor.calls.change(found, {"status": DONE if user is None else WRAPUP})
    floor.tell_call("call.ended", row, by=by, seconds=_seconds(floor, row))
    _record(floor, row)
    if user is not None:
        wrap_up(floor, user)
    return found


def _seconds(floor: Floor, row: Mapping[str, Any]) -> int:
    """Return for how long a call has been answered; a state that was loaded may not know when it was."""
    if row["answered"] is None:
        return 0
    return max(0, int((floor.now - datetime.fromisoformat(row["answered"])).total_seconds()))


def _record(floor: Floor, row: Mapping[str, Any]) -> None:
    """Store the recording of a call under the documented address (MREC-11, REC-09); of one without an id there is none."""
    if row["systemcallid"] is None or floor.store.exists(
        "recordings", tenant=row["tenant"], systemcallid=row["systemcallid"]
    ):
        return
    seconds = _seconds(floor, row)
    url = floor.book.recording_url(row["systemcallid"])
    recording = {
        "tenant": row["tenant"],
        "systemcallid": row["systemcallid"],
        "sessionid": row["calllistid"],
        "url": url,
        "missing": False,
        "seconds": seconds,
    }
    floor.store.insert("recordings", recording)
    floor.tell_call("recording.stored", row, url=url, seconds=seconds)


def wrap_up(floor: Floor, user: Found) -> None:
    """Let an agent wrap up, for ever or for as long as the floor's rules say."""
    _, row = floor.put(user, floor.book.wrapup)
    seconds = floor.rule("wrapup")
    if seconds is not None:
        at = floor.now + timedelta(seconds=seconds)
        data = {"login": row["login"], "since": row["since"]}
        set_timer(floor.store, at, WRAPS_UP, tenant=row["tenant"], data=data)


def wrapped_up(floor: Floor, timer: Row) -> None:
    """Make an agent ready whose wrap-up ends by itself, if he is still in the same one."""
    data = timer["data"]
    user = floor.user(timer["tenant"], data["login"])
    if user is None or user[1]["status"] != floor.book.wrapup or user[1]["since"] != data["since"]:
        return
    close_of(floor, user)
    floor.put(user, floor.book.ready)


def close_of(floor: Floor, user: Found) -> None:
    """Close the call that occupies an agent, if one does: he goes on to something else."""
    found = floor.calls.handled_by(user[1]["tenant"], user[1]["login_key"])
    if found is not None:
        close(floor, found)


def close(floor: Floor, found: Found) -> Found:
    """Close an entry, wherever it stands; the agent's status is left as it is."""
    if found[1]["status"] == TALKING:
        floor.tell_call("call.ended", found[1], by="agent", seconds=_seconds(floor, found[1]))
        _record(floor, found[1])
    found = floor.calls.change(found, {"status": DONE})
    floor.tell_call("call.done", found[1])
    return found


def press(floor: Floor, timer: Row) -> None:
    """Press the keys that the number stands for (AM-54, SIM-05)."""
    found = _still(floor, timer, TALKING)
    if found is not None:
        press_keys(floor, found, timer["data"]["keys"])


def press_keys(floor: Floor, found: Found, keys: str) -> Found:
    """Note keys that the other side presses during a call."""
    found = floor.calls.change(found, {"pressed": (found[1]["pressed"] or "") + keys})
    floor.tell_call("key.pressed", found[1], keys=keys)
    return found


def requeue(floor: Floor, found: Found) -> Found:
    """Put an entry back into its queue: its agent is gone before the call was answered."""
    found = floor.calls.change(found, {"status": QUEUED, "agent": None})
    floor.tell_call("call.queued", found[1])
    return found


def _free_agent(floor: Floor, row: Mapping[str, Any]) -> None:
    """Make the agent of a call that was not answered ready again."""
    user = floor.user(row["tenant"], row["agent"])
    if user is not None and user[1]["status"] in (floor.book.dialling, floor.book.talking):
        floor.put(user, floor.book.ready)
    elif user is not None:
        floor.free(user)


def _later(floor: Floor, row: Mapping[str, Any], seconds: int, kind: str, **data: Any) -> None:
    data["systemcallid"] = row["systemcallid"]
    at = floor.now + timedelta(seconds=seconds)
    set_timer(floor.store, at, kind, tenant=row["tenant"], subject=row["calllistid"], data=data)


def _still(floor: Floor, timer: Row, status: str) -> Found | None:
    """Return the entry of a timer if it is still in that call and stands so; else the timer is out of date."""
    found = floor.calls.get(timer["tenant"], timer["subject"])
    if found is None or found[1]["status"] != status:
        return None
    return found if found[1]["systemcallid"] == timer["data"]["systemcallid"] else None


KINDS: Final = {RINGS: rang, TALKS: talked, PRESSES: press, WRAPS_UP: wrapped_up}
