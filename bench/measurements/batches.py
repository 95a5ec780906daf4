"""Pushes of 1, 100 and 10,000 records over one connection, every number a new customer."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from bench.caller import Caller
from bench.commands import accepted, push
from bench.figures import count_text, median
from bench.load import send
from bench.model import OURS, WIREMOCK, Figure
from bench.pieces import Pieces
from bench.processes import on_core, serving
from bench.subjects import subjects
from bench.wiremock import WARM_UP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

SIZES = ((1, 400), (100, 60), (10_000, 7))
"""Records in a push, and how often it is sent in a full run."""

PIECES = "pieces alone"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the p50 of a push for each number of records."""
    core = bench.cores[0] if bench.cores else None
    pieces = Pieces()
    used = 0
    with ExitStack() as stack:
        callers = []
        for subject in subjects(bench, with_bare=False):
            server = stack.enter_context(serving(subject, core))
            if subject.name == WIREMOCK:
                send(bench, server, subject, bench.pick(WARM_UP, 500))
            callers.append((subject, stack.enter_context(Caller(server.port))))
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        for records, often in SIZES:
            bench.say(f"batches of {count_text(records)}")
            times: dict[str, list[float]] = {OURS: []}
            for _ in range(max(3, often // bench.pick(1, 3))):
                body = push([f"{7_000_000_000 + used + number}" for number in range(records)])
                used += records
                for subject, caller in callers:
                    taken = caller.timed(subject.request(body), accepted())
                    times.setdefault(subject.name, []).append(taken)
                times.setdefault(PIECES, []).append(pieces.timed(body))
            yield Figure(
                f"batch.{records}",
                f"push of {count_text(records)} record{'s' if records > 1 else ''}",
                "ms",
                {name: median(values) * 1e3 for name, values in times.items()},
                "pieces: orjson + jsonschema-rs + index writes, no HTTP" if records == 1 else "",
            )
