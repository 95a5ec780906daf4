"""``empty_reply``: the connection ends in order, without a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import WireFault
from mockserver.faults.shapes import applied, lose

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class EmptyReply(WireFault):
    """Closes the connection without a byte."""

    name = "empty_reply"
    aliases = ("EMPTY_RESPONSE",)
    about = "The server closes the connection without a byte of a reply."
    properties: ClassVar = {"applied": applied()}

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Close."""
        return await lose(connection, "close")


FAULT = EmptyReply
