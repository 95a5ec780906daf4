"""Every method beside the push of one record, in process: a valid command each, all taking turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cases import cases
from bench.figures import median
from bench.model import OURS, Figure
from bench.world import World, race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

GROUP = "all"
PUSH = "push of one record"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the median of each command beside that of the push in the same turns."""
    bench.say("methods")
    push, *others = cases(GROUP)
    (taken,) = race([World()], [push, *others], bench.pick(1_500, 100))
    beside = median(taken[push.key]) * 1e6
    for case in others:
        values = {OURS: median(taken[case.key]) * 1e6, PUSH: beside}
        yield Figure(f"methods.{case.key}", f"{case.title}, in process", "µs", values)
