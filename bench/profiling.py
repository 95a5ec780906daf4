"""Where the time of a push goes, by function: ``python -m bench --profile``.

Calls the service in process, without sockets, under cProfile, which makes small functions look dearer
than they are: read the order, not the seconds. The line above the profile is measured without it.
"""

from __future__ import annotations

import cProfile
import io
import pstats
from time import perf_counter

from bench.commands import PREFIX, push
from bench.figures import median
from mockserver.model import Inbound
from mockserver.sandbox import DEFAULT
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings

_PUSHES = 5_000
_BATCH = 10_000
_TOP = 18


def profile() -> str:
    """Return the functions that take most of a push of one record, and of one of 10,000."""
    numbers = [f"{7_000_000_000 + number}" for number in range(_BATCH)]
    return "\n".join(
        (
            _profile("one record", push(), _PUSHES),
            _profile(f"{_BATCH:,} records", push(numbers), 1),
        )
    )


def _profile(title: str, command: bytes, often: int) -> str:
    service = Service.start(Settings())
    headers = {"content-type": "text/html", "host": "127.0.0.1"}
    inbound = Inbound("POST", ENDPOINT, b"", headers, PREFIX + command, 80)
    service.answer(inbound)
    start = perf_counter()
    for _ in range(often):
        service.answer(inbound)
    each = (perf_counter() - start) / often
    stages = _stages(service)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(often):
        service.answer(inbound)
    profiler.disable()
    out = io.StringIO()
    stats = pstats.Stats(profiler, stream=out)
    stats.strip_dirs().sort_stats("tottime").print_stats(_TOP)
    table = out.getvalue().partition("ncalls")
    return f"push of {title}: {each * 1e6:,.0f} µs in process\n{stages}\n\n{table[1]}{table[2].rstrip()}\n"


def _stages(service: Service) -> str:
    """Return the median microseconds of each stage, as the journal has them."""
    taken: dict[str, list[int]] = {}
    for exchange in service.registry.get(DEFAULT).journal.newest_first():
        for name, nanoseconds in exchange.stages:
            taken.setdefault(name, []).append(nanoseconds)
    return ", ".join(f"{name} {median(values) / 1e3:,.0f}" for name, values in taken.items())
