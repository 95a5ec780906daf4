"""``hang``: no answer ever, or an end without one after a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import Foreign, WireFault
from mockserver.faults.shapes import CLOSED, applied, milliseconds, seconds

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class Hang(WireFault):
    """Keeps the connection open and says nothing."""

    name = "hang"
    aliases = ("timeout",)
    about = "No reply comes; the connection stays open until the client gives up, or for a given time."
    properties: ClassVar = {
        "seconds": seconds("When the connection closes after all; never when it is not given."),
        "applied": applied(),
    }
    foreign: ClassVar = {
        "timeout": Foreign(
            {"timeout": milliseconds("When the connection closes after all, in ms; 0 is never.")},
            lambda given: {"seconds": given["timeout"] / 1000} if given.get("timeout") else {},
        )
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Wait, for ever or until the time is over."""
        if await connection.wait(self.settings.get("seconds")):
            connection.close()
            return CLOSED
        return f"{connection.ending} while waiting for a reply"


FAULT = Hang
