"""What the floor sends out: speech engines, screen-pops and hooks, as rows that are kept with all else.

The row is put in the unit of work that causes it; what is to be sent is handed over when that unit is
kept. Retries and what a scenario delays are timers on the sandbox's clock. Nothing here knows a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.faults.chance import Chance
from mockserver.simulation.timers import set_timer, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row, Store

SPEECH: Final = "speech"
SCREEN_POP: Final = "screen-pop"
HOOK: Final = "hook"
KINDS: Final = (SPEECH, SCREEN_POP, HOOK)
"""What deliveries are for."""

WAITING: Final = "waiting"
SENT: Final = "sent"
FAILED: Final = "failed"
STATUSES: Final = (WAITING, SENT, FAILED)
"""Where a delivery may stand; one that waits with ``due`` is sent then, one without is on its way."""

SENDS: Final = "delivery"
"""Kind of the timer of a delivery that is to go out later."""

_TABLE: Final = "deliveries"
_SHARES: Final = ("duplicate", "fail")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt of one delivery: what a courier needs, and how often to send it."""

    number: int
    attempt: int
    kind: str
    url: str
    body: Mapping[str, Any]
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt: HTTP status and first bytes of the answer; ``error`` None when it went well.

    ``final`` says that another attempt would end the same.
    """

    code: int | None = None
    answer: str | None = None
    error: str | None = None
    final: bool = False


def id_of(number: int) -> str:
    """Return the id by which clients know a delivery; receivers get it as ``X-Mock-Delivery``."""
    return f"d{number}"


def post(
    floor: Floor, kind: str, url: str, body: Mapping[str, Any], *, tenant: str | None, subject: int | None
) -> int:
    """Send a body to a URL once the unit of work is kept; return the delivery's number.

    ``subject`` is the call-list id of the entry it is about.
    """
    row = {
        "kind": kind,
        "tenant": tenant,
        "subject": subject,
        "url": url,
        "body": dict(body),
        "status": WAITING,
        "attempts": 0,
        "made": stamp(floor.now),
    }
    number = floor.store.insert(_TABLE, row)
    seconds = _delay(floor, number)
    if seconds:
        _send_later(floor, number, seconds)
    else:
        _hand_over(floor, number, row)
    return number


def announce(floor: Floor, number: int, kind: str, tenant: str | None, about: Mapping[str, Any]) -> None:
    """Deliver an event to the hooks that want it; ``number`` is the one it will have."""
    for hook in floor.rules.outgoing.get("hooks", ()):
        if any(kind == each or kind.startswith(f"{each}.") for each in hook["events"]):
            body = {"id": f"e{number:06d}", "at": stamp(floor.now), "kind": kind, "apikey": tenant, **about}
            post(floor, HOOK, hook["url"], body, tenant=tenant, subject=about.get("calllistid"))


def again(floor: Floor, number: int) -> None:
    """Send a delivery once more, whatever became of it."""
    row = floor.store.get(_TABLE, number)
    if row is not None:
        changes = {"status": WAITING, "ended": None, "code": None, "answer": None, "error": None}
        floor.store.update(_TABLE, number, changes)
        _hand_over(floor, number, row)


def on_their_way(store: Store) -> list[Parcel]:
    """Return what was handed over and has not come back: after a restart it is sent again."""
    return [
        _parcel(number, row, row["attempts"])
        for number, row in store.find(_TABLE, status=WAITING)
        if row["due"] is None
    ]


def goes_out(floor: Floor, timer: Row) -> None:
    """Send what was to be sent at this time, unless it went out otherwise meanwhile."""
    number = timer["data"]["delivery"]
    row = floor.store.get(_TABLE, number)
    if row is not None and row["status"] == WAITING and row["due"] == timer["at"]:
        _hand_over(floor, number, row)


def came_back(floor: Floor, number: int, attempt: int, result: Result) -> bool:
    """Note what became of an attempt; False when it is out of date. One that failed is tried again later, with a limit.

    Whoever waits for a delivery of speech is told by a timer at once.
    """
    row = floor.store.get(_TABLE, number)
    if row is None or (row["status"], row["attempts"]) != (WAITING, attempt):
        return False
    told = {"code": result.code, "answer": result.answer, "error": result.error}
    retries = floor.book.deliveries["retry"]
    if result.error is not None and not result.final and attempt <= len(retries):
        floor.store.update(_TABLE, number, told)
        _send_later(floor, number, retries[attempt - 1])
        return True
    status = SENT if result.error is None else FAILED
    floor.store.update(_TABLE, number, {**told, "status": status, "ended": stamp(floor.now)})
    if row["kind"] == SPEECH:
        data = {"delivery": number, "error": result.error, "attempts": attempt}
        set_timer(
            floor.store,
            floor.now,
            f"{SPEECH}.{status}",
            tenant=row["tenant"],
            subject=row["subject"],
            data=data,
        )
    _forget_oldest(floor)
    return True


def _send_later(floor: Floor, number: int, seconds: float) -> None:
    at = floor.now + timedelta(seconds=seconds)
    floor.store.update(_TABLE, number, {"due": stamp(at)})
    set_timer(floor.store, at, SENDS, data={"delivery": number})


def _hand_over(floor: Floor, number: int, row: Mapping[str, Any]) -> None:
    attempt = row["attempts"] + 1
    floor.store.update(_TABLE, number, {"attempts": attempt, "due": None})
    chance, shares = _mishaps(floor, number)
    copies = 1
    if chance is not None:
        fails, doubled = (
            chance.fraction(f"{name}/{attempt}") < shares.get(name, 0) for name in reversed(_SHARES)
        )
        if fails:
            came_back(floor, number, attempt, Result(error="a scenario let it fail"))
            return
        copies += doubled
    floor.hand_over(_parcel(number, row, attempt, copies))


def _parcel(number: int, row: Mapping[str, Any], attempt: int, copies: int = 1) -> Parcel:
    return Parcel(number, attempt, row["kind"], row["url"], row["body"], copies)


def _mishaps(floor: Floor, number: int) -> tuple[Chance | None, Mapping[str, Any]]:
    """Return the draws of a delivery and what they decide, as the scenarios that play say."""
    found = floor.mishaps()
    if found is None:
        return None, {}
    seed, shares = found
    return Chance(seed, _TABLE, number), shares


def _delay(floor: Floor, number: int) -> float:
    """Return for how many seconds a scenario keeps a delivery back."""
    chance, shares = _mishaps(floor, number)
    if chance is None:
        return 0
    seconds: float = 0
    late = shares.get("late")
    if late is not None and chance.fraction("late") < late.get("share", 1):
        seconds += late["seconds"]
    if shares.get("shuffle"):
        low, high = floor.book.deliveries["shuffle"]
        seconds += low + round(chance.fraction("shuffle") * (high - low), 3)
    return seconds


def _forget_oldest(floor: Floor) -> None:
    """Forget the deliveries that ended first, beyond as many as are kept."""
    while floor.store.count(_TABLE) > floor.book.deliveries["kept"]:
        found = floor.store.lowest(_TABLE, "ended")
        if found is None:
            return
        floor.store.remove(_TABLE, found[0])
