"""Text to speech before a call: an entry waits as 10500 until its engine has answered, then is dialled (SIM-05, SIM-06).

The built-in engine takes a few seconds of the sandbox's time, drawn from the seed; a configured one is
asked by a delivery, whose retries and limit are those of all deliveries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import parse_moment
from mockserver.faults.chance import Chance
from mockserver.simulation import deliveries
from mockserver.simulation.book import drawn
from mockserver.simulation.calllist import QUEUED, SPEECH, waiting
from mockserver.simulation.dialler import AUTO, offer
from mockserver.simulation.messages import message_for
from mockserver.simulation.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mockserver.simulation.calllist import Found
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row

BEGINS: Final = "speech"
MADE: Final = "speech made"
"""Kinds of the timers of speech: it is to be made; the built-in engine has made it."""

ASKED: Final = "speech_requested"
REFUSED: Final = "speech_failed"
"""Outcomes of an entry whose speech is being made, or could not be."""


def enlist(floor: Floor, row: Mapping[str, Any]) -> None:
    """Let the speech of an entry that is new on the list be made at once, if the dialler runs by itself."""
    if floor.rules.dialler == AUTO:
        _begin_now(floor, row)


def begin_all(floor: Floor) -> int:
    """Let the speech of all entries be made that wait for it; return how many (the dialler was switched on)."""
    found = [row for _, row in waiting_ones(floor) if row["outcome"] is None]
    for row in found:
        _begin_now(floor, row)
    return len(found)


def _begin_now(floor: Floor, row: Mapping[str, Any]) -> None:
    set_timer(floor.store, floor.now, BEGINS, tenant=row["tenant"], subject=row["calllistid"])


def waiting_ones(floor: Floor, tenant: str | None = None) -> list[Found]:
    """Return the entries that wait for their speech, oldest first, of one tenant or of all."""
    return [
        each
        for each in floor.store.rows("calls")
        if each[1]["status"] == SPEECH and tenant in (None, each[1]["tenant"])
    ]


def request(floor: Floor, found: Iterable[Found]) -> list[int]:
    """Ask the engine for the speech of entries that wait for it; return the ids of those it was not asked for yet."""
    asked = [each for each in found if each[1]["outcome"] != ASKED]
    for each in asked:
        _request(floor, each)
    return [row["calllistid"] for _, row in asked]


def begins(floor: Floor, timer: Row) -> None:
    """Ask the engine for the speech of a new entry."""
    found = _still(floor, timer)
    if found is not None and found[1]["outcome"] is None and floor.rules.dialler == AUTO:
        _request(floor, found)


def _request(floor: Floor, found: Found) -> None:
    row = floor.calls.change(found, {"outcome": ASKED})[1]
    message = message_for(floor, row)
    engine = floor.rules.outgoing.get("speech", {"engine": "builtin"})
    floor.tell_call("speech.requested", row, engine=engine["engine"], language=message.language)
    if "url" in engine:
        body: dict[str, Any] = {
            "calllistid": row["calllistid"],
            "process": row["process"],
            "customercode": row["customercode"],
            "number": row["contact"],
            **message.names,
            "language": message.language,
            "text": message.text,
            "fields": dict(message.fields),
        }
        deliveries.post(
            floor, deliveries.SPEECH, engine["url"], body, tenant=row["tenant"], subject=row["calllistid"]
        )
        return
    chance = Chance(floor.seed, "speech", row["process"], row["contact"], row["calllistid"])
    seconds = drawn(tuple(floor.book.speech["making"]), chance, "making")
    set_timer(floor.store, floor.later(seconds), MADE, tenant=row["tenant"], subject=row["calllistid"])


def made(floor: Floor, timer: Row) -> None:
    """Turn an entry whose speech is there into one that is dialled at its time (REF-05)."""
    found = _still(floor, timer)
    if found is None:
        return
    status = waiting(parse_moment(found[1]["due"]), floor.now)
    changes = {"status": status, "liststatus": floor.book.converted, "outcome": None}
    found = floor.calls.change(found, changes)
    row = found[1]
    message = message_for(floor, row)
    floor.tell_call(
        "speech.converted",
        row,
        liststatus=row["liststatus"],
        utterance=message.text,
        language=message.language,
    )
    floor.tell_call(f"call.{status}", row, due=row["due"])
    if status == QUEUED and floor.rules.dialler == AUTO:
        offer(floor, found)


def refused(floor: Floor, timer: Row) -> None:
    """Leave an entry as it is, whose engine has failed as often as it may; the verb tries again."""
    found = _still(floor, timer)
    if found is None:
        return
    data = timer["data"]
    row = floor.calls.change(found, {"outcome": REFUSED})[1]
    floor.tell_call(
        "speech.failed",
        row,
        liststatus=row["liststatus"],
        error=data["error"],
        attempts=data["attempts"],
        delivery=deliveries.id_of(data["delivery"]),
    )


def _still(floor: Floor, timer: Row) -> Found | None:
    found = floor.calls.get(timer["tenant"], timer["subject"])
    return found if found is not None and found[1]["status"] == SPEECH else None


KINDS: Final = {
    BEGINS: begins,
    MADE: made,
    f"{deliveries.SPEECH}.{deliveries.SENT}": made,
    f"{deliveries.SPEECH}.{deliveries.FAILED}": refused,
}
