"""A sandbox whose steps are recorded, driven through both faces without a socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.app import create_app
from mockserver.model import Inbound, Reply
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from mockserver.model import Pause


class Recorded:
    """One server of its own, and one sandbox of it: ``default``, or one that is made with ``options``."""

    def __init__(self, settings: Settings | None = None, key: str = "one", **options: Any) -> None:
        self.service = Service.start(settings or Settings(), wire=True)
        self.admin = Admin(create_app(self.service).test_client())
        self.apikey, self.servicekey = "test_org", "MUMBAI_CRM_OBD"
        if key != "default":
            made = self.admin.ok("POST", "/sandboxes", {"key": key, **options})
            self.apikey, self.servicekey = made["apikey"], made["servicekeys"]["VoiceProcess"]
        self.key = key
        self.waiting: list[Pause] = []

    def ok(self, verb: str, path: str, body: Any = None) -> Any:
        """Send an admin request of the sandbox that must be carried out."""
        return self.admin.ok(verb, f"/sandboxes/{self.key}{path}", body)

    def send(self, body: bytes = b"", /, *, query: bytes = b"", **headers: Any) -> Reply | None:
        """Send raw bytes; None when a fault holds the request back, which :meth:`go_on` ends."""
        low = {name.replace("_", "-"): value for name, value in headers.items()}
        verb = "GET" if query else "POST"
        inbound = Inbound(verb, f"/sandboxes/{self.key}{ENDPOINT}", query, low, body, 8080)
        return self._ended(self.service.begin(inbound))

    def command(self, method: str, **fields: Any) -> Reply | None:
        """Send a command with the sandbox's own keys."""
        keys = {"apikey": self.apikey, "servicekey": self.servicekey}
        return self.send(b"data=" + json.dumps({"method": method, **keys, **fields}).encode())

    def push(self, *numbers: str, **headers: Any) -> Reply | None:
        """Push customers with these numbers."""
        keys = {"apikey": self.apikey, "servicekey": self.servicekey}
        data = [{"sr_number": "1", "mobilenumber": number} for number in numbers]
        command = {
            "method": "ImportProcessData",
            **keys,
            "media": "12",
            "updateparam": "mobilenumber",
            "data": data,
        }
        return self.send(b"data=" + json.dumps(command).encode(), **headers)

    def go_on(self) -> Reply | None:
        """Let the request take effect that has been held back for longest."""
        return self._ended(self.waiting.pop(0).resume())

    def _ended(self, answered: Reply | Pause) -> Reply | None:
        if isinstance(answered, Reply):
            return answered
        self.waiting.append(answered)
        return None

    def document(self) -> Any:
        """Return the reproduction, as the admin API gives it."""
        return self.ok("GET", "/reproduction")
