"""What ``python -m bench.store`` measures, as figures: the store beside SQLite in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import store
from bench.figures import count_text
from bench.model import OURS, Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.model import Bench

SQLITE = "SQLite in memory"


def measure(bench: Bench) -> Iterator[Figure]:
    """Yield microseconds per operation on the table of calls."""
    sizes = store.SIZES[:2] if bench.quick else store.SIZES
    for size in sizes:
        bench.say(f"store with {count_text(size)} rows")
        ours, yardstick = store.measure_store(size), store.measure_sqlite(size)
        for operation, taken in ours.items():
            values = {OURS: taken}
            if operation in yardstick:
                values[SQLITE] = yardstick[operation]
            title = f"store: {operation}, {count_text(size)} calls"
            yield Figure(f"store.{operation}.{size}", title, "µs", values)
