"""Replies: an outcome or a refusal in the method's words, with the headers that explain it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from mockserver.contract.fields import Fields
from mockserver.journal import request_id
from mockserver.model import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.contract.methodspec import MethodSpec, StatusRow
    from mockserver.model import Exchange, Violation

_WARNED: Final = 5
_DIGITS: Final = re.compile("[0-9]{1,18}", re.ASCII)
_EXPOSED: Final = ", ".join(
    f"X-Mock-{name}"
    for name in ("Request-Id", "Sandbox", "Rule", "Evidence", "Status-Description", "Warning", "Fault")
)
CORS: Final = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))
"""What lets a page of any origin read an answer (AM-05)."""


def render_success(exchange: Exchange, catalogue: Catalogue) -> Exchange:
    """Return the exchange with the reply of an accepted command."""
    spec = exchange.spec
    row = spec.success_row
    outcome: dict[str, Any] = {"now": exchange.at, "method": _answering(exchange), **(exchange.outcome or {})}
    for record in outcome.get("records", ()):
        found = spec.status(record["status"], "record")
        record["text"] = found.word or found.text or catalogue.common["forced"]["text"]
    return _answered(exchange, row, 200, spec.success.render(outcome))


def render_failure(exchange: Exchange, violation: Violation, catalogue: Catalogue) -> Exchange:
    """Return the exchange refused for ``violation``, with its failure envelope (AUTH-15 … AUTH-18).

    The rule named is the row of the code in the method's own table, else that of the check (AM-62).
    """
    exchange = exchange.evolve(violation=violation)
    spec, code = exchange.spec, violation.status
    row = spec.status(code) if spec else _common_row(exchange, catalogue, code)
    if violation.evidence and code not in spec.codes("request"):
        row = replace(row, ledger=violation.ledger, evidence=violation.evidence)
    text = row.text
    if exchange.forced:
        row = replace(row, evidence="forced")
        text = text or catalogue.common["forced"]["text"]
    shape = spec.failure if spec else catalogue.unknown_method(exchange.regime.quirks)
    unreadable = code == catalogue.common["malformed"]["status"]
    body = shape.render(
        {
            # What cannot be read has no fields that could rename the method, nor has it when forced (AM-67).
            "method": exchange.method if unreadable else _answering(exchange),
            "status": code,
            "reason": exchange.reason or code,
            "echo": _echo(exchange, code),
            "text": text,
            "now": exchange.at,
        }
    )
    return _answered(exchange, row, _http_status(exchange, code, catalogue), body)


def _answering(exchange: Exchange) -> str:
    """Return the name the method answers under: another one if a field of the command says so (USR-20)."""
    spec = exchange.spec
    if spec is None or not spec.answers_as:
        return exchange.method
    head = exchange.call.reading.head if exchange.call else Fields(spec.head, exchange.command, "", [])
    for field, names in spec.answers_as.items():
        value = head.values.get(field)
        if isinstance(value, str) and value in names:
            return str(names[value])
    return exchange.method


def _echo(exchange: Exchange, code: int) -> int:
    """Return the reason the command gave, as a number; the status when it gave none that is one (DISP-14)."""
    sent = exchange.call.reading.head.get("reason") if exchange.call else None
    return int(sent) if isinstance(sent, str) and _DIGITS.fullmatch(sent) else code


def _common_row(exchange: Exchange, catalogue: Catalogue, code: int) -> StatusRow:
    """Return a common status row when no method is known: that of any method will do."""
    spec: MethodSpec = exchange.regime.spec(next(iter(catalogue.methods)))
    return spec.common_status(code)


def _http_status(exchange: Exchange, code: int, catalogue: Catalogue) -> int:
    """Return the HTTP status of a failure (TRN-34)."""
    if exchange.regime.quirks["http_status"] != "mapped":
        return 200
    mapping = catalogue.common["http_status"]
    status: int = mapping["by_status"].get(str(code), mapping["other"])
    return status


def _answered(exchange: Exchange, row: StatusRow, http_status: int, body: bytes) -> Exchange:
    headers = (
        *_constant_headers(
            exchange.regime.quirks["response_content_type"],
            exchange.sandbox,
            row.ledger,
            row.evidence,
            row.text,
        ),
        ("X-Mock-Request-Id", request_id(exchange.number)),
        *(_warning_headers(exchange) if exchange.notices else ()),
    )
    return exchange.evolve(
        rule=row.ledger,
        evidence=row.evidence,
        description=row.text,
        status=row.code,
        reply=Reply(http_status, headers, body),
    )


@lru_cache(256)
def _constant_headers(
    content_type: str, sandbox: str, ledger: str, evidence: str, text: str
) -> tuple[tuple[str, str], ...]:
    """Return the headers that do not change from one such answer to the next: made once, shared by all."""
    return (
        ("Content-Type", f"{content_type}; charset=utf-8"),
        *CORS,
        ("X-Mock-Sandbox", sandbox),
        ("X-Mock-Rule", ledger),
        ("X-Mock-Evidence", evidence),
        ("X-Mock-Status-Description", text or "-"),
    )


def _warning_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """Return at most five warnings, one per ledger id with a count, without any client text (AM-08)."""
    if len(exchange.notices) == 1:
        notice = exchange.notices[0]
        return [_warning(notice.ledger, 1, notice.text)]
    counts = Counter(notice.ledger for notice in exchange.notices)
    texts = {notice.ledger: notice.text for notice in reversed(exchange.notices)}
    return [_warning(ledger, count, texts[ledger]) for ledger, count in list(counts.items())[:_WARNED]]


@lru_cache(256)
def _warning(ledger: str, count: int, text: str) -> tuple[str, str]:
    return ("X-Mock-Warning", f"{ledger} ({count}): {text}")


def bare(http_status: int, exchange: Exchange) -> Reply:
    """Return a reply without a body that can still be found in the journal."""
    return Reply(http_status, (*CORS, *_found(exchange)), b"")


def _found(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    return (
        ("X-Mock-Request-Id", request_id(exchange.number)),
        ("X-Mock-Sandbox", exchange.sandbox),
    )


def problem(status: int, title: str, detail: str, exchange: Exchange | None = None) -> Reply:
    """Return an ``application/problem+json`` reply (RFC 9457), for everything outside the API."""
    document: Mapping[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    headers = [("Content-Type", "application/problem+json"), *CORS]
    if exchange is not None:
        headers += _found(exchange)
    return Reply(status, tuple(headers), orjson.dumps(document))


def without_diagnostics(reply: Reply) -> Reply:
    """Return a reply without the headers that are ours."""
    kept = tuple(
        (name, value)
        for name, value in reply.headers
        if not name.startswith("X-Mock-") and name != "Access-Control-Expose-Headers"
    )
    return Reply(reply.http_status, kept, reply.body)
