"""``malformed_chunk``: a chunked reply whose second chunk is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.faults.base import WireFault

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply

_NOISE: Final = 64
_NO_SIZE: Final = b"zz\r\n"


class MalformedChunk(WireFault):
    """Sends a status line, half of the body as a good chunk, then noise, and closes."""

    name = "malformed_chunk"
    aliases = ("MALFORMED_RESPONSE_CHUNK",)
    about = "The reply begins well, in chunks; then comes one without a size, and the end of the connection."

    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Send what is good, what is not, and close."""
        data = connection.head(reply, length=None, chunked=True)
        good = connection.body(reply)
        if good:
            half = good[: (len(good) + 1) // 2]
            data += b"%x\r\n%b\r\n%b%b" % (len(half), half, _NO_SIZE, self.chance.octets("noise", _NOISE))
        if not await connection.write(data):
            return f"{connection.ending} within the reply"
        connection.close()
        return "closed after a malformed chunk"


FAULT = MalformedChunk
