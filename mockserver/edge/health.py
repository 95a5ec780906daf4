"""What ``/livez`` and ``/readyz`` answer, for every face alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mockserver.model import Reply

if TYPE_CHECKING:
    from mockserver.service import Service

LIVEZ = "/livez"
READYZ = "/readyz"

_HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


def health(path: str, verb: str, service: Service) -> Reply | None:
    """Answer a health route, or return None when ``path`` is none of them.

    ``/livez`` is 200 while the process runs. ``/readyz`` is 200 ``{"status": "ready", …}`` with the
    counts of what is loaded, or 503 ``{"status": "pending", "pending": […]}``. Verbs other than GET
    and HEAD are 405. The body of HEAD is the server's to drop.
    """
    if path not in (LIVEZ, READYZ):
        return None
    if verb not in ("GET", "HEAD"):
        return Reply(405, (("Allow", "GET, HEAD"),), b"")
    if path == LIVEZ:
        return _json(200, {"status": "alive"})
    pending = service.pending()
    if pending:
        return _json(503, {"status": "pending", "pending": pending})
    return _json(200, {"status": "ready", **service.loaded()})


def _json(status: int, content: dict[str, object]) -> Reply:
    return Reply(status, _HEADERS, json.dumps(content, default=str).encode())
