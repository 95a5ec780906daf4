"""``http_status``: another HTTP status than the reply has, as gateways and overloaded servers send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from mockserver.faults.base import ReplyFault
from mockserver.faults.shapes import applied

if TYPE_CHECKING:
    from mockserver.model import Reply


_BODILESS: Final = (204, 304)
"""Statuses after which clients expect no body, so that one would be taken for the next reply."""


class HttpStatus(ReplyFault):
    """Changes the HTTP status, and the body if one is given."""

    name = "http_status"
    about = "The reply has another HTTP status; its body stays unless another is given."
    properties: ClassVar = {
        "code": {
            "type": "integer",
            "description": "The HTTP status.",
            "minimum": 200,
            "maximum": 599,
            "default": 503,
            "examples": [502],
        },
        "body": {"type": "string", "description": "The body instead of the reply's.", "examples": ["busy"]},
        "applied": applied(),
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with the status."""
        given = self.settings.get("body")
        body = reply.body if given is None else given.encode("utf-8", "replace")
        code = self.settings["code"]
        return replace(reply, http_status=code, body=b"" if code in _BODILESS else body)

    def told(self) -> str:
        """Name the status too."""
        return f"{self.name} {self.settings['code']}"


FAULT = HttpStatus
