"""The words of a measurement: figures, and what a run may use."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

OURS = "sandbox"
WIREMOCK = "WireMock"
BARE = "bare asyncio"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: what was measured of whom, in one unit and one run.

    ``values`` maps who was measured to the figure; it is empty when nothing could be, and ``note``
    says why. ``key`` is how the targets find it. ``better`` is ``more``, ``less`` or ``even``.
    """

    key: str
    title: str
    unit: str
    values: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    better: str = "less"


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run may use: how thorough it is, the tools found, and the cores for server and client."""

    quick: bool
    wrk: str | None
    jar: Path | None
    cores: tuple[int, int] | None

    def pick(self, full: int, quick: int) -> int:
        """Return the size of something in this run."""
        return quick if self.quick else full

    def say(self, text: str) -> None:
        """Tell what is going on; stdout is for the report."""
        print(f"… {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A row of the table of measurements."""

    name: str
    about: str
    run: Callable[[Bench], Iterator[Figure]]
