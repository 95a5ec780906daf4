"""What 500 replies delayed by 2 s at once do to everybody else's latency, at the server's edge.

The delay is asked for by a header (:mod:`bench.waiting`). A round lasts from before the crowd asks until
after it has its replies, so that the burst at both ends counts; quiet rounds of the same length alternate
with the crowded ones.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import accepted, http
from bench.figures import median, percentile
from bench.model import OURS, Figure
from bench.processes import on_core, serving
from bench.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

MANY = 500
DELAY = 2.0
QUIET = "quiet"
_ROUND = 2.6
"""Seconds of a round."""


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the p99 of one connection without and with a crowd waiting, and how late the crowd was served."""
    subject = Subject(
        OURS, lambda port: [sys.executable, "-m", "bench.waiting", "serve", "--port", str(port)]
    )
    quiet, crowded, late = [], [], []
    with ExitStack() as stack:
        server = stack.enter_context(serving(subject, bench.cores[0] if bench.cores else None))
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        other = stack.enter_context(Caller(server.port))
        crowd = [stack.enter_context(Caller(server.port)) for _ in range(MANY)]
        request = subject.request()
        waiting = http(subject.body(), media=subject.media, head=f"X-Wait: {DELAY}\r\n")
        _p99(other, request, 1.0)
        if other.timed(http(subject.body(), media=subject.media, head="X-Wait: 0.1\r\n"), accepted()) < 0.1:
            raise RuntimeError("a reply that was to wait did not")
        for turn in range(bench.pick(5, 1)):
            bench.say(f"waits, turn {turn + 1}")
            quiet.append(_p99(other, request, _ROUND))
            sent = perf_counter()
            for caller in crowd:
                caller.send(waiting)
            crowded.append(_p99(other, request, _ROUND))
            for caller in crowd:
                _read(caller)
            late.append(perf_counter() - sent - _ROUND)
    yield Figure(
        "waits",
        f"p99 of others while {MANY} replies wait {DELAY:g} s at the edge",
        "µs",
        {OURS: median(crowded), QUIET: median(quiet)},
        f"one connection, medians of {len(quiet)} rounds; the crowd was read {median(late):.2f} s after the round",
    )


def _read(caller: Caller) -> None:
    status, body = caller.read()
    if status != 200 or accepted() not in body:
        raise RuntimeError(f"a reply that waited is not the right one: {body[:300]!r}")


def _p99(caller: Caller, request: bytes, seconds: float) -> float:
    end = perf_counter() + seconds
    taken = []
    while perf_counter() < end:
        taken.append(caller.timed(request))
    return percentile(taken, 99) * 1e6
