"""``leading_blank_lines``: blank lines before the JSON, as a server page leaves them behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class LeadingBlankLines(ReplyFault):
    """Puts blank lines before the body."""

    name = "leading_blank_lines"
    about = "The body begins with blank lines; JSON parsers take it, line readers and comparisons do not."
    properties: ClassVar = {
        "lines": {
            "type": "integer",
            "description": "How many.",
            "minimum": 1,
            "maximum": 1000,
            "default": 3,
            "examples": [1],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with the lines."""
        return replace(reply, body=b"\r\n" * self.settings["lines"] + reply.body)


FAULT = LeadingBlankLines
