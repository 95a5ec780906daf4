"""A client of the API in process: one service for all tests, a fresh sandbox for each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.journal import describe
from mockserver.model import Inbound
from mockserver.sandbox import Plan
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.model import Reply
    from mockserver.sandbox import Sandbox

HTML = "text/html"
FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the API knows no time zones
NOW_TEXT = "2026-01-02 03:04:05"
"""The frozen moment of every sandbox made here."""

UNTOUCHED: Mapping[str, None] = dict.fromkeys(
    ("liststatus", "attempts", "agent", "handling", "answered", "outcome", "pressed", "queue", "place")
)
"""What an entry of the call list holds in the columns of the floor before anybody dials it."""

RECORD: Mapping[str, Any] = {"sr_number": "1458", "campaign_name": "NPS", "mobilenumber": "8850014998"}
IMPORT: Mapping[str, Any] = {
    "method": "ImportProcessData",
    "servicekey": "MUMBAI_CRM_OBD",
    "apikey": "test_org",
    "media": "12",
    "reqdatetime": NOW_TEXT,
    "updateparam": "mobilenumber",
    "data": [RECORD],
}
"""A command that every edition accepts without a warning."""


def without(*names: str, **changes: Any) -> dict[str, Any]:
    """Return the valid import without some fields and with others changed."""
    return {name: value for name, value in {**IMPORT, **changes}.items() if name not in names}


def text_of(command: Any) -> str:
    """Return a command as compact JSON."""
    return json.dumps(command, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Answer:
    """A reply as tests look at it; ``body`` is None when there is no JSON object in it."""

    http_status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    @classmethod
    def of(cls, reply: Reply) -> Answer:
        return cls(reply.http_status, reply.headers, reply.body)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object, keys in the order they came."""
        found = json.loads(self.raw)
        assert isinstance(found, dict)
        return found

    @property
    def status(self) -> int:
        """The vendor's code, whichever way the envelope writes it."""
        return int(self.body["status"] if "status" in self.body else self.body["statuscode"])

    @property
    def shape(self) -> list[tuple[str, str]]:
        """Key names and JSON types, in order."""
        return [(key, type(value).__name__) for key, value in self.body.items()]

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """Return the only value of a header, or None."""
        values = self.all(name)
        assert len(values) < 2
        return values[0] if values else None

    @property
    def rule(self) -> str | None:
        """The ledger id that decided."""
        return self.header("X-Mock-Rule")

    @property
    def warned(self) -> list[str]:
        """The ledger ids of the warnings."""
        return [text.split(" ", 1)[0] for text in self.all("X-Mock-Warning")]


class Api:
    """Sends requests to one sandbox of a service, by path as clients with a sandbox of their own do."""

    def __init__(self, service: Service, sandbox: Sandbox | None = None) -> None:
        self.service = service
        self.sandbox = sandbox or service.registry.create(Plan(clock="frozen", at=NOW), mint=False)
        self.path = f"/sandboxes/{self.sandbox.key}{ENDPOINT}"

    def send(
        self,
        verb: str,
        *,
        body: bytes = b"",
        query: bytes = b"",
        headers: Mapping[str, str] | None = None,
        path: str | None = None,
        port: int = 8080,
    ) -> Answer:
        """Send any request."""
        low = {name.lower(): value for name, value in (headers or {}).items()}
        inbound = Inbound(verb, self.path if path is None else path, query, low, body, port)
        return Answer.of(self.service.answer(inbound))

    def post(
        self,
        command: Any,
        *,
        content_type: str | None = HTML,
        headers: Mapping[str, str] | None = None,
        query: bytes = b"",
        path: str | None = None,
        port: int = 8080,
        **quirks: str,
    ) -> Answer:
        """Post a command as ``data=`` and its JSON, un-encoded; bytes and text go out as they are."""
        if isinstance(command, bytes | str):
            body = command if isinstance(command, bytes) else command.encode()
        else:
            body = f"data={text_of(command)}".encode()
        sent = dict(headers or {})
        if content_type is not None:
            sent["Content-Type"] = content_type
        if quirks:
            sent["X-Mock-Quirk"] = ",".join(f"{name}={quote(value)}" for name, value in quirks.items())
        return self.send("POST", body=body, query=query, headers=sent, path=path, port=port)

    def get(self, command: Any, **quirks: str) -> Answer:
        """Send a command percent-encoded in the query; bytes go out as they are."""
        query = command if isinstance(command, bytes) else f"data={quote(text_of(command))}".encode()
        chosen = ",".join(f"{name}={quote(value)}" for name, value in quirks.items())
        return self.send("GET", query=query, headers={"X-Mock-Quirk": chosen} if chosen else {})

    def journal(self) -> dict[str, Any]:
        """Return everything the journal knows of the latest exchange."""
        return describe(next(iter(self.sandbox.journal.newest_first())))

    def change(self, table: str, where: Mapping[str, Any], **columns: Any) -> None:
        """Change columns of the one row that ``where`` finds."""
        store = self.sandbox.store
        found = store.first(table, **where)
        assert found is not None
        with store.unit():
            store.update(table, found[0], columns)
        self.sandbox.forget()

    def process(self, servicekey: str = "MUMBAI_CRM_OBD", **columns: Any) -> None:
        """Change columns of a process."""
        self.change("processes", {"servicekey": servicekey}, **columns)

    def counts(self) -> dict[str, int]:
        """Return how many customers and call-list entries there are."""
        return {table: self.sandbox.store.count(table) for table in ("customers", "calls")}


@cache
def shared_service() -> Service:
    """Return the one service of this test process; tests change nothing of it but sandboxes they make."""
    return Service.start(Settings(clock="frozen", at=NOW))


def fresh() -> Api:
    """Return a client of a new sandbox; drop it with :func:`drop`."""
    return Api(shared_service())


def drop(api: Api) -> None:
    """Forget the sandbox of a client."""
    api.service.registry.drop(api.sandbox.key)
