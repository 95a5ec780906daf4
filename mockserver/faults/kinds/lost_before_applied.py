"""``lost_before_applied``: the command is lost on its way, and to the client it looks the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import WireFault
from mockserver.faults.shapes import how_lost, lose

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class LostBeforeApplied(WireFault):
    """Loses a command before it takes effect: a client that does not send it again never did it."""

    name = "lost_before_applied"
    about = "The command is lost before it takes effect; the client sees what it sees of `applied_then_lost`."
    properties: ClassVar = {"how": how_lost("close")}

    @property
    def applied(self) -> bool:
        """Never."""
        return False

    async def perform(self, connection: Connection, reply: Reply) -> str:  # noqa: ARG002 - one signature for all
        """Answer nothing."""
        return await lose(connection, self.settings["how"])

    def told(self) -> str:
        """Name the way too."""
        return f"{self.name} {self.settings['how']}"


FAULT = LostBeforeApplied
