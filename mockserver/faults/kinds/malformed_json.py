"""``malformed_json``: a reply of the right length that no JSON parser takes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


def _broken(body: bytes, how: str) -> bytes:
    if how == "quotes":
        return body.replace(b'"', b"'")
    if how == "comma":
        bare = body.rstrip()
        return bare[:-1] + b"," + bare[-1:]
    return body[: len(body) * 2 // 3]


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


class MalformedJson(ReplyFault):
    """Breaks the JSON of the body."""

    name = "malformed_json"
    about = "The body is no JSON, though its length and type say that all is well."
    properties: ClassVar = {
        "how": {
            "enum": ["cut", "comma", "quotes"],
            "description": "The last third missing, a comma before the last bracket, or single quotes.",
            "default": "cut",
            "examples": ["comma"],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with its body broken."""
        body = _broken(reply.body, self.settings["how"])
        # A body as short as 12 or {} may survive; an open bracket at the end is the end of any JSON.
        return replace(reply, body=body + b"{" if _is_json(body) else body)


FAULT = MalformedJson
