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
    with ExitStack() as stack:
        servers = [(subject, stack.enter_context(serving(subject, core))) for subject in subjects(bench)]
        for subject, server in servers:
            warm_up = (
                bench.pick(WARM_UP, WARM_UP // 4) if subject.name == WIREMOCK else bench.pick(2_000, 500)
            )
            send(bench, server, subject, warm_up)
        for turn in range(bench.pick(5, 2)):
            bench.say(f"throughput, turn {turn + 1}")
            for connections in CONNECTIONS:
                for subject, server in servers:
                    seen = load(bench, server, subject, connections, bench.pick(3, 1))
                    found[connections].setdefault(subject.name, []).append(seen)
    for connections, runs in found.items():
        yield from _figures(connections, runs)


def _figures(connections: int, runs: dict[str, list[Load]]) -> Iterator[Figure]:
    many = f"{connections} connection{'s' if connections > 1 else ''}"
    yield Figure(
        f"throughput.{connections}",
        f"throughput, {many}",
        "requests/s",
        {name: median(seen.rate for seen in loads) for name, loads in runs.items()},
        "warmed up; medians of turns taken in turn",
        "more",
    )
    for share in ("p50", "p99"):
        values = {name: median(getattr(seen, share) for seen in loads) for name, loads in runs.items()}
        yield Figure(f"{share}.{connections}", f"{share}, {many}", "µs", values)
