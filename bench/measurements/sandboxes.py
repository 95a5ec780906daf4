"""Creating and resetting sandboxes through the admin API, and what a thousand of them weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import JSON, http
from bench.figures import count_text, median
from bench.model import OURS, WIREMOCK, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox, wire_mock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench
    from bench.processes import Server
    from bench.subjects import Subject

MANY = 1_000
CREATE = "/__admin/sandboxes"
RESET = "/__admin/reset"


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
