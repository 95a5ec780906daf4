"""Look-ups, users and recordings, in process, in a small world and in a large one that take turns.

What finds one thing must not cost more where there is much else. The list of all users is left out: it
grows with what it returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cases import cases
from bench.figures import count_text, median
from bench.model import OURS, Figure
from bench.world import World, race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

SMALL, QUICK = 100, 2_000
GROUPS = {"customers": ("customers", 100_000), "people": ("users and recordings", 10_000)}
"""What there is more of in the large world, by group of commands, and how much in a full run."""


def small(group: str) -> str:
    """Return how the small world of a group is called in the report."""
    return f"{SMALL} {GROUPS[group][0]}"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield the median of each command in the large world beside that in the small one."""
    for group, (unit, full) in GROUPS.items():
        size = bench.pick(full, QUICK)
        bench.say(f"flatness: {count_text(size)} {unit}")
        worlds = [World(**{group: many}) for many in (SMALL, size)]
        wanted = cases(group)
        few, many = race(worlds, wanted, bench.pick(1_500, 60))
        for case in wanted:
            values = {OURS: median(many[case.key]) * 1e6, small(group): median(few[case.key]) * 1e6}
            title = f"{case.title}, {count_text(size)} {unit}"
            yield Figure(f"flatness.{group}.{case.key}.{size}", title, "µs", values)
