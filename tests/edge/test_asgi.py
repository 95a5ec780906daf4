"""The ASGI application in process: what reaches the service, and what comes back."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from mockserver.edge.asgi import Edge, header_map
from mockserver.edge.health import health
from mockserver.model import Inbound, Reply
from mockserver.settings import ENDPOINT, Settings
from tests.fake_service import FakeService

if TYPE_CHECKING:
    import pytest


def call(edge: Any, received: list[dict[str, Any]] | None = None, **scope: Any) -> list[dict[str, Any]]:
    """Send one request and return what the application sent."""
    sent: list[dict[str, Any]] = []
    queue = received or [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        return queue.pop(0) if queue else {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    asyncio.run(edge({**SCOPE, **scope}, receive, send))
    edge.close()
    return sent


def edge_of(service: Any) -> Edge:
    return Edge(service)


SCOPE = {
    "type": "http", "http_version": "1.1", "scheme": "http", "method": "POST", "path": ENDPOINT,
    "query_string": b"", "headers": [], "server": ("127.0.0.1", 9443), "client": ("127.0.0.1", 50000),
}  # fmt: skip

OFF = Settings(admin="off")


def test_the_service_gets_the_bytes_as_they_came() -> None:
    """Verb, query, header values, body bytes, port and scheme reach the service untouched (TRN-15, GEN-19)."""
    service = FakeService(Settings())
    chunks = [
        {"type": "http.request", "body": b"data={+", "more_body": True},
        {"type": "http.request", "body": b"\xff}", "more_body": False},
    ]
    headers = [(b"transfer-encoding", b"chunked"), (b"x-mock-quirk", b"a=b"), (b"x-mock-quirk", b"c=d")]
    call(edge_of(service), chunks, query_string=b'data={"a":"%2B+"}', headers=headers, scheme="https")
    assert service.seen == [
        Inbound(
            "POST",
            ENDPOINT,
            b'data={"a":"%2B+"}',
            {"transfer-encoding": "chunked", "x-mock-quirk": "a=b, c=d"},
            b"data={+\xff}",
            9443,
            "https",
        )
    ]


def test_the_reply_leaves_as_the_service_made_it() -> None:
    """Status, headers in order and body bytes are the service's; only the length is added (TRN-37)."""
    service = FakeService(Settings())
    reply = Reply(299, (("X-B", "1"), ("X-A", "2"), ("X-A", "3")), b'{"z":1,"a":2}')
    service.answer = lambda inbound: reply  # type: ignore[method-assign]
    start, body = call(edge_of(service))
    assert start["status"] == 299
    assert start["headers"] == [(b"X-B", b"1"), (b"X-A", b"2"), (b"X-A", b"3"), (b"content-length", b"13")]
    assert (body["body"], body["more_body"]) == (reply.body, False)


def test_a_client_that_leaves_is_not_answered() -> None:
    """A request cut off in its body never reaches the service."""
    service = FakeService(Settings())
    chunks = [{"type": "http.request", "body": b"da", "more_body": True}]
    assert call(edge_of(service), chunks, headers=[(b"content-length", b"9")]) == []
    assert service.seen == []


def test_a_refused_client_that_never_stops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 413 the rest is read for a bounded time only, and the connection ends (TRN-30)."""
    monkeypatch.setattr("mockserver.edge.body.DRAIN_SECONDS", 0.02)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    edge = edge_of(FakeService(Settings(max_body=500)))
    asyncio.run(edge({**SCOPE, "headers": [(b"transfer-encoding", b"chunked")]}, receive, send))
    edge.close()
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def test_pages_that_cannot_be_loaded_are_500_with_the_traceback_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A Flask part that does not import is 500 and a logged traceback; the API goes on."""

    def broken(*_: Any) -> Any:
        raise ImportError("no such face")

    monkeypatch.setattr("mockserver.edge.asgi._flask_pages", broken)
    edge = edge_of(FakeService(OFF))
    with caplog.at_level(logging.ERROR):
        sent = call(edge, path="/console/")
    assert sent[0]["status"] == 500
    assert "no such face" in caplog.text
    assert "Traceback" in caplog.text
    assert call(edge)[0]["status"] == 200


def test_flask_serves_what_is_not_the_api() -> None:
    """Any other path reaches the Flask app, also with a query outside ASCII."""
    edge = edge_of(FakeService(OFF))
    sent = call(edge, path="/nothing", query_string=b"q=\xff%20")
    assert sent[0]["status"] == 404
    assert ENDPOINT in b"".join(event.get("body", b"") for event in sent).decode()


def test_readyz_says_what_is_pending() -> None:
    """While something is being loaded /readyz is 503 and names it; /livez is 200 all the same."""
    service: Any = FakeService(Settings(), waiting=["seed"])
    pending, alive = health("/readyz", "GET", service), health("/livez", "GET", service)
    assert pending is not None
    assert (pending.http_status, pending.body) == (503, b'{"status": "pending", "pending": ["seed"]}')
    assert alive is not None
    assert alive.http_status == 200


def test_header_map_keeps_the_first_place_of_a_repeated_name() -> None:
    """Repeated headers are joined by commas in their order."""
    assert header_map([(b"a", b"1"), (b"b", b"\xe9"), (b"a", b"2")]) == {"a": "1, 2", "b": "é"}
