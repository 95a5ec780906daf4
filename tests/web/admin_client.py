"""The admin API in process, as the tests call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

MOBILE = "8850014998"
OTHER_MOBILE = "9000100203"
METHOD = "ImportProcessData"


def push(*mobiles: str, apikey: str = "test_org", servicekey: str = "MUMBAI_CRM_OBD") -> dict[str, Any]:
    """Return a command that pushes customers with these numbers."""
    return {
        "method": METHOD, "servicekey": servicekey, "apikey": apikey, "media": "12",
        "updateparam": "mobilenumber",
        "data": [{"sr_number": "1", "mobilenumber": mobile} for mobile in mobiles or (MOBILE,)],
    }  # fmt: skip


class Admin:
    """Sends admin requests and commands through one Flask test client."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def ask(self, verb: str, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        """Send an admin request; ``path`` is below ``/__admin``."""
        if body is not None:
            kwargs["data"] = json.dumps(body)
        return self.client.open(f"/__admin{path}", method=verb, **kwargs)

    def ok(self, verb: str, path: str, body: Any = None) -> Any:
        """Send an admin request that must be carried out and return what it answers."""
        reply = self.ask(verb, path, body)
        assert reply.status_code in (200, 201, 204), reply.text
        return reply.json if reply.data else None

    def refused(self, verb: str, path: str, body: Any = None) -> Any:
        """Send an admin request that must be refused and return its problem document."""
        reply = self.ask(verb, path, body)
        assert reply.status_code >= 400
        assert reply.content_type == "application/problem+json"
        assert reply.json is not None
        assert (reply.json["status"], reply.json["type"]) == (reply.status_code, "about:blank")
        assert "Access-Control-Allow-Origin" not in reply.headers
        return reply.json

    def send(self, command: Any, sandbox: str = "", **kwargs: Any) -> TestResponse:
        """Send a command to the API, of a sandbox if one is named."""
        prefix = f"/sandboxes/{sandbox}" if sandbox else ""
        raw = command if isinstance(command, bytes) else b"data=" + json.dumps(command).encode()
        return self.client.post(prefix + ENDPOINT, data=raw, content_type="text/plain", **kwargs)

    def status(self, command: Any, sandbox: str = "") -> int:
        """Send a command and return the vendor's code of the whole answer."""
        return int(self.ask_status(self.send(command, sandbox)))

    @staticmethod
    def ask_status(reply: TestResponse) -> str:
        assert reply.json is not None
        return str(reply.json["status"])
