"""What a state file costs a push, and whether anything acknowledged is lost when the server is killed.

Both servers are up at once and take turns, so that what else the machine does hits both.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench import kills
from bench.caller import Caller
from bench.commands import accepted, push
from bench.figures import median
from bench.load import load, send
from bench.model import OURS, Figure
from bench.processes import on_core, serving
from bench.subjects import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

IN_MEMORY = "in memory"
ACKNOWLEDGED = "acknowledged"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield time for each push with a state file beside that without, at 16 connections and at one."""
    core = bench.cores[0] if bench.cores else None
    subject = sandbox()
    loads: dict[str, list[float]] = {OURS: [], IN_MEMORY: []}
    times: dict[str, list[float]] = {OURS: [], IN_MEMORY: []}
    spent: dict[str, list[float]] = {OURS: [], IN_MEMORY: []}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        options = {OURS: ["--state", str(Path(folder) / "bench.state")], IN_MEMORY: []}
        servers = {name: stack.enter_context(serving(subject, core, more)) for name, more in options.items()}
        for server in servers.values():
            send(bench, server, subject, bench.pick(2_000, 500))
        for turn in range(bench.pick(11, 2)):
            bench.say(f"durability, turn {turn + 1}")
            order = list(servers.items())
            for name, server in order if turn % 2 else order[::-1]:
                before = server.cpu_seconds()
                seen = load(bench, server, subject, 16, 1)
                after = server.cpu_seconds()
                if not seen.requests:
                    continue  # the machine had no time for us at all
                loads[name].append(seen.seconds / seen.requests * 1e6)
                if before is not None and after is not None:
                    spent[name].append((after - before) / seen.requests * 1e6)
        stack.enter_context(on_core(bench.cores[1] if bench.cores else None))
        callers = {name: stack.enter_context(Caller(server.port)) for name, server in servers.items()}
        for number in range(bench.pick(2_000, 200)):
            request = subject.request(push([str(7_000_000_000 + number)]))
            for name, caller in callers.items():
                times[name].append(caller.timed(request, accepted()))
    note = "the file is in the folder for temporary files"
    values = {name: median(found) for name, found in loads.items() if found}
    yield Figure("durability.16", "push with a state file, 16 connections", "µs", values, note)
    values = {name: median(found) for name, found in spent.items() if found}
    yield Figure("durability.cpu", "server's processor time for a push with a state file", "µs", values)
    values = {name: median(found) * 1e6 for name, found in times.items()}
    yield Figure("durability.1", "push of a new customer with a state file, p50", "µs", values)


def killed(bench: Bench) -> Iterator[Figure]:
    """Yield how many of the pushes acknowledged before a kill were found after it; the table goes to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(kills.kills(Path(folder) / "killed.state", bench.pick(50, 5)))
    for line in kills.table(found):
        bench.say(line)
    values = {
        OURS: float(sum(each.found for each in found)),
        ACKNOWLEDGED: float(sum(each.acknowledged for each in found)),
    }
    note = f"{len(found)} kills -9 of one file, {kills.CONNECTIONS} connections, two sandboxes"
    yield Figure("kills", "acknowledged pushes found after a kill", "pushes", values, note, "even")
