"""``slow_close``: a reply without a length, whose end of connection comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import Foreign, WireFault
from mockserver.faults.shapes import SENT, milliseconds, seconds

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class SlowClose(WireFault):
    """Sends all of the reply, and the end of the connection that ends its body later."""

    name = "slow_close"
    about = "The reply has no length, only the end of the connection ends it, and that comes late."
    properties: ClassVar = {"seconds": seconds("How late.", default=5)}
    foreign: ClassVar = {
        "slow_close": Foreign(
            {"delay": milliseconds("How late in ms.")},
            lambda given: {"seconds": given["delay"] / 1000} if given else {},
        )
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Send, wait, close."""
        whole = connection.head(reply, length=None) + connection.body(reply)
        if not (await connection.write(whole) and await connection.wait(self.settings["seconds"])):
            return f"{connection.ending} before the end of the connection"
        connection.close()
        return SENT


FAULT = SlowClose
