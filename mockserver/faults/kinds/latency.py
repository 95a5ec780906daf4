"""``latency``: time passes, before the command takes effect or before its reply leaves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from mockserver.faults.base import Foreign, Wait
from mockserver.faults.shapes import LOGNORMAL, LONGEST, UNIFORM, milliseconds, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping


def _from_toxiproxy(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if not given:
        return {}
    delay, jitter = given.get("latency", 0) / 1000, given.get("jitter", 0) / 1000
    if not jitter:
        return {"fixed": delay}
    return {"uniform": [max(0.0, delay - jitter), min(LONGEST, delay + jitter)]}


class Latency(Wait):
    """Waits a fixed or a drawn time."""

    name = "latency"
    about = "The reply comes late."
    properties: ClassVar = {
        "fixed": seconds("The wait.", default=1),
        "uniform": UNIFORM,
        "lognormal": LOGNORMAL,
        "phase": {
            "enum": ["before", "after"],
            "description": "Whether the wait comes before the command takes effect, or after it.",
            "default": "after",
            "examples": ["before"],
        },
    }
    alternatives = ("fixed", "uniform", "lognormal")
    foreign: ClassVar = {
        "latency": Foreign(
            {"latency": milliseconds("The wait in ms."), "jitter": milliseconds("More or less in ms.")},
            _from_toxiproxy,
        )
    }

    @property
    def seconds(self) -> float:
        """The wait: the same draw each time it is asked for."""
        if "uniform" in self.settings:
            low, high = sorted(self.settings["uniform"])
            drawn = low + (high - low) * self.chance.fraction("uniform")
        elif "lognormal" in self.settings:
            shape = self.settings["lognormal"]
            drawn = shape["median"] * math.exp(shape["sigma"] * self.chance.normal("lognormal"))
        else:
            drawn = self.settings["fixed"]
        return float(round(min(drawn, LONGEST), 6))

    @property
    def before(self) -> bool:
        """Whether the wait comes before the command takes effect."""
        return bool(self.settings["phase"] == "before")

    def told(self) -> str:
        """Name the time too."""
        return f"{self.name} {self.seconds:g} s {self.settings['phase']}"


FAULT = Latency
