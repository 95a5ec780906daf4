"""The sandbox, with replies that wait when the request asks for it by ``X-Wait: <seconds>``.

``python -m bench.waiting serve --port PORT``. Measures the waiting itself, whatever scenarios cost.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mockserver.cli import main
from mockserver.faults.chance import Chance
from mockserver.faults.registry import plan
from mockserver.service import Service

if TYPE_CHECKING:
    from mockserver.model import Inbound, Reply


class Waiting(Service):
    """Answers as ever, and late when it is asked to."""

    def answer(self, inbound: Inbound) -> Reply:
        """Return the reply with a wait attached."""
        reply = super().answer(inbound)
        seconds = inbound.headers.get("x-wait")
        if seconds is None:
            return reply
        return replace(reply, faults=(plan("latency", {"fixed": float(seconds)}, Chance()),))


if __name__ == "__main__":
    sys.exit(main(factory=Waiting.start))
