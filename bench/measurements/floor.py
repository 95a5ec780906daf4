"""The floor: a day of a busy dialler in one advance, what a call costs beside few and many, and whom it holds up.

In process, the sandbox's own clock is moved; what is told of HTTP goes through the real server.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.caller import Caller
from bench.commands import JSON, PREFIX, http, push
from bench.figures import count_text, percentile
from bench.model import OURS, Figure
from bench.processes import serving
from bench.subjects import sandbox
from mockserver.advancing import advance
from mockserver.sandbox import MINTED_FROM, Plan
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from mockserver.simulation.agents import status_with
from mockserver.simulation.calllist import QUEUED
from mockserver.simulation.floor import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench
    from mockserver.sandbox import Sandbox

AGENTS, CALLS = 50, 10_000
FEW, MANY = 1_000, 100_000
SHORT = f"{count_text(FEW)} calls"
STEPS = 2_000
"""Events after which the cost of one is taken, so that both lists are still long."""
DAY = timedelta(days=1)
AT = datetime(2026, 1, 2, 9)  # noqa: DTZ001 - the sandbox's time knows no zones
WRAPUP = 20
"""Seconds of a wrap-up: with none, the day ends at each agent's first conversation."""
PROCESS = "MUMBAI_CRM_OBD"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the day, the cost of an event in a short and in a long list, the day through HTTP, and who waited for it."""
    many = bench.pick(CALLS, 1_000)
    bench.say(f"floor: a day with {count_text(many)} calls")
    floor = _floor(many)
    taken = _timed(floor, DAY)
    events, dialled = floor.floor.log.last, _dialled(floor)
    what = f"a day of {AGENTS} agents with {count_text(many)} calls in the queue"
    note = f"{count_text(dialled)} calls dialled, {count_text(events)} events"
    yield Figure(f"floor.day.{many}", f"advance over {what}", "s", {OURS: taken}, note)
    yield Figure(f"floor.event.{many}", f"an event of {what}", "µs", {OURS: taken / max(1, events) * 1e6})
    yield from _flat(bench)
    yield from _through_http(bench, many)


def _floor(calls: int) -> Sandbox:
    """Return a sandbox with so many queued calls and :data:`AGENTS` who are ready, the dialler switched on."""
    service = Service.start(Settings(clock="frozen", at=AT))
    made = service.registry.create(Plan(clock="frozen", at=AT), mint=False)
    store, floor = made.store, made.floor
    ready = status_with(floor.book.statuses, "ready")
    moment = AT.isoformat(" ")
    with store.unit():
        pattern, _row = next(
            (row_id, row) for row_id, row in store.rows("users") if row["tenant"] == MINTED_FROM
        )
        for row_id, _ in store.find("users", tenant=MINTED_FROM):
            store.update("users", row_id, {"status": 0})
        for number in range(AGENTS):
            login = f"agent{number}@bench.example"
            changes = {
                "login": login,
                "login_key": login,
                "userid": 1_000 + number,
                "status": ready,
                "since": moment,
            }
            store.duplicate("users", pattern, changes)
        for number in range(calls):
            floor.calls.add(_entry(store.take(f"{MINTED_FROM}/calllistid"), number, moment))
    floor.rules = Rules("auto", {"wrapup": WRAPUP})
    return made


def _entry(calllistid: int, number: int, moment: str) -> dict[str, Any]:
    return {
        "tenant": MINTED_FROM, "process": PROCESS, "calllistid": calllistid, "contact": str(9_100_000_000 + number),
        "login": None, "calltype": 1001, "due": moment, "status": QUEUED, "media": 12, "storedatetime": moment,
    }  # fmt: skip


def _timed(made: Sandbox, time: timedelta) -> float:
    started = perf_counter()
    made.tick()
    advance(made, made.clock.now() + time)
    return perf_counter() - started


def _dialled(made: Sandbox) -> int:
    return sum(row["attempts"] or 0 for _, row in made.store.rows("calls"))


def _flat(bench: Bench) -> Iterator[Figure]:
    """Yield what an event costs while the list is short, and while it is long; both floors take turns."""
    sizes = (FEW, bench.pick(MANY, 10_000))
    bench.say(f"floor: an event beside {count_text(sizes[0])} and {count_text(sizes[1])} calls")
    floors = [_floor(size) for size in sizes]
    for made in floors:
        made.tick()
    steps = bench.pick(STEPS, 500)
    taken, events = [0.0, 0.0], [0, 0]
    while min(events) < steps:
        for index, made in enumerate(floors):
            before, started = made.floor.log.last, perf_counter()
            advance(made, made.clock.now() + timedelta(minutes=1))
            taken[index] += perf_counter() - started
            events[index] += made.floor.log.last - before
    few, many = (seconds / count * 1e6 for seconds, count in zip(taken, events, strict=True))
    values = {OURS: many, SHORT: few}
    yield Figure(
        f"floor.flat.{sizes[1]}", f"an event with {count_text(sizes[1])} calls in the queue", "µs", values
    )


def _through_http(bench: Bench, many: int) -> Iterator[Figure]:
    """Yield the day through the admin API of a real server, and what pushes to another sandbox take meanwhile."""
    bench.say("floor: the same day through HTTP")
    core = bench.cores[0] if bench.cores else None
    with serving(sandbox(), core, ("--clock", "frozen")) as server, Caller(server.port) as caller:
        key = _made(caller, many)
        request, expected = http(PREFIX + push(), path=ENDPOINT), b'"status"'
        alone = [caller.timed(request, expected) for _ in range(bench.pick(500, 100))]
        ended: list[Any] = []
        other = Thread(target=lambda: ended.append(_day(server.port, key)))
        other.start()
        beside = []
        while other.is_alive():
            beside.append(caller.timed(request, expected))
        other.join()
    if not ended:
        raise RuntimeError("the advance through HTTP broke off")
    seconds, events = ended[0]
    note = f"{count_text(events)} events, while another sandbox took {count_text(len(beside))} pushes"
    yield Figure(
        "floor.http", f"the same day of {count_text(many)} calls through HTTP", "s", {OURS: seconds}, note
    )
    for share in (50, 99):
        values = {OURS: percentile(beside, share) * 1e3, "no advance": percentile(alone, share) * 1e3}
        yield Figure(f"floor.beside.p{share}", f"a push to another sandbox meanwhile, p{share}", "ms", values)


def _made(caller: Caller, many: int) -> str:
    """Make a sandbox on the server with the floor of :func:`_floor` as its state, and return its key."""
    made = _floor(many)
    state = {"tables": {}, "counters": {}, **made.store.dump()}
    body = json.dumps({"key": "floor", "clock": {"mode": "frozen", "now": AT.isoformat(" ")}})
    steps = [
        ("POST", "/__admin/sandboxes", body),
        ("PUT", "/__admin/sandboxes/floor/state", json.dumps(state)),
        ("PATCH", "/__admin/sandboxes/floor/simulation", json.dumps({"wrapup": WRAPUP})),
    ]
    for verb, path, text in steps:
        status, answer = caller.ask(_asked(verb, path, text))
        if not 200 <= status < 300:
            raise RuntimeError(f"{verb} {path} answers {status}: {answer[:300]!r}")
    return "floor"


def _asked(verb: str, path: str, body: str) -> bytes:
    return http(body.encode(), path=path, verb=verb, media=JSON)


def _day(port: int, key: str) -> tuple[float, int]:
    """Switch the dialler on and let a day pass; return seconds and events."""
    home = f"/__admin/sandboxes/{key}"
    with Caller(port, timeout=600) as caller:
        started = perf_counter()
        caller.ask(_asked("PATCH", f"{home}/simulation", '{"dialler": "auto"}'))
        status, answer = caller.ask(
            _asked("POST", f"{home}/clock/advance", json.dumps({"seconds": DAY.total_seconds()}))
        )
        taken = perf_counter() - started
    if status != 200:
        raise RuntimeError(f"the advance answers {status}: {answer[:300]!r}")
    return taken, int(json.loads(answer)["events"])
