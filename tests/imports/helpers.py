"""Sending imports to a service in this process, and reading what became of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.model import Inbound
from mockserver.sandbox import Plan
from mockserver.settings import ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.model import Exchange, Reply
    from mockserver.sandbox import Sandbox
    from mockserver.service import Service

NOW = "2024-10-30 12:14:46"
"""Where the clock of every box stands: the time printed in the first document."""

GONE = object()
"""Stands for a field that is not sent."""

NUMBER = "8850014998"
TENANT = "test_org"
POLICY = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
F106 = ["method", "statusdesc", "status", "timestamp"]
FWEB = ["method", "revisionno", "status", "statusdesc", "resdatetime"]


@dataclass(frozen=True)
class Answer:
    """A reply with what the service noted about it."""

    reply: Reply
    exchange: Exchange

    @property
    def body(self) -> dict[str, Any]:
        """The reply's JSON object, keys in the order they were sent."""
        parsed: dict[str, Any] = json.loads(self.reply.body)
        return parsed

    @property
    def code(self) -> int:
        """The vendor's code of the whole command."""
        assert self.exchange.status is not None
        return self.exchange.status

    @property
    def records(self) -> list[dict[str, Any]]:
        """The outcome of each record (1.0.6)."""
        listed: list[dict[str, Any]] = self.body["statusdata"]
        return listed

    @property
    def record_codes(self) -> list[str]:
        """The padded code of each record (1.0.6)."""
        return [record["statuscode"] for record in self.records]

    @property
    def inserted(self) -> dict[str, int]:
        """How many rows of each table the command inserted, as the journal has it."""
        return {table: counts["inserted"] for table, counts in self.exchange.changes.items()}

    def header(self, name: str) -> str:
        """The value of a reply header."""
        return dict(self.reply.headers)[name]

    @property
    def warned(self) -> set[str]:
        """The ledger ids of all warnings."""
        return {notice.ledger for notice in self.exchange.notices}


class Box:
    """A fresh sandbox with a frozen clock, and one edition that all its commands are meant for."""

    def __init__(self, service: Service, edition: str = "1.0.6", **quirks: str) -> None:
        self.service = service
        self.edition = edition
        plan = Plan(edition=edition, quirks=quirks, clock="frozen", at=datetime.fromisoformat(NOW))
        self.sandbox: Sandbox = service.registry.create(plan, mint=False)

    def close(self) -> None:
        """Drop the sandbox."""
        self.service.registry.drop(self.sandbox.key)

    def send(self, body: bytes, *, headers: Mapping[str, str] | None = None, query: bytes = b"") -> Answer:
        """Send a body as it is."""
        return self.ask(
            Inbound("POST", ENDPOINT, query, {"content-type": "text/html", **(headers or {})}, body)
        )

    def ask(self, inbound: Inbound) -> Answer:
        """Send a whole request to this sandbox."""
        headers = {**inbound.headers, "x-mock-sandbox": self.sandbox.key}
        reply = self.service.answer(
            Inbound(inbound.verb, inbound.path, inbound.query, headers, inbound.body, inbound.port)
        )
        return Answer(reply, next(self.sandbox.journal.newest_first()))

    def command(self, command: Mapping[str, Any], **quirks: str) -> Answer:
        """Send a command, with quirks chosen by header."""
        chosen = ",".join(f"{name}={quote(value, safe='')}" for name, value in quirks.items())
        headers = {"x-mock-quirk": chosen} if chosen else {}
        return self.send(b"data=" + json.dumps(command, ensure_ascii=False).encode(), headers=headers)

    def push(self, *records: Any, quirks: Mapping[str, str] | None = None, **fields: Any) -> Answer:
        """Push records to VoiceProcess with media 12 by mobile number, or as ``fields`` say."""
        return self.command(command(*records, **fields), **(quirks or {}))

    def table(self, name: str, **where: Any) -> list[dict[str, Any]]:
        """Return the rows of a table whose columns equal ``where``."""
        rows = [row for _, row in self.sandbox.store.rows(name)]
        return [row for row in rows if all(row[column] == value for column, value in where.items())]

    def customer(self, **where: Any) -> dict[str, Any]:
        """Return the one customer of that kind."""
        (row,) = self.table("customers", **where)
        return row

    def call(self, calllistid: int, tenant: str = TENANT) -> dict[str, Any]:
        """Return one call-list entry."""
        (row,) = self.table("calls", tenant=tenant, calllistid=calllistid)
        return row

    def dump(self) -> dict[str, Any]:
        """Return the whole state."""
        return self.sandbox.store.dump()


def command(*records: Any, **fields: Any) -> dict[str, Any]:
    """Return an import command; a field that is GONE is left out."""
    whole: dict[str, Any] = {
        "method": "ImportProcessData",
        "servicekey": "VoiceProcess",
        "apikey": TENANT,
        "media": "12",
        "updateparam": "mobilenumber",
        "data": list(records),
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not GONE}


def record(**fields: Any) -> dict[str, Any]:
    """Return a record with a good number; a field that is GONE is left out."""
    whole = {"mobilenumber": NUMBER, **fields}
    return {name: value for name, value in whole.items() if value is not GONE}


def types(value: Mapping[str, Any]) -> Sequence[tuple[str, type]]:
    """Return the keys of an object in order, each with the type of its value."""
    return [(key, type(member)) for key, member in value.items()]
