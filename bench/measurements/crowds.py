"""One-record pushes with 100, 10,000 and 100,000 customers in the demo tenant.

``push`` brings a new number, ``look-up`` one that the tenant knows, which finds the customer by number
and updates it. All three servers are up and take turns. Beside them the same look-up in a store alone.
"""

from __future__ import annotations

from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.caller import Caller
from bench.commands import accepted, push
from bench.figures import count_text, median
from bench.model import OURS, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox
from mockserver.seeding import load_preset, plant
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

SIZES = (100, 10_000, 100_000)
_SAMPLE = 100
_KNOWN = ("tenant", "process", "contact1")


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield, for each number of customers, the p50 of push and look-up, and a look-up in the store."""
    bench.say("crowds: seeding")
    sizes = SIZES[:2] if bench.quick else SIZES
    rows = {size: _sample(size, bench.pick(2_000, 300)) for size in sizes}
    subject = sandbox()
    core = bench.cores[0] if bench.cores else None
    times: dict[tuple[str, int], list[float]] = {}
    with ExitStack() as stack:
        callers = {}
        for size in sizes:
            options = ["--preset", "golden", "--customers", str(size)]
            server = stack.enter_context(serving(subject, core, options))
            callers[size] = stack.enter_context(Caller(server.port))
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        bench.say("crowds: pushing")
        for turn in range(bench.pick(1_500, 200)):
            for size, caller in callers.items():
                known = rows[size][0][turn % _SAMPLE]
                keys = {"apikey": known["tenant"], "servicekey": known["process"]}
                for kind, number in (("push", f"0{7_000_000_000 + turn}"), ("lookup", known["contact1"])):
                    taken = caller.timed(subject.request(push([number], keys)), accepted())
                    times.setdefault((kind, size), []).append(taken)
    for kind, title in (("push", "push of a new number"), ("lookup", "look-up by a known number")):
        for size in sizes:
            value = median(times[kind, size]) * 1e6
            yield Figure(f"{kind}.{size}", f"{title}, {count_text(size)} customers", "µs", {OURS: value})
    for size in sizes:
        title = f"look-up in the store alone, {count_text(size)} customers"
        yield Figure(f"store.lookup.{size}", title, "µs", {OURS: rows[size][1] * 1e6})


def _sample(size: int, often: int) -> tuple[list[dict[str, Any]], float]:
    """Return customers spread over a crowd of that size, and the median seconds of finding one."""
    store = TinyStore()
    plant(store, load_preset("golden"), seed=0, customers=size)
    crowd = "demo_org"
    found = [row for _, row in store.rows("customers") if row["tenant"] == crowd]
    rows = [found[place * len(found) // _SAMPLE] for place in range(_SAMPLE)]
    taken = []
    for turn in range(often):
        where = {name: rows[turn % _SAMPLE][name] for name in _KNOWN}
        start = perf_counter()
        store.first("customers", **where)
        taken.append(perf_counter() - start)
    return rows, median(taken)
