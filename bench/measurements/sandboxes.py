"""Creating, resetting, keeping and restoring sandboxes through the admin API, and what a thousand of them weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import JSON, PREFIX, http, push
from bench.figures import count_text, median
from bench.model import OURS, WIREMOCK, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox, wire_mock
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench
    from bench.processes import Server
    from bench.subjects import Subject

MANY = 1_000
CREATE = "/__admin/sandboxes"
RESET = "/__admin/reset"
CROWD = 10_000


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the p50 of create and reset, and the memory that a thousand sandboxes add."""
    core = bench.cores[0] if bench.cores else None
    pinned = on_core(bench.cores[1] if bench.cores else None)
    subject = sandbox()
    with serving(subject, core) as server, Caller(server.port) as caller, pinned:
        bench.say("sandboxes: create")
        yield from _created(caller, server, MANY)
        bench.say("sandboxes: reset")
        ours = _reset(caller, subject, bench.pick(200, 50))
        bench.say("sandboxes: snapshot and restore")
        yield from _restored(caller, bench.pick(90, 20))
    if isinstance(ours, str):
        yield Figure("reset", "reset of a golden sandbox", "ms", {}, ours)
        return
    values = {OURS: ours}
    if bench.jar is not None:
        theirs = wire_mock(bench.jar)
        with serving(theirs, core) as server, Caller(server.port) as caller:
            taken = _reset(caller, theirs, bench.pick(200, 50))
        if isinstance(taken, float):
            values[WIREMOCK] = taken
    yield Figure("reset", "reset of a golden sandbox", "ms", values, "p50, one push before each")


def _created(caller: Caller, server: Server, many: int) -> Iterator[Figure]:
    request = http(b"{}", path=CREATE, media=JSON)
    status, _ = caller.ask(request)
    if status != 201:
        note = f"not there: POST {CREATE} answers {status}"
        yield Figure("create", "create a golden sandbox", "ms", {}, note)
        yield Figure("sandboxes.memory", f"memory that {count_text(many)} sandboxes add", "MB", {}, note)
        return
    before = server.megabytes()
    expected = b'"key"'
    taken = [caller.timed(request, expected) for _ in range(many)]
    after = server.megabytes()
    note = f"p50 of {count_text(many)}"
    yield Figure("create", "create a golden sandbox", "ms", {OURS: median(taken) * 1e3}, note)
    values = {} if before is None or after is None else {OURS: after - before}
    note = f"{after:.0f} MB in all" if values else "not there: this system tells no resident memory"
    yield Figure("sandboxes.memory", f"memory that {count_text(many)} sandboxes add", "MB", values, note)


def _restored(caller: Caller, often: int) -> Iterator[Figure]:
    """Yield the p50 of a snapshot and of a restore among many customers, with a push before each that changes one."""
    what, key = f"with {count_text(CROWD)} customers", "crowd"
    body = b'{"key":"%b","preset":"demo","customers":%d}' % (key.encode(), CROWD)
    status, _ = caller.ask(http(body, path=CREATE, media=JSON))
    home = f"{CREATE}/{key}/snapshots"
    take = http(b"{}", path=home, media=JSON)
    told = caller.ask(take)[0] if status == 201 else status
    if told != 201:
        yield Figure("snapshot", f"snapshot {what}", "ms", {}, f"not there: POST {home} answers {told}")
        return
    change = http(PREFIX + push(), path=f"/sandboxes/{key}{ENDPOINT}")
    taken, restored = [], []
    for number in range(often):
        caller.timed(change, b'"status"')
        taken.append(caller.timed(take, b'"id"'))
        caller.timed(change, b'"status"')
        restored.append(caller.timed(http(b"", path=f"{home}/s{number + 1}/restore", media=JSON), b'"id"'))
    note = f"p50 of {often}, one push before each"
    yield Figure("snapshot", f"snapshot {what}", "ms", {OURS: median(taken) * 1e3}, note)
    yield Figure("restore", f"restore {what}", "ms", {OURS: median(restored) * 1e3}, note)


def _reset(caller: Caller, subject: Subject, often: int) -> float | str:
    """Return the p50 of a reset in milliseconds, each after one push; or why there is none."""
    request = http(b"", path=RESET, media=JSON)
    status, _ = caller.ask(request)
    if not 200 <= status < 300:
        return f"not there: POST {RESET} answers {status}"
    taken = []
    for _ in range(often):
        caller.timed(subject.request(), subject.expected)
        taken.append(caller.timed(request))
    return median(taken) * 1e3
