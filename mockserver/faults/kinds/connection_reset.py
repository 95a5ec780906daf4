"""``connection_reset``: the connection breaks, ECONNRESET."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import Foreign, WireFault
from mockserver.faults.shapes import RESET, applied, milliseconds, seconds

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class ConnectionReset(WireFault):
    """Resets the connection without a byte of a reply."""

    name = "connection_reset"
    aliases = ("CONNECTION_RESET_BY_PEER", "reset_peer", "down")
    about = "The connection is reset (ECONNRESET) before a byte of a reply."
    properties: ClassVar = {
        "after": seconds("How long nothing happens first.", default=0),
        "applied": applied(),
    }
    foreign: ClassVar = {
        "reset_peer": Foreign(
            {"timeout": milliseconds("How long nothing happens first, in ms.")},
            lambda given: {"after": given["timeout"] / 1000} if given else {},
        )
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Reset."""
        if not await connection.wait(self.settings["after"]):
            return f"{connection.ending} before the reset"
        connection.reset()
        return RESET


FAULT = ConnectionReset
