"""``stale_reply``: the reply before this one again, as a cache that forgets to ask answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mockserver.faults.base import ReplyFault

if TYPE_CHECKING:
    from mockserver.model import Reply


class StaleReply(ReplyFault):
    """Answers what the sandbox answered before."""

    name = "stale_reply"
    about = "The sandbox's reply before this one comes again; if there was none, the right one."

    def distort(self, reply: Reply, before: Reply | None) -> Reply:
        """Return the old reply; what else is to happen to the new one happens to it."""
        return reply if before is None else replace(before, faults=reply.faults, origin=reply.origin)


FAULT = StaleReply
