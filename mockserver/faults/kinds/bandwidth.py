"""``bandwidth``: a narrow line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from mockserver.faults.base import WireFault
from mockserver.faults.shapes import SENT

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply

_STEP: Final = 0.05
"""Seconds between two pieces, unless a single byte takes longer."""


class Bandwidth(WireFault):
    """Sends head and body at a rate."""

    name = "bandwidth"
    about = "The whole reply arrives at so many kilobytes a second."
    properties: ClassVar = {
        "rate": {
            "type": "number",
            "description": "Kilobytes (1000 bytes) a second.",
            "minimum": 0.001,
            "maximum": 1_000_000,
            "default": 1,
            "examples": [0.5],
        }
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Send pieces, each after the time that it takes."""
        whole = connection.head(reply, length=len(reply.body)) + connection.body(reply)
        per_second = self.settings["rate"] * 1000
        size = max(1, int(per_second * _STEP))
        for start in range(0, len(whole), size):
            piece = whole[start : start + size]
            if not (await connection.wait(len(piece) / per_second) and await connection.write(piece)):
                return f"{connection.ending} within the reply"
        connection.done()
        return SENT

    def told(self) -> str:
        """Name the rate too."""
        return f"{self.name} {self.settings['rate']:g} kB/s"


FAULT = Bandwidth
