"""A service with the shape of the real one and nothing behind it, for tests of the layers above."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from mockserver.access import access_of
from mockserver.model import Reply
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.model import Inbound
    from mockserver.settings import Settings

_API = re.compile(rf"(/sandboxes/[^/]+)?{re.escape(ENDPOINT)}")


class FakeService:
    """Echoes what came in; remembers it in ``seen``."""

    def __init__(self, settings: Settings, waiting: Sequence[str] = ()) -> None:
        self.settings = settings
        self.access = access_of(settings)
        self.seen: list[Inbound] = []
        self.waiting = list(waiting)

    @classmethod
    def start(cls, settings: Settings) -> FakeService:
        return cls(settings)

    def begin(self, inbound: Inbound) -> Reply:
        return self.answer(inbound)

    def close(self) -> None:
        """Nothing is kept here."""

    def kept(self) -> str:
        return ""

    def playing(self) -> list[str]:
        return []

    def log_to(self, lines: object) -> None:
        """Nothing is logged here."""

    def turned_away(self, reply: Reply) -> Reply:
        return reply

    def ended(self, origin: tuple[str, int], how: str) -> None:
        """Nobody asks how connections end here."""

    def is_api(self, path: str) -> bool:
        return _API.fullmatch(path) is not None

    def answer(self, inbound: Inbound) -> Reply:
        self.seen.append(inbound)
        if inbound.verb not in ("GET", "HEAD", "POST"):
            return Reply(405, (("Allow", "GET, POST"),), b"")
        body = json.dumps({"zeta": "first", "status": 0, "length": len(inbound.body)}).encode()
        return Reply(
            200, (("Content-Type", "application/json; charset=utf-8"), ("X-Mock-Sandbox", "default")), body
        )

    def restless(self) -> list[Any]:
        """Nothing happens here by itself."""
        return []

    def pending(self) -> list[str]:
        return self.waiting

    def warm_up(self) -> None:
        """Nothing is imported late here."""

    def loaded(self) -> dict[str, Any]:
        return {"methods": 10, "tenants": 4}


if __name__ == "__main__":
    from mockserver.cli import main

    sys.exit(main(factory=FakeService.start))  # type: ignore[arg-type]
