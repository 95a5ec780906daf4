"""A day on a floor, told as JSON: with the same seed and the same commands every run tells the same.

``python -m tests.simulation.same_day SEED`` prints it, for another process.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import NOW
from tests.simulation.floors import HUNG_UP, READY, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGENTS = ("user1", "rupesh.v@avhan.com", "tanmay.k")


def steps(floor: Shop) -> Iterator[Callable[[], object]]:
    """Yield what is done on the floor, in order; each may be done by another thread."""
    for number in range(24):
        hot = "5" if number % 7 == 0 else "1001"
        yield lambda number=number, hot=hot: floor.push(f"{9_100_000_000 + number}", call_type=hot)  # type: ignore[misc]
    yield lambda: floor.push(HUNG_UP, callDateTime=floor.later(3600))
    for part in range(12):
        yield lambda: floor.advance(300)
        yield lambda part=part: floor.incoming(f"{9_200_000_000 + part}")  # type: ignore[misc]
        yield lambda part=part: floor.put(AGENTS[part % 3], READY)  # type: ignore[misc]
    yield lambda: floor.advance(7200)


def begin(service: Service | None = None, seed: int = 7) -> Shop:
    """Return the floor as the day begins."""
    return Shop(*AGENTS, service=service, seed=seed)


def told(floor: Shop) -> list[str]:
    """Return the events as bytes would be compared, without the real time."""
    return [json.dumps(event) for event in floor.events()]


def day(seed: int = 7, service: Service | None = None) -> list[str]:
    """Live through the day and return its events."""
    floor = begin(service, seed)
    for step in steps(floor):
        step()
    events = told(floor)
    floor.close()
    return events


if __name__ == "__main__":
    lived = day(int(sys.argv[1]), Service.start(Settings(clock="frozen", at=NOW)))
    sys.stdout.write("\n".join(lived))
