"""Storylines: what people and clients do on the floor as time passes, step by step, as timers.

A step is a member of a scenario's ``story``. It is put into the store when the scenario is activated and
taken away when it ends, so that it is copied, kept and played like everything else that is still to
happen. What the floor can do itself is done here; a command of the API is handed to the sandbox.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.simulation.agents import status_called
from mockserver.simulation.calllist import ENGAGED, QUEUED
from mockserver.simulation.control import IllegalVerb, carry_out, come_in, set_agent
from mockserver.simulation.dialler import AUTO, dispatch
from mockserver.simulation.floor import Errand
from mockserver.simulation.speech import begin_all
from mockserver.simulation.timers import set_timer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.simulation.calllist import Found
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Row, Store

    Step = Mapping[str, Any]

STORY: Final = "story"
"""Kind of the timer of a step."""

_MOMENT: Final = re.compile(r"\{(now|\+[0-9:]+)\}")
_BASE: Final = 60


class Undone(Exception):
    """A step cannot be taken; the text says why."""


def seconds_of(text: str) -> int:
    """Return the seconds that ``90``, ``1:30`` or ``00:01:30`` stand for."""
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * _BASE + int(part)
    return seconds


def moment_of_step(at: str, begun: datetime) -> datetime:
    """Return when a step is due: ``+90`` or ``+00:01:30`` after ``begun``, or the next ``09:30`` at or after it."""
    if at.startswith("+"):
        return begun + timedelta(seconds=seconds_of(at[1:]))
    clock = at if at.count(":") == 2 else f"{at}:00"
    found = datetime.fromisoformat(f"{begun.date()} {clock}")
    return found if found >= begun else found + timedelta(days=1)


def filled(value: Any, now: datetime) -> Any:
    """Return a value of a command with the moments that it names: ``{now}``, and ``{+90}`` for later ones."""
    if isinstance(value, dict):
        return {name: filled(each, now) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, now) for each in value]
    if not isinstance(value, str):
        return value

    def moment(found: re.Match[str]) -> str:
        later = 0 if found[1] == "now" else seconds_of(found[1][1:])
        return (now + timedelta(seconds=later)).isoformat(" ", "seconds")

    return _MOMENT.sub(moment, value)


def begin_story(store: Store, now: datetime, tenant: str, scenario: str, steps: Sequence[Step]) -> None:
    """Let the steps of a scenario happen from now on; join it to a unit of work."""
    for number, step in enumerate(steps, start=1):
        data = {"scenario": scenario, "number": number, "step": dict(step)}
        set_timer(store, moment_of_step(step["at"], now), STORY, tenant=step.get("apikey", tenant), data=data)


def end_story(store: Store, scenario: str) -> None:
    """Take the steps of a scenario away that have not happened yet; join it to a unit of work."""
    for row_id, timer in list(store.rows("timers")):
        if timer["kind"] == STORY and timer["data"]["scenario"] == scenario:
            store.remove("timers", row_id)


def play_step(floor: Floor, timer: Row) -> None:
    """Take a step; one that cannot be taken is told and the story goes on."""
    data = timer["data"]
    step, tenant = data["step"], timer["tenant"]
    about = {"scenario": data["scenario"], "step": data["number"]}
    if "say" in step:
        floor.tell("story.said", tenant, **about, text=step["say"])
    for word, take in _ACTIONS.items():
        if word in step:
            try:
                take(floor, tenant, step[word], about)
            except (Undone, IllegalVerb) as error:
                floor.tell("story.failed", tenant, **about, action=word, reason=str(error))


def _send(floor: Floor, tenant: str, command: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    sent = filled(dict(command), floor.now)
    floor.tell("story.sent", tenant, **about, command=sent["method"])
    floor.errands.append(Errand(about["scenario"], about["step"], tenant, sent))


def _incoming(floor: Floor, tenant: str, given: Mapping[str, Any], _: object) -> None:
    process = process_called(floor.store, tenant, given["servicekey"])
    if process is None:
        raise Undone(f"{tenant} has no process {given['servicekey']!r}")
    come_in(floor, process, given["number"])


def process_called(store: Store, tenant: str, name: str) -> Mapping[str, Any] | None:
    """Return the process of a tenant by name, service key or alias, or None."""
    named = store.first("processes", tenant=tenant, name=name)
    found = [named, *(store.first("processes", **{column: name}) for column in ("servicekey", "alias"))]
    return next((each[1] for each in found if each is not None and each[1]["tenant"] == tenant), None)


def _agent(floor: Floor, tenant: str, given: Mapping[str, Any], _: object) -> None:
    user = floor.user(tenant, given["login"])
    status = status_called(floor.book.statuses, given["status"])
    if user is None or status is None:
        missing = f"agent {given['login']!r}" if user is None else f"status {given['status']!r}"
        raise Undone(f"{tenant} has no {missing}")
    set_agent(floor, user, status)


def _call(floor: Floor, tenant: str, given: Mapping[str, Any], _: object) -> None:
    found = _latest(floor, tenant, given["number"])
    if found is None:
        raise Undone(f"no call with {given['number']} is under way")
    carry_out(floor, found, given["verb"], given)


def _latest(floor: Floor, tenant: str, number: str) -> Found | None:
    """Return the call of a number that is furthest on: one that occupies an agent before one that waits."""
    rows = [
        found
        for _, process in floor.store.find("processes", tenant=tenant)
        for found in floor.store.find("calls", tenant=tenant, process=process["name"], contact=number)
        if found[1]["status"] in ENGAGED or found[1]["status"] == QUEUED
    ]
    return max(rows, key=lambda each: (each[1]["status"] in ENGAGED, each[0]), default=None)


def _rules(floor: Floor, tenant: str, given: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    chosen = {name: value for name, value in given.items() if name != "dialler"}
    before = floor.rules.dialler
    dialler = given.get("dialler", before)
    floor.rules = replace(floor.rules, dialler=dialler, chosen={**floor.rules.chosen, **chosen})
    floor.tell("story.changed", tenant, **about, rules=dict(given))
    if dialler == AUTO:
        if before != AUTO:
            begin_all(floor)
        dispatch(floor)


_ACTIONS: Final[dict[str, Callable[[Floor, str, Any, Mapping[str, Any]], None]]] = {
    "send": _send,
    "incoming": _incoming,
    "agent": _agent,
    "call": _call,
    "floor": _rules,
}
ACTIONS: Final = tuple(_ACTIONS)
"""What a step may do, beside saying something."""
