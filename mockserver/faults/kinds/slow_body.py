"""``slow_body``: the body drips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from mockserver.faults.base import Foreign, WireFault
from mockserver.faults.shapes import LONGEST, SENT, octets, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.faults.base import Connection
    from mockserver.model import Reply


def _from_toxiproxy(given: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {"average_size": "size", "size_variation": "variation"}
    ours = {names[name]: value for name, value in given.items() if name in names}
    return {**ours, "pause": given.get("delay", 0) / 1_000_000} if given else {}


class SlowBody(WireFault):
    """Sends the head at once and the body in pieces, with a pause before each."""

    name = "slow_body"
    aliases = ("slicer",)
    about = "The head comes at once, the body in pieces with pauses between them; in the end it is whole."
    properties: ClassVar = {
        "seconds": seconds("How long the whole body takes.", default=5),
        "pause": seconds("How long the pause before each piece is, whatever that makes of the whole."),
        "size": octets("Bytes of a piece; a tenth of the body when it is not given.", minimum=1),
        "variation": octets("By how many bytes at most a piece is longer or shorter.", default=0),
    }
    alternatives = ("seconds", "pause")
    foreign: ClassVar = {
        "slicer": Foreign(
            {
                "average_size": octets("Bytes of a piece.", minimum=1),
                "size_variation": octets("By how many bytes at most a piece is longer or shorter."),
                "delay": octets("The pause before each piece in microseconds.", maximum=int(LONGEST * 1e6)),
            },
            _from_toxiproxy,
        )
    }

    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Send the head, then pause and send a piece until all is sent."""
        pieces = list(self._pieces(connection.body(reply)))
        pause = self.settings.get("pause", self.settings.get("seconds", 0) / max(1, len(pieces)))
        going = await connection.write(connection.head(reply, length=len(reply.body)))
        for piece in pieces:
            going = going and await connection.wait(pause) and await connection.write(piece)
            if not going:
                break
        if not going:
            return f"{connection.ending} within the reply"
        connection.done()
        return SENT

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = self.settings.get("size", -(-len(body) // 10))
        spread = self.settings["variation"]
        start = 0
        while start < len(body):
            drawn = int((2 * spread + 1) * self.chance.fraction(f"piece/{start}")) - spread if spread else 0
            end = start + max(1, size + drawn)
            yield body[start:end]
            start = end


FAULT = SlowBody
