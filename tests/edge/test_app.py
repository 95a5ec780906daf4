"""The Flask app by itself, as another WSGI server would run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.app import create_app
from mockserver.settings import ENDPOINT, Settings
from tests.fake_service import FakeService

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def service() -> FakeService:
    return FakeService(Settings(admin="off", max_body=1000))


@pytest.fixture
def client(service: Any) -> FlaskClient:
    return create_app(service).test_client()


@pytest.mark.parametrize("path", [ENDPOINT, f"/sandboxes/a%20b{ENDPOINT}"])
def test_the_view_hands_on_raw_bytes(client: FlaskClient, service: FakeService, path: str) -> None:
    """A form body reaches the service undecoded, and so does the query (TRN-15, TRN-22)."""
    reply = client.post(
        path,
        data=b"data={+%7B&x",
        query_string="data=%2B+",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Mock-Edition": "web"},
    )
    assert reply.status_code == 200
    (seen,) = service.seen
    assert (seen.verb, seen.path, seen.query, seen.body) == (
        "POST", path.replace("%20", " "), b"data=%2B+", b"data={+%7B&x",
    )  # fmt: skip
    assert seen.headers["x-mock-edition"] == "web"
    assert seen.port == 80


def test_the_bytes_and_headers_are_the_services(client: FlaskClient) -> None:
    """Flask neither sorts keys nor adds headers of its own (TRN-36, TRN-37)."""
    reply = client.get(ENDPOINT)
    assert reply.data.startswith(b'{"zeta": "first", "status"')
    assert [name for name, _ in reply.headers] == ["Content-Type", "X-Mock-Sandbox", "Content-Length"]


@pytest.mark.parametrize("verb", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_every_verb_is_the_services_to_answer(client: FlaskClient, service: FakeService, verb: str) -> None:
    """Flask answers no verb of the endpoint by itself, not even OPTIONS (TRN-35, AM-05)."""
    reply = client.open(ENDPOINT, method=verb)
    assert (reply.status_code, [each.verb for each in service.seen]) == (405, [verb])


def test_head_has_the_length_of_get(client: FlaskClient) -> None:
    """HEAD has no body and the length of the one it would have had (TRN-35)."""
    reply = client.head(ENDPOINT)
    assert (reply.status_code, reply.data) == (200, b"")
    assert reply.headers["Content-Length"] == client.get(ENDPOINT).headers["Content-Length"]


def test_a_body_over_the_limit_is_413_and_empty(client: FlaskClient, service: FakeService) -> None:
    """Beyond the limit the service is not asked, and a page of any origin may read the answer (TRN-30, AM-05)."""
    reply = client.post(ENDPOINT, data=b"x" * 1001)
    assert (reply.status_code, reply.data, service.seen) == (413, b"", [])
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "1000 bytes; --max-body" in reply.headers["X-Mock-Warning"]
    assert client.post(ENDPOINT, data=b"x" * 1000).status_code == 200


def test_without_diagnostics_413_is_bare() -> None:
    """The header that says why is one of those that can be switched off (TRN-30, TRN-38)."""
    quiet: Any = FakeService(Settings(admin="off", max_body=10, diagnostics="off"))
    reply = create_app(quiet).test_client().post(ENDPOINT, data=b"x" * 11)
    assert (reply.status_code, reply.data, list(reply.headers)) == (
        413, b"", [("Access-Control-Allow-Origin", "*"), ("Content-Length", "0")],
    )  # fmt: skip


def test_the_root_names_the_addresses(client: FlaskClient) -> None:
    """Who opens the server's address is told where the API is; no admin API is named where there is none."""
    found = client.get("/").json
    assert found is not None
    assert (found["endpoint"], found["admin"]) == (f"http://localhost{ENDPOINT}", None)
    assert client.get(found["ready"]).status_code == 200


@pytest.mark.parametrize("before", ["", "/sandboxes/one"])
@pytest.mark.parametrize("slashes", ["/", "//"])
def test_a_slash_at_the_end_is_told(client: FlaskClient, before: str, slashes: str) -> None:
    """404, as for any other path, and the detail has the path without it (TRN-35)."""
    reply = client.post(before + ENDPOINT + slashes)
    assert (reply.status_code, reply.content_type) == (404, "application/problem+json")
    assert reply.json is not None
    assert reply.json["detail"].endswith(f" {before}{ENDPOINT}")


@pytest.mark.parametrize(
    "path",
    ["/", ENDPOINT + "/", "/CustomerWebServices//handleCustomerWS", "/livez/x", "/sandboxes/a/b" + ENDPOINT],
)
def test_nothing_redirects(client: FlaskClient, path: str) -> None:
    """Another path is 404 and says where the API is; nothing redirects (TRN-35)."""
    reply = client.post(path)
    assert reply.status_code == 404
    assert ENDPOINT in reply.text


def test_health(client: FlaskClient, service: FakeService) -> None:
    """The health routes are part of the app, with the same answers as at the edge."""
    assert client.get("/livez").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready", "methods": 10, "tenants": 4}
    service.waiting = ["seed"]
    assert client.get("/readyz").status_code == 503
