"""What is never so on a floor, whatever people and time do to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mockserver.simulation.calllist import DIALLING, ENGAGED, INCOMING, QUEUED, SCHEDULED, TALKING
from mockserver.simulation.running import KINDS
from tests.simulation.floors import DIALLING as AT_DIALLING
from tests.simulation.floors import HOLD, READY, TRANSFER, WRAPUP
from tests.simulation.floors import TALKING as AT_TALKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.simulation.floor import Floor

FIRST = 796
"""The first call-list id that a test can make."""
_IN_A_CALL = {AT_TALKING, HOLD, TRANSFER}


def wrongs(floor: Floor, by_hand: set[str]) -> list[str]:
    """Return what is illegal on a floor; ``by_hand`` are the login keys whose status somebody set last."""
    return [*_agents(floor, by_hand), *_entries(floor), *_timers(floor)]


def _rows(floor: Floor, table: str) -> list[dict[str, Any]]:
    return [row for _, row in floor.store.rows(table)]


def _agents(floor: Floor, by_hand: set[str]) -> Iterator[str]:
    handled = Counter((row["tenant"], row["handling"]) for row in _rows(floor, "calls") if row["handling"])
    yield from (f"{agent} is in {many} calls" for agent, many in handled.items() if many > 1)
    for row in _rows(floor, "users"):
        engaged = row["status"] in {*_IN_A_CALL, AT_DIALLING}
        idle = (row["tenant"], row["login_key"]) not in handled
        if engaged and idle and row["login_key"] not in by_hand:
            yield f"{row['login']} stands in {row['status']} without a call"


def _entries(floor: Floor) -> Iterator[str]:
    timed = {(timer["subject"], timer["kind"]) for timer in _rows(floor, "timers")}
    for row in _rows(floor, "calls"):
        number, status = row["calllistid"], row["status"]
        engaged = status in ENGAGED
        if engaged != (row["handling"] is not None):
            yield f"{number} is {status} and handled by {row['handling']}"
        # The seeded open entries stand in no queue until somebody moves them (AM-09).
        queued = status == QUEUED and (number >= FIRST or row["queue"] is not None)
        if queued != (row["queue"] is not None) or (row["queue"] is None) != (row["place"] is None):
            yield f"{number} is {status} in the queue {row['queue']} at {row['place']}"
        if status == SCHEDULED and row["attempts"] and (number, "due") not in timed:
            yield f"{number} is scheduled and never falls due"
        if engaged:
            yield from _engaged(floor, row, timed)


def _engaged(floor: Floor, row: Mapping[str, Any], timed: set[tuple[int, str]]) -> Iterator[str]:
    number, status = row["calllistid"], row["status"]
    user = floor.user(row["tenant"], row["agent"])
    if user is None or user[1]["login_key"] != row["handling"]:
        yield f"{number} is {status} at {row['agent']} and occupies {row['handling']}"
        return
    came_in = floor.calls.kind(row) == INCOMING
    fitting = {DIALLING: {AT_DIALLING}, TALKING: _IN_A_CALL}.get(status, {WRAPUP})
    if status == DIALLING and came_in:
        fitting = {READY}
    if user[1]["status"] not in fitting:
        yield f"{number} is {status} while {row['agent']} stands in {user[1]['status']}"
    if status == DIALLING and not came_in and (number, "ring") not in timed:
        yield f"{number} rings for ever"
    if status == DIALLING and came_in and floor.rule("ringing") and (number, "rung out") not in timed:
        yield f"{number} came in and rings for ever"
    if status == TALKING and row["outcome"] is not None and (number, "talk") not in timed:
        yield f"{number} talks for ever"


def _timers(floor: Floor) -> Iterator[str]:
    for timer in _rows(floor, "timers"):
        if timer["subject"] is not None and floor.calls.get(timer["tenant"], timer["subject"]) is None:
            yield f"the timer {timer['kind']} of {timer['at']} is about no call"
        if timer["kind"] not in KINDS:
            yield f"nobody knows the timer {timer['kind']}"
