"""``truncated_body``: fewer bytes than Content-Length promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import Foreign, WireFault
from mockserver.faults.shapes import CUT, RESET, SENT, octets

if TYPE_CHECKING:
    from mockserver.faults.base import Connection
    from mockserver.model import Reply


class TruncatedBody(WireFault):
    """Sends the beginning of the reply and ends the connection."""

    name = "truncated_body"
    aliases = ("limit_data",)
    about = "The body ends before its Content-Length is reached."
    properties: ClassVar = {
        "bytes": octets("How many bytes arrive; half of the body when it is not given."),
        "counting": {
            "enum": ["body", "reply"],
            "description": "Whether the bytes are those of the body, or of the reply with its head.",
            "default": "body",
            "examples": ["reply"],
        },
        "how": {
            "enum": ["close", "reset"],
            "description": "How the connection ends.",
            "default": "close",
            "examples": ["reset"],
        },
    }
    foreign: ClassVar = {"limit_data": Foreign({}, lambda _: {"counting": "reply"})}

    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Send what is let through. A limit beyond the end of the reply does no harm."""
        body = connection.body(reply)
        head = connection.head(reply, length=len(reply.body))
        whole = head + body
        limit = self.settings.get("bytes", len(body) // 2)
        if self.settings["counting"] == "body":
            limit += len(head)
        if not await connection.write(whole[:limit]):
            return f"{connection.ending} within the reply"
        if limit >= len(whole) and body:
            connection.done()
            return SENT
        if self.settings["how"] == "reset":
            connection.reset()
            return f"{RESET} within the reply"
        connection.close()
        return CUT


FAULT = TruncatedBody
