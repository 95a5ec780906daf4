"""From the start of the process to the end of its first documented answer, on all cores."""

from __future__ import annotations

import subprocess
import sys
from compileall import compile_dir
from time import perf_counter
from typing import TYPE_CHECKING

from bench.figures import median
from bench.model import Figure
from bench.processes import ROOT, serving
from bench.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

FLASK = "import flask"
PYTHON = "python -c pass"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield one figure, the medians of several starts in turn.

    Our own modules are compiled first, as an installation would: a checkout of which nothing was run yet,
    or an environment that writes no bytecode, would be measured compiling.
    """
    compile_dir(ROOT / "mockserver", quiet=2)
    times: dict[str, list[float]] = {}
    servers = subjects(bench)
    for turn in range(bench.pick(5, 2)):
        bench.say(f"start, turn {turn + 1}")
        for subject in servers:
            with serving(subject, None) as server:
                times.setdefault(subject.name, []).append(server.first_answer)
        for name, code in ((FLASK, "import flask"), (PYTHON, "pass")):
            times.setdefault(name, []).append(_python(code))
    yield Figure(
        "start",
        "start to first documented answer",
        "ms",
        {name: median(values) * 1e3 for name, values in times.items()},
        "files in the page cache, bytecode compiled, not bound to a core",
    )


def _python(code: str) -> float:
    started = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return perf_counter() - started
