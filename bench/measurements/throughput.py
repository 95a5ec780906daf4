"""Requests a second and latency, server on one core and client on another.

All servers are up at once and take turns, so that what else the machine does hits all of them.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from bench.figures import median
from bench.load import load, send
from bench.model import WIREMOCK, Figure
from bench.processes import serving
from bench.subjects import subjects
from bench.wiremock import WARM_UP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.load import Load
    from bench.model import Bench

CONNECTIONS = (1, 16)


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield rate, p50 and p99 for each number of connections."""
    core = bench.cores[0] if bench.cores else None
    found: dict[int, dict[str, list[Load]]] = {number: {} for number in CONNECTIONS}
    spent: dict[str, list[float]] = {}
    with ExitStack() as stack:
        servers = [(subject, stack.enter_context(serving(subject, core))) for subject in subjects(bench)]
        for subject, server in servers:
            warm_up = bench.pick(WARM_UP, 3_000) if subject.name == WIREMOCK else bench.pick(2_000, 500)
            send(bench, server, subject, warm_up)
        for turn in range(bench.pick(11, 2)):
            bench.say(f"throughput, turn {turn + 1}")
            for connections in CONNECTIONS:
                for subject, server in servers:
                    before = server.cpu_seconds()
                    seen = load(bench, server, subject, connections, 1)
                    after = server.cpu_seconds()
                    found[connections].setdefault(subject.name, []).append(seen)
                    if connections > 1 and before is not None and after is not None:
                        spent.setdefault(subject.name, []).append((after - before) / seen.requests)
    for connections, runs in found.items():
        yield from _figures(connections, runs, quick=bench.quick)
    yield Figure(
        "cpu",
        f"server's processor time for a request, {CONNECTIONS[-1]} connections",
        "µs",
        {name: median(values) * 1e6 for name, values in spent.items()},
        "suffers least from what else the machine does" if spent else "not there: no /proc",
    )


def _figures(connections: int, runs: dict[str, list[Load]], *, quick: bool) -> Iterator[Figure]:
    many = f"{connections} connection{'s' if connections > 1 else ''}"
    yield Figure(
        f"throughput.{connections}",
        f"throughput, {many}",
        "requests/s",
        {name: median(seen.rate for seen in loads) for name, loads in runs.items()},
        "WireMock hardly warm: only a full run decides"
        if quick
        else "warmed up; medians of turns taken in turn",
        "more",
    )
    for share in ("p50", "p99"):
        values = {name: median(getattr(seen, share) for seen in loads) for name, loads in runs.items()}
        yield Figure(f"{share}.{connections}", f"{share}, {many}", "µs", values)
