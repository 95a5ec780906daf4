"""``applied_then_lost``: the state has changed and nobody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import WireFault
from mockserver.faults.shapes import how_lost, lose

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class AppliedThenLost(WireFault):
    """Loses the reply of a command that took effect: a client that sends it again does it twice."""

    name = "applied_then_lost"
    about = "The command takes effect and its reply is lost."
    properties: ClassVar = {"how": how_lost("close")}

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Lose the reply."""
        return await lose(connection, self.settings["how"])

    def told(self) -> str:
        """Name the way too."""
        return f"{self.name} {self.settings['how']}"


FAULT = AppliedThenLost
