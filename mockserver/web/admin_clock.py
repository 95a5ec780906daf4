"""Admin routes about a sandbox's clock: how it runs, and moving it on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.advancing import advance as move_on
from mockserver.contract.documents import known, shown
from mockserver.contract.values import parse_moment
from mockserver.errors import Problem
from mockserver.simulation.agents import label, status_called
from mockserver.simulation.calllist import STATUSES
from mockserver.web.admin_http import check_calendar, moment, unfit
from mockserver.web.admin_tenants import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mockserver.clock import Clock, Mode
    from mockserver.sandbox import Sandbox
    from mockserver.web.admin_http import Ask

    Reached = Callable[[], bool]

_UNSCALED: Final[Mapping[str, tuple[float | None, ...]]] = {"real": (None, 1), "frozen": (None, 0, 1)}
"""What may be said of the scale of a clock that has none."""
NEXT_EVENT: Final = "next_event"
IDLE: Final = "idle"
_WITHIN: Final = 2_592_000
"""Seconds of the sandbox for which a condition is waited for unless somebody says otherwise."""


def clock(ask: Ask) -> dict[str, Any]:
    """Return mode and time of a sandbox's clock."""
    with ask.sandbox.lock:
        return stands(ask.sandbox.clock)


def set_clock(ask: Ask) -> dict[str, Any]:
    """Set mode, time or both; what is due by then happens first."""
    now = moment(ask.body, "now")
    clock = ask.sandbox.clock
    with ask.sandbox.lock:
        ask.sandbox.settle()
        running(ask.body, clock.mode, clock.scale)
    if now is not None:
        # A day that is leapt over may be long: commands go on being answered meanwhile.
        move_on(ask.sandbox, now)
    with ask.sandbox.lock:
        mode, scale = running(ask.body, clock.mode, clock.scale)
        clock.set(mode, now, scale)
        ask.sandbox.settle()
        # Who waits looks more often where time goes on by itself.
        ask.sandbox.bell.ring()
        return stands(clock)


def running(body: Mapping[str, Any], mode: Mode, scale: float, parent: str = "") -> tuple[Mode, float]:
    """Return the mode and scale a body asks for, whose clock runs like this so far; 422 if they contradict.

    What a clock answers can be sent to it, with the scale that goes without saying.
    """
    wanted: Mode = body.get("mode", "scaled" if "scale" in body else mode)
    asked = body.get("scale")
    pointer = f"{parent}/scale"
    if wanted == "scaled" and asked is None and mode != "scaled":
        problem = "a scaled clock needs to know how fast it runs"
        raise unfit(Problem("", pointer, problem, "seconds of the sandbox in a real one", "nothing"))
    if wanted == "scaled" and asked == 0:
        problem = "a scaled clock does not stand still"
        raise unfit(Problem("", pointer, problem, "more than 0, or the mode frozen", "0"))
    if wanted != "scaled" and asked not in _UNSCALED[wanted]:
        problem = f"a {wanted} clock has no scale"
        raise unfit(Problem("", pointer, problem, "no scale, or the mode scaled", shown(asked)))
    return wanted, scale if asked is None else asked


def stands(clock: Clock) -> dict[str, str | float]:
    """Return how a clock stands."""
    return {"mode": clock.mode, "now": clock.text(), "scale": clock.scale}


def advance(ask: Ask) -> dict[str, Any]:
    """Move a sandbox's time on by seconds, to a time, or until something is so; all that is due happens."""
    sandbox = ask.sandbox
    with sandbox.lock:
        now = sandbox.settle()
    target, reached = _aim(ask, now)
    came = move_on(sandbox, target, reached)
    with sandbox.lock:
        return {**stands(sandbox.clock), "events": came.events, "reached": came.reached}


def _aim(ask: Ask, now: datetime) -> tuple[datetime, Reached | None]:
    """Return the time to go to at most, and what may be reached before."""
    until = ask.body.get("until")
    if until is None:
        return _later(now, ask.body["seconds"], "/seconds"), None
    when = parse_moment(until) if isinstance(until, str) else None
    if when is None:
        wanted: Mapping[str, Any] = {"condition": until} if isinstance(until, str) else until
        return _later(now, wanted.get("within", _WITHIN), "/until/within"), _condition(ask.sandbox, wanted)
    check_calendar(when, "/until")
    if when < now.replace(microsecond=0):
        problem, expected = "the clock only moves forwards", f"a time from {now.isoformat(' ', 'seconds')} on"
        raise unfit(Problem("", "/until", problem, expected, until))
    return max(when, now), None


def _later(now: datetime, seconds: float, pointer: str) -> datetime:
    try:
        target = now + timedelta(seconds=seconds)
        check_calendar(target, pointer)
    except OverflowError:
        problem = "this time is too far away"
        raise unfit(Problem("", pointer, problem, "a time up to 8999", shown(seconds))) from None
    return target


def _condition(sandbox: Sandbox, until: Mapping[str, Any]) -> Reached:
    """Return the test of a named condition, or of one about a call or an agent."""
    floor = sandbox.floor
    named = [name for name in ("condition", "call", "login") if name in until]
    if named == ["call"]:
        return _call_stands(sandbox, until)
    if named == ["login"]:
        return _agent_stands(sandbox, until)
    if named == ["condition"] and until["condition"] == IDLE:
        return lambda: floor.next_due() is None
    if named == ["condition"] and until["condition"] == NEXT_EVENT:
        before = floor.log.last
        return lambda: floor.log.last > before
    expected = f"a time as YYYY-MM-DD hh:mm:ss, {NEXT_EVENT}, {IDLE}, or an object about a call or an agent"
    got = shown(until.get("condition", ", ".join(named) or "an empty object"))
    raise unfit(Problem("", "/until", "no such time or condition", expected, got))


def _call_stands(sandbox: Sandbox, until: Mapping[str, Any]) -> Reached:
    if until["status"] not in STATUSES:
        expected = known(STATUSES, str(until["status"]))
        raise unfit(Problem("", "/until/status", "no call stands so", expected, shown(until["status"])))
    floor = sandbox.floor
    with sandbox.lock:
        tenants = [until["apikey"]] if "apikey" in until else in_order(sandbox)
        tenant = next((each for each in tenants if floor.calls.get(each, until["call"])), tenants[0])
        if floor.calls.get(tenant, until["call"]) is None:
            expected = f"the call-list id of an entry of {tenant}"
            raise unfit(Problem("", "/until/call", "there is no such call", expected, shown(until["call"])))

    def reached() -> bool:
        found = floor.calls.get(tenant, until["call"])
        return found is not None and found[1]["status"] == until["status"]

    return reached


def _agent_stands(sandbox: Sandbox, until: Mapping[str, Any]) -> Reached:
    floor = sandbox.floor
    statuses = floor.book.statuses
    status = status_called(statuses, until["status"])
    if status is None:
        expected = f"id or name of one of {', '.join(label(statuses, each) for each in statuses)}"
        raise unfit(
            Problem("", "/until/status", "there is no such user status", expected, shown(until["status"]))
        )
    with sandbox.lock:
        tenants = [until["apikey"]] if "apikey" in until else in_order(sandbox)
        tenant = next((each for each in tenants if floor.user(each, until["login"])), tenants[0])
        if floor.user(tenant, until["login"]) is None:
            expected = f"the login of a user of {tenant}"
            raise unfit(Problem("", "/until/login", "there is no such user", expected, shown(until["login"])))

    def reached() -> bool:
        user = floor.user(tenant, until["login"])
        return user is not None and user[1]["status"] == status

    return reached
