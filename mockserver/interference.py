"""What scenarios and queued faults do to a command on its way (the stages that nobody's document knows).

A rule acts at one of three points: on arrival, before keys and method are looked at; on the command,
once the gate is passed; on the answer, inside the unit of work that may still be undone. What waits
or harms the connection is planned here and performed by the edge.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contract.checking import FORCED
from mockserver.contract.expansion import merge
from mockserver.faults.base import ReplyFault, Wait
from mockserver.faults.chance import Chance
from mockserver.faults.registry import plan
from mockserver.model import Violation
from mockserver.scenarios.identity import of_command, of_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.faults.base import Fault
    from mockserver.faults.forced import ForcedStatus
    from mockserver.model import Exchange, Level, Reply
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Point
    from mockserver.scenarios.playing import Firing

_RULE: Final = "SIM-27"
_POINTS: Final = ("arrival", "command", "answer")


class Prevented(Exception):
    """The command is not carried out: its faults are all the client gets."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.exchange = exchange


class Held(Exception):
    """The command has to wait, holding nothing, before it may take effect."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Refused(Exception):
    """The command is refused: the exchange so far, and the violation that says why."""

    def __init__(self, exchange: Exchange, violation: Violation) -> None:
        super().__init__()
        self.exchange = exchange
        self.violation = violation


def act(exchange: Exchange, sandbox: Sandbox, point: Point) -> Exchange:
    """Let the rules of a point act on the exchange; raises what becomes of it when they stop it."""
    exchange = exchange.evolve(met=(*exchange.met, point))
    firings: tuple[Firing, ...] | None = exchange.memo.get(point)
    if firings is not None:
        # After a wait: what fired has fired, and is not asked again.
        return _stopped(_planned(exchange, firings), firings)
    firings = exchange.memo[point] = _asked(exchange, sandbox, point)
    moved = [firing.play.moved(firing) for firing in firings]
    if any(moved):
        sandbox.forget()
    before = len(exchange.faults)
    exchange = _planned(exchange, firings)
    hold(exchange.faults[before:])
    return _stopped(exchange, firings)


def _asked(exchange: Exchange, sandbox: Sandbox, point: Point) -> tuple[Firing, ...]:
    """Return what fires at a point: of each scenario one rule for a request."""
    identity, success = of_command(exchange), exchange.violation is None
    known_as = sandbox.known_as(exchange.apikey)
    acted = {firing.play for each in _POINTS for firing in exchange.memo.get(each, ())}
    asked = (
        play.ask(point, exchange, identity, known_as, exchange.status, success=success)
        for play in exchange.plays
        if play not in acted
    )
    return tuple(firing for firing in asked if firing is not None)


def hold(faults: tuple[Fault, ...]) -> None:
    """Raise Held if one of the faults makes the command wait before it takes effect."""
    seconds = sum(fault.seconds for fault in faults if isinstance(fault, Wait) and fault.before)
    if seconds > 0:
        raise Held(seconds)


def _planned(exchange: Exchange, firings: tuple[Firing, ...]) -> Exchange:
    """Return the exchange with what the firings do to its reply."""
    faults = [
        (firing, plan(name, settings, firing.chance))
        for firing in firings
        for name, settings in firing.rule.then.faults
    ]
    done = [f"{firing.scenario}/{firing.rule.id}: {fault.told()}" for firing, fault in faults]
    wanted = _wanted(firings)
    if wanted is not None:
        done.append(f"{wanted.scenario}/{wanted.rule.id}: status {wanted.rule.then.status}")
    patching = [firing for firing in firings if firing.rule.then.reply is not None]
    done += [f"{firing.scenario}/{firing.rule.id}: reply patched" for firing in patching]
    patches = [firing.rule.then.reply for firing in patching]
    return exchange.evolve(
        faults=(*exchange.faults, *(fault for _, fault in faults)),
        harm=(*exchange.harm, *done),
        patches=(*exchange.patches, *patches),
    )


def queued(exchange: Exchange, sandbox: Sandbox, *, early: bool) -> Exchange:
    """Plan the queued faults that want the request: ``early`` those that ask nothing of the command."""
    key = "queued early" if early else "queued"
    wishes = exchange.memo.get(key)
    if wishes is None:
        wishes = exchange.memo[key] = sandbox.forced.take_faults(exchange, early=early)
        fresh = True
    else:
        fresh = False
    faults = tuple(
        plan(name, settings, Chance("fault", wish.id, number))
        for wish, number in wishes
        for name, settings in [wish.fault]
    )
    told = tuple(f"fault {wish.id}: {fault.told()}" for (wish, _), fault in zip(wishes, faults, strict=True))
    exchange = exchange.evolve(faults=(*exchange.faults, *faults), harm=(*exchange.harm, *told))
    if fresh:
        hold(faults)
    return _stopped(exchange, ())


def _stopped(exchange: Exchange, firings: tuple[Firing, ...]) -> Exchange:
    """Return the exchange if it goes on; raise how it ends otherwise."""
    if any(not fault.applied for fault in exchange.faults):
        raise Prevented(exchange)
    wanted = _wanted(firings)
    if wanted is None:
        return exchange
    then = wanted.rule.then
    if then.level == "record":
        return exchange.evolve(forced_record=RecordRule(wanted, exchange.spec.record_identity))
    violation = _violation(then.status or 0)
    if then.applied:
        return exchange.evolve(late=violation)
    raise Refused(exchange.evolve(forced=True), violation)


def _wanted(firings: tuple[Firing, ...]) -> Firing | None:
    """Return the firing whose status counts: the first about the command, else the first about records."""
    found = [firing for firing in firings if firing.rule.then.status is not None]
    return next((each for each in found if each.rule.then.level == "request"), found[0] if found else None)


def wish_for(exchange: Exchange, sandbox: Sandbox) -> ForcedStatus | None:
    """Take the status that is queued for the command.

    A scenario that fails records already leaves the wishes about records to later commands.
    """
    spec, taken = exchange.spec, exchange.forced_record is not None

    def can_force(code: int, level: Level) -> bool:
        return bool(spec.can_force(code, level)) and not (taken and level == "record")

    return sandbox.forced.take(exchange.method, exchange.command, exchange.now, can_force, spec.wrap)


def _violation(code: int) -> Violation:
    return Violation("", "", FORCED, code, "request", _RULE, "no scenario that says otherwise", str(code))


class RecordRule:
    """A firing that fails records: asked for each record of the batch, drawn for each by its own identity."""

    __slots__ = ("_asked", "_firing", "_names", "level", "status")

    def __init__(self, firing: Firing, names: Sequence[str]) -> None:
        self._firing = firing
        self._names = names
        # By the object, which is kept so that no other can have its id: a record is asked about twice
        # where others must be looked at before it fails (userStatus), and equal ones are told apart.
        self._asked: dict[int, tuple[Any, bool]] = {}
        self.status = firing.rule.then.status or 0
        self.level = "record"

    def wants_record(self, _: Any, record: Any) -> bool:
        """Tell whether the record is to fail."""
        known = self._asked.get(id(record))
        if known is None:
            known = self._asked[id(record)] = (record, self._drawn(record))
        return known[1]

    def _drawn(self, record: Any) -> bool:
        if not self._firing.rule.conditions.record_fits(record):
            return False
        return self._firing.play.draws_record(self._firing, of_record(record, self._names))


def harmed(exchange: Exchange, before: Reply | None) -> Reply:
    """Return the exchange's reply with every harm done to it that needs no connection; the rest is attached."""
    reply = exchange.reply
    for patch in exchange.patches:
        reply = _patched(reply, patch)
    for fault in exchange.faults:
        if isinstance(fault, ReplyFault):
            reply = fault.distort(reply, before)
    headers = (*reply.headers, *(("X-Mock-Fault", text) for text in exchange.harm))
    later = tuple(fault for fault in exchange.faults if _for_edge(fault))
    origin = (exchange.sandbox, exchange.number) if later else None
    return replace(reply, headers=headers, faults=later, origin=origin)


def _for_edge(fault: Fault) -> bool:
    return not isinstance(fault, ReplyFault) and not (isinstance(fault, Wait) and fault.before)


def _patched(reply: Reply, patch: Mapping[str, Any]) -> Reply:
    try:
        body = orjson.dumps(merge(orjson.loads(reply.body), patch))
    except orjson.JSONDecodeError:
        return reply
    except TypeError:
        # numbers over 64 bits, text with half a surrogate pair
        body = json.dumps(merge(json.loads(reply.body), patch), separators=(",", ":")).encode()
    return replace(reply, body=body)
