"""``wrong_content_type``: the body is JSON and the header says something else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class WrongContentType(ReplyFault):
    """Changes the reply's Content-Type."""

    name = "wrong_content_type"
    about = "The Content-Type is not that of the body."
    properties: ClassVar = {
        "content_type": {
            "type": "string",
            "description": "The header's value.",
            "pattern": "^[!-~]([ -~]*[!-~])?$",
            "maxLength": 200,
            "default": "text/html;charset=ISO-8859-1",
            "examples": ["text/plain"],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with the header changed in its place, or added."""
        wrong = ("Content-Type", self.settings["content_type"])
        headers = tuple(wrong if pair[0].lower() == "content-type" else pair for pair in reply.headers)
        return replace(reply, headers=headers if wrong in headers else (wrong, *headers))


FAULT = WrongContentType
