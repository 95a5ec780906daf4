"""What 500 replies delayed by 2 s at once do to everybody else's latency.

The delay is a fault queued through the admin API, as a test would ask for it. A round lasts from before
the crowd asks until after it has its replies, so that the burst at both ends counts; quiet rounds of the
same length alternate with the crowded ones.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import JSON, accepted, http, push
from bench.figures import median, percentile
from bench.model import OURS, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

FAULTS = "/__admin/faults"
MANY = 500
DELAY = 2
QUIET = "quiet"
_ROUND = 2.6
"""Seconds of a round."""

_NUMBER = "9100000500"
"""The crowd's number, so that the delay is for its commands alone."""


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the p99 of one connection without and with 500 replies under way, and how late the crowd was served."""
    subject = sandbox()
    title = f"p99 of others while {MANY} replies wait {DELAY} s"
    quiet, crowded, late = [], [], []
    with ExitStack() as stack:
        server = stack.enter_context(serving(subject, bench.cores[0] if bench.cores else None))
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        other = stack.enter_context(Caller(server.port))
        status = _queue(other, 0.1, 1)
        if not 200 <= status < 300:
            yield Figure("delays", title, "µs", {}, f"not there: POST {FAULTS} answers {status}")
            return
        request = subject.request()
        waiting = subject.request(push([_NUMBER]))
        if other.timed(waiting, accepted()) < 0.1:
            raise RuntimeError("a reply that was to wait did not")
        crowd = [stack.enter_context(Caller(server.port)) for _ in range(MANY)]
        _p99(other, request, 1.0)
        for turn in range(bench.pick(5, 1)):
            bench.say(f"delays, turn {turn + 1}")
            quiet.append(_p99(other, request, _ROUND))
            _queue(other, DELAY, MANY)
            sent = perf_counter()
            for caller in crowd:
                caller.send(waiting)
            crowded.append(_p99(other, request, _ROUND))
            for caller in crowd:
                _read(caller)
            late.append(perf_counter() - sent - _ROUND)
    yield Figure(
        "delays",
        title,
        "µs",
        {OURS: median(crowded), QUIET: median(quiet)},
        f"one connection, medians of {len(quiet)} rounds; the crowd was read {median(late):.2f} s after the round",
    )


def _queue(caller: Caller, seconds: float, times: int) -> int:
    """Ask for a delay of the crowd's next commands and return the HTTP status."""
    wish = {"fault": "latency", "fixed": seconds, "times": times, "match": {"mobilenumber": _NUMBER}}
    return caller.ask(http(json.dumps(wish).encode(), path=FAULTS, media=JSON))[0]


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
