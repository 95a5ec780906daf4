"""``random_data_then_close``: noise in place of a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import WireFault
from mockserver.faults.shapes import applied, octets

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class RandomDataThenClose(WireFault):
    """Sends drawn bytes, the same for the same seed, and closes."""

    name = "random_data_then_close"
    aliases = ("RANDOM_DATA_THEN_CLOSE",)
    about = "Bytes arrive that are no HTTP, then the connection closes."
    properties: ClassVar = {
        "bytes": octets("How many bytes.", minimum=1, maximum=65536, default=256),
        "applied": applied(),
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Send the noise and close."""
        if not await connection.write(self.chance.octets("noise", self.settings["bytes"])):
            return f"{connection.ending} within the noise"
        connection.close()
        return "closed after noise"


FAULT = RandomDataThenClose
