"""Resident memory as requests go by.

The sandbox keeps a call-list entry for every accepted push (IPD106-79), so pushes must make it grow;
WireMock answers a fixed reply and keeps nothing but its journal. Refused commands change no state:
there the sandbox must stay flat, and that is the like-for-like line.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import accepted, push, turned_down
from bench.figures import count_text
from bench.load import send
from bench.model import OURS, Figure
from bench.processes import serving
from bench.subjects import sandbox, wire_mock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench
    from bench.subjects import Subject

FIRST, LAST = 20_000, 200_000
_QUICK = 2_000
_CHUNK = 20_000
_BUDGET = 110
"""Seconds for one server; a machine so slow that they are over measures fewer requests, and says so."""


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield memory at the start and on the way, for pushes and for refused commands."""
    everybody = [sandbox(), *([wire_mock(bench.jar)] if bench.jar else [])]
    pushed = {subject.name: _grow(bench, subject, push(), accepted()) for subject in everybody}
    if not pushed[OURS]:
        yield Figure("memory", "memory", "MB", {}, "not there: this system tells no resident memory")
        return
    yield Figure(
        "memory.start", "memory at the start", "MB", {name: told[0] for name, told in pushed.items()}
    )
    yield from _figures("pushed", "pushes", pushed, "the sandbox's state grows: IPD106-79")
    yield from _per_push(pushed)
    refused = {OURS: _grow(bench, everybody[0], push(kind="refused"), turned_down())}
    yield from _figures("refused", "refused commands", refused, "no state changes")


def _grow(bench: Bench, subject: Subject, command: bytes, expected: bytes) -> dict[int, float]:
    """Return the megabytes by number of requests, from 0; nothing where memory is not told."""
    core = bench.cores[0] if bench.cores else None
    first = bench.pick(FIRST, _QUICK)
    last = bench.pick(LAST, _QUICK)
    with serving(subject, core) as server:
        found = {0: server.megabytes() or 0.0}
        if not found[0]:
            return {}
        with Caller(server.port) as caller:
            caller.timed(subject.request(command), expected)
        end = perf_counter() + _BUDGET
        done, chunk = 0, first
        while done < last and (done < first or perf_counter() < end):
            send(bench, server, subject, chunk, command)
            done += chunk
            chunk = min(_CHUNK, last - done)
            found[done] = server.megabytes() or 0.0
            bench.say(f"memory: {subject.name} after {count_text(done)} requests")
    return found


def _figures(key: str, what: str, found: dict[str, dict[int, float]], note: str) -> Iterator[Figure]:
    """Yield memory after the first step and after the last one that everybody reached."""
    shared = sorted(set.intersection(*(set(told) for told in found.values())))
    for number in dict.fromkeys((shared[1], shared[-1])):
        values = {name: told[number] for name, told in found.items()}
        short = (
            "" if number in (FIRST, LAST) else f"; fewer than {count_text(LAST)}: quick run or slow machine"
        )
        yield Figure(
            f"memory.{key}.{number}", f"memory after {count_text(number)} {what}", "MB", values, note + short
        )


def _per_push(pushed: dict[str, dict[int, float]]) -> Iterator[Figure]:
    values = {}
    for name, told in pushed.items():
        steps = sorted(told)[1:]
        if len(steps) > 1:
            values[name] = (told[steps[-1]] - told[steps[0]]) * 1e6 / (steps[-1] - steps[0])
    note = "the sandbox: one row of calls with its indexes; WireMock: its unbounded journal"
    if values:
        yield Figure("memory.push", f"growth for each push after {count_text(FIRST)}", "bytes", values, note)
