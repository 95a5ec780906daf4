"""From the bytes of a request to the bytes of its reply (TRN-39).

What the stages do to the state is one unit of work: a refusal or an error undoes it (GEN-07).
"""

from __future__ import annotations

import traceback
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final

from mockserver.clock import real_time
from mockserver.contract.checking import FORCED
from mockserver.contract.documents import nearest
from mockserver.errors import InvalidDocument, NotKept, RawQueryRefused, UnknownQuirk, UnknownScenario
from mockserver.faults.forced import ForcedStatus
from mockserver.interference import Held, Prevented, Refused, act, harmed
from mockserver.model import NOTHING, Exchange, Finding, Notice, Pause, Violation
from mockserver.replying import bare, problem, render_failure, render_success
from mockserver.sending import inbound_of
from mockserver.stages import STAGES, arrive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mockserver.contract.catalogue import Catalogue
    from mockserver.errors import MockServerError
    from mockserver.model import Inbound, Reply
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.playing import Play
    from mockserver.simulation.floor import Errand

_PREFIX: Final = "x-mock-"
_OURS: Final = {
    f"{_PREFIX}{name}".lower(): f"X-Mock-{name}"
    for name in ("Sandbox", "Edition", "Quirk", "Scenario", "Admin-Token")
}
"""The request headers that mean something here: as they come, and as they are written."""

_COMPARED: Final = 64
"""Characters of an unknown header's name that the nearest known one is looked for by."""


def serve(
    inbound: Inbound, sandbox: Sandbox, catalogue: Catalogue, hint: str, held: Exchange | None = None
) -> Reply | Pause:
    """Answer one request in one sandbox and journal it; ``hint`` is the edition of host and port.

    Never raises for anything a client sends. A Pause is answered when a fault makes the command wait
    before it takes effect; resumed, it comes back here with the exchange that was held, and meets the
    scenarios it met before.
    """
    with sandbox.lock:
        now = sandbox.settle()
        begun = {
            "number": held.number if held else sandbox.journal.next_number(),
            "sandbox": sandbox.key,
            "inbound": inbound,
            "received": held.received if held else real_time(),
            "now": now,
            "notices": _warnings(inbound.headers),
            "at": now.isoformat(" ", "seconds"),
        }
        try:
            header = _header_quirks(inbound, catalogue)
            plays = held.plays if held else _plays(inbound, sandbox, now)
        except (UnknownQuirk, UnknownScenario, InvalidDocument) as error:
            return _misled(Exchange.begin(**begun), error, sandbox)
        if held or plays or len(sandbox.forced):
            begun |= {"plays": plays, "memo": held.memo if held else {}}
        regime = sandbox.regime(None, header, hint)
        exchange = Exchange.begin(**begun, regime=regime, regime_source=(header, hint))
        stages: list[tuple[str, int]] = []
        try:
            ended, spent = _run(exchange, sandbox, catalogue, stages)
        except Held as wait:
            resets = sandbox.resets
            sandbox.awaited = max(sandbox.awaited, real_time() + wait.seconds)
            sandbox.steps.held(exchange.number, now, inbound)
            return Pause(wait.seconds, lambda: _resume(sandbox, catalogue, hint, exchange, resets))
        return _kept(ended, sandbox, stages, spent)


def send(catalogue: Catalogue, hint: str, sandbox: Sandbox, errand: Errand) -> None:
    """Carry out a command that a storyline sends, at the time of the floor, and journal it as such.

    Rules, queued faults and forced statuses are for clients: they neither act on it nor count it. A
    refusal is told as an event of the floor.
    """
    with sandbox.lock:
        now = sandbox.settle()
        exchange = Exchange.begin(
            number=sandbox.journal.next_number(),
            sandbox=sandbox.key,
            inbound=inbound_of(errand, sandbox, catalogue),
            received=real_time(),
            now=now,
            at=now.isoformat(" ", "seconds"),
            story=errand.sender,
            regime=sandbox.regime(None, NOTHING, hint),
            regime_source=(NOTHING, hint),
        )
        stages: list[tuple[str, int]] = []
        ended, spent = _run(exchange, sandbox, catalogue, stages)
        changes = sandbox.store.changes()
        sandbox.keep(ended, changes=changes, stages=tuple(stages), nanoseconds=spent)
        if ended.violation is not None or ended.error:
            sandbox.floor.refused(errand, ended.status, ended.description, real_time())
        if changes:
            sandbox.react()


def _kept(exchange: Exchange, sandbox: Sandbox, stages: list[tuple[str, int]], spent: int) -> Reply:
    """Harm the reply where that is wanted, journal the exchange and return the reply as it goes out."""
    _give_back_unused(exchange, sandbox)
    before, sandbox.last_reply = sandbox.last_reply, exchange.reply
    if exchange.harm or exchange.patches:
        exchange = _harmed(exchange, before)
    changes = sandbox.store.changes()
    sandbox.keep(exchange, changes=changes, stages=tuple(stages), nanoseconds=spent)
    if changes:
        sandbox.react()
    return exchange.reply


def _resume(sandbox: Sandbox, catalogue: Catalogue, hint: str, held: Exchange, resets: int) -> Reply | Pause:
    """Go on with a command that waited; one from before a reset must not reach the state after it (AM-16)."""
    with sandbox.lock:
        if sandbox.resets != resets:
            why = "its sandbox was reset, restored, loaded or dropped while it was held back"
            return problem(503, "the command never took effect", why)
        return serve(held.inbound, sandbox, catalogue, hint, held)


def _harmed(exchange: Exchange, before: Reply | None) -> Exchange:
    """Return the exchange with its reply harmed; a harm that cannot be done leaves the reply and is kept."""
    try:
        return exchange.evolve(reply=harmed(exchange, before))
    except Exception:  # noqa: BLE001 - a client's reply must not depend on what a scenario asks for
        return exchange.evolve(error=traceback.format_exc())


def _warnings(headers: Mapping[str, str]) -> tuple[Notice, ...]:
    """Return a warning for each request header that begins like ours and is none."""
    strange = [name for name in headers if name.startswith(_PREFIX) and name not in _OURS]
    return tuple(map(_unknown_header, strange)) if strange else ()


def _unknown_header(name: str) -> Notice:
    """Return the warning about a header of ours that does not exist: misspelt, it would do nothing (AM-13)."""
    near = nearest(_OURS, name[:_COMPARED])
    meant = f"did you mean {_OURS[near]}?" if near else f"there are {', '.join(_OURS.values())}"
    return Notice("AM-13", "", f"there is no such X-Mock request header; {meant}")


def _plays(inbound: Inbound, sandbox: Sandbox, now: datetime) -> tuple[Play, ...]:
    """Return the scenarios that play for a request: the sandbox's, and those its header asks for."""
    asked = inbound.headers.get("x-mock-scenario")
    if asked is None:
        return sandbox.stage.active if sandbox.stage else ()
    return sandbox.plays((name.strip() for name in asked.split(",") if name.strip()), now)


def _misled(exchange: Exchange, error: MockServerError, sandbox: Sandbox) -> Reply:
    """Answer a header that asks for something there is not (AM-13)."""
    where, title = "GET /__admin/scenarios lists the scenarios", "a scenario that cannot be played"
    if isinstance(error, UnknownQuirk):
        where, title = "GET /__admin/settings lists the quirks", error.title
    exchange = exchange.evolve(finding=Finding("AM-13", str(error), None, where))
    exchange = exchange.evolve(reply=problem(400, title, str(error), exchange))
    sandbox.keep(exchange)
    return exchange.reply


def _run(
    exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue, stages: list[tuple[str, int]]
) -> tuple[Exchange, int]:
    """Return the exchange with its reply, whatever happens on the way, and the nanoseconds it took; Held is raised as it is."""
    started = perf_counter_ns()
    try:
        exchange = _carried_out(exchange, sandbox, catalogue, stages)
    except Held:
        raise
    except RawQueryRefused as error:
        exchange = exchange.evolve(finding=error.finding, reply=bare(400, exchange))
    except Exception:  # noqa: BLE001 - not even a refusal could be told
        exchange = _unexpected(exchange, catalogue)
    spent = sum([nanoseconds for _, nanoseconds in stages])  # a generator costs a call for each stage
    whole = perf_counter_ns() - started
    stages.append(("render", whole - spent))
    return exchange, whole


def _carried_out(
    exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue, stages: list[tuple[str, int]]
) -> Exchange:
    """Take an exchange through the stages, noting how long each took; a refusal undoes what they did."""
    started = perf_counter_ns()
    try:
        with sandbox.store.unit():
            for stage in STAGES:
                exchange = stage(exchange, sandbox, catalogue)
                ended = perf_counter_ns()
                stages.append((stage.__name__, ended - started))
                started = ended
            exchange = _answer(exchange, sandbox, catalogue)
        if sandbox.floor.untold:
            sandbox.floor.commit(exchange.received)
        return exchange
    except Refused as refused:
        sandbox.floor.discard()
        return _refuse(refused, sandbox, catalogue)
    except Prevented as prevented:
        sandbox.floor.discard()
        return prevented.exchange.evolve(reply=bare(200, prevented.exchange))
    except (Held, RawQueryRefused):
        sandbox.floor.discard()
        raise
    except NotKept as error:
        sandbox.floor.discard()
        return _unexpected(exchange, catalogue, str(error))
    except Exception:  # noqa: BLE001 - whatever goes wrong is answered as the vendor would, and kept
        sandbox.floor.discard()
        return _unexpected(exchange, catalogue)


def _answer(exchange: Exchange, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Render what became of a command that was carried out, and let rules about answers see it."""
    if exchange.memo is None:
        return render_success(exchange, catalogue)
    if exchange.late is None:
        exchange = act(render_success(exchange, catalogue), sandbox, "answer")
    if exchange.late is None:
        return exchange
    return render_failure(exchange.evolve(forced=True), exchange.late, catalogue)


def _refuse(refused: Refused, sandbox: Sandbox, catalogue: Catalogue) -> Exchange:
    """Render a refusal; rules about arrivals that it never met, and rules about answers, see it first."""
    exchange, violation = refused.exchange, refused.violation
    if exchange.memo is None or "answer" in exchange.met:
        return render_failure(exchange, violation, catalogue)
    try:
        if "arrival" not in exchange.met:
            exchange = arrive(exchange, sandbox, catalogue)
        exchange = render_failure(exchange, exchange.late or violation, catalogue)
        exchange = act(exchange, sandbox, "answer")
        late = exchange.late
        return exchange if late is None else render_failure(exchange.evolve(forced=True), late, catalogue)
    except Refused as again:
        return render_failure(again.exchange, again.violation, catalogue)
    except Prevented as prevented:
        return prevented.exchange.evolve(reply=bare(200, prevented.exchange))


def _give_back_unused(exchange: Exchange, sandbox: Sandbox) -> None:
    """Keep a status that was queued for records when no record came to fail with it (SIM-26)."""
    wish = exchange.forced_record
    if isinstance(wish, ForcedStatus) and not any(
        failure.keyword == FORCED for failure in exchange.failed_records
    ):
        sandbox.forced.give_back(wish)


def _unexpected(exchange: Exchange, catalogue: Catalogue, got: str = "an unexpected error") -> Exchange:
    """Answer an error of our own with the method's processing-error status, and keep its traceback."""
    status = exchange.spec.processing_error if exchange.spec else catalogue.common["malformed"]["status"]
    violation = Violation("", "", "error", status, "request", "GEN-16", "no error", got)
    return render_failure(exchange.evolve(error=traceback.format_exc()), violation, catalogue)


def _header_quirks(inbound: Inbound, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the quirks the request's own headers choose (AM-13, AM-63)."""
    text = inbound.headers.get("x-mock-quirk")
    edition = inbound.headers.get("x-mock-edition")
    if text is None and edition is None:
        return NOTHING
    quirks = {} if text is None else catalogue.quirks.parse(text)
    if edition is not None:
        quirks["edition"] = catalogue.quirks.check("edition", edition.strip())
    return quirks
