"""What 500 replies delayed by 2 s at once do to everybody else's latency."""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import JSON, http
from bench.figures import percentile
from bench.model import OURS, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

FAULTS = "/__admin/faults"
MANY = 500
_FAULT = b'{"fault": "latency", "fixed": 2, "times": 500}'
_SECONDS = 1.2
QUIET = "quiet"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the p99 of one connection without and with 500 replies under way."""
    core = bench.cores[0] if bench.cores else None
    subject = sandbox()
    title = f"p99 of others while {MANY} replies wait"
    with ExitStack() as stack:
        server = stack.enter_context(serving(subject, core))
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        other = stack.enter_context(Caller(server.port))
        bench.say("delays")
        status, _ = other.ask(http(b"", path=FAULTS, verb="GET", media=JSON))
        if status != 200:
            yield Figure("delays", title, "µs", {}, f"not there: GET {FAULTS} answers {status}")
            return
        request = subject.request()
        _p99(other, request)
        quiet = _p99(other, request)
        crowd = [stack.enter_context(Caller(server.port)) for _ in range(MANY)]
        status, _ = other.ask(http(_FAULT, path=FAULTS, media=JSON))
        if not 200 <= status < 300:
            yield Figure("delays", title, "µs", {}, f"not there: POST {FAULTS} answers {status}")
            return
        sent = perf_counter()
        for caller in crowd:
            caller.send(request)
        waiting = _p99(other, request)
        crowd[-1].read()
        if perf_counter() - sent < 1.9:
            yield Figure("delays", title, "µs", {}, "the fault is there, but its replies did not wait")
            return
    yield Figure("delays", title, "µs", {OURS: waiting, QUIET: quiet}, "one connection; quiet: nobody waits")


def _p99(caller: Caller, request: bytes) -> float:
    end = perf_counter() + _SECONDS
    taken = []
    while perf_counter() < end:
        taken.append(caller.timed(request))
    return percentile(taken, 99) * 1e6
