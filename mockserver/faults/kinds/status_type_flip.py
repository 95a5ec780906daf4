"""``status_type_flip``: the code comes as text where it was a number, and the other way round."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class StatusTypeFlip(ReplyFault):
    """Flips the JSON type of codes, wherever in the reply they stand; every other byte stays."""

    name = "status_type_flip"
    about = "Status codes come as strings where they were integers, and as integers where they were strings."
    properties: ClassVar = {
        "keys": {
            "type": "array",
            "description": "The names of the members that hold a code.",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "maxItems": 20,
            "default": ["status", "statuscode"],
            "examples": [["status"]],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with the codes flipped."""
        names = b"|".join(re.escape(name.encode("utf-8", "replace")) for name in self.settings["keys"])
        code = rb'(?:"(?P<text>[0-9]{1,18})"|(?P<number>-?[0-9]{1,18})(?![0-9.eE]))'
        return replace(
            reply, body=re.sub(rb'(?<!\\)(?P<name>"(?:%b)"\s*:\s*)' % names + code, _flipped, reply.body)
        )


def _flipped(found: re.Match[bytes]) -> bytes:
    if found["text"] is None:
        return b'%b"%b"' % (found["name"], found["number"])
    return b"%b%d" % (found["name"], int(found["text"]))


FAULT = StatusTypeFlip
