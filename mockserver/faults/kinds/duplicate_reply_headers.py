"""``duplicate_reply_headers``: headers that stand in the reply twice, as chains of proxies produce them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class DuplicateReplyHeaders(ReplyFault):
    """Repeats headers of the reply."""

    name = "duplicate_reply_headers"
    about = "Headers of the reply stand there twice."
    properties: ClassVar = {
        "headers": {
            "type": "array",
            "description": "Which ones; those that the reply does not have are left out.",
            "items": {"type": "string", "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
            "minItems": 1,
            "maxItems": 20,
            "default": ["Content-Type"],
            "examples": [["Content-Type", "Content-Length"]],
        }
    }

    def distort(self, reply: Reply, before: Reply | None) -> Reply:  # noqa: ARG002 - one signature for all
        """Return the reply with the headers repeated; its length is a header that the edge adds."""
        wanted = {name.lower() for name in self.settings["headers"]}
        twice = [pair for pair in reply.headers if pair[0].lower() in wanted]
        if "content-length" in wanted:
            twice.append(("Content-Length", str(len(reply.body))))
        return replace(reply, headers=(*reply.headers, *twice))


FAULT = DuplicateReplyHeaders
