"""A service that harms its replies as the request asks, for tests of the edge over real sockets.

``X-Faults`` holds a JSON list of ``[name, settings]``, ``X-Pause`` seconds before the reply exists,
``X-Size`` the length of the body. ``GET`` with ``X-Tell`` answers what the server knows of itself: how
connections ended, which commands took effect, how many threads there are.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import TYPE_CHECKING, Any

from mockserver.faults.base import ReplyFault
from mockserver.faults.chance import Chance
from mockserver.faults.registry import plan
from mockserver.model import Pause, Reply
from tests.fake_service import FakeService

if TYPE_CHECKING:
    from mockserver.model import Inbound
    from mockserver.settings import Settings

TYPE = (("Content-Type", "application/json; charset=utf-8"),)


class FaultyService(FakeService):
    """Does what it is told; counts exchanges from 1 in the order they come."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.endings: dict[str, str] = {}
        self.resumed: list[str] = []

    def answer(self, inbound: Inbound) -> Any:
        if "x-tell" in inbound.headers:
            return self._tell()
        name = inbound.headers.get("x-name", "")
        pause = inbound.headers.get("x-pause")
        if pause is None:
            return self._reply(inbound, name)
        # Two pauses in a row, as two rules would make them.
        half = float(pause) / 2
        return Pause(half, lambda: Pause(half, lambda: self._reply(inbound, name)))

    def _reply(self, inbound: Inbound, name: str) -> Reply:
        self.resumed.append(name)
        body = json.dumps({"name": name, "status": 17, "filler": "x" * int(inbound.headers.get("x-size", 0))})
        wanted = json.loads(inbound.headers.get("x-faults", "[]"))
        faults = [plan(word, settings, Chance(name)) for word, settings in wanted]
        reply = Reply(200, TYPE, body.encode(), tuple(faults), (name, 1) if name else None)
        for fault in faults:
            if isinstance(fault, ReplyFault):
                reply = fault.distort(reply, None)
        return reply

    def ended(self, origin: tuple[str, int], how: str) -> None:
        """Remember how a connection ended."""
        self.endings[origin[0]] = how

    def _tell(self) -> Reply:
        told = {
            "endings": self.endings, "resumed": self.resumed,
            "threads": threading.active_count(),
        }  # fmt: skip
        return Reply(200, TYPE, json.dumps(told).encode())


if __name__ == "__main__":
    from mockserver.cli import main

    sys.exit(main(factory=FaultyService))  # type: ignore[arg-type]
