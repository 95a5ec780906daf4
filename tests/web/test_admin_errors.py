"""What the admin API refuses, how, and whom it lets in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.app import create_app
from mockserver.limits import Limits
from mockserver.paths import data_dir
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from mockserver.web import admin_sandboxes
from mockserver.web.admin_routes import ROUTES
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("verb", "path", "body", "status", "says"),
    [
        ("GET", "/nothing", None, 404, "unknown route"),
        ("GET", "//health", None, 404, "unknown route"),
        ("GET", "/sandboxes/default/nothing", None, 404, "unknown route"),
        ("PUT", "/health", None, 405, "GET, HEAD"),
        ("POST", "/clock", {}, 405, "GET, HEAD, PUT"),
        ("OPTIONS", "/state", None, 405, "PUT"),
        (
            "GET",
            "/sandboxes/gone",
            None,
            404,
            "no sandbox gone (there is 1); GET /__admin/sandboxes lists them",
        ),
        ("GET", "/sandboxes/defualt/clock", None, 404, "did you mean default?"),
        ("GET", "/state/users?offset=1234567890123", None, 400, "at most 12 digits"),
        ("DELETE", "/sandboxes/gone", None, 404, "no sandbox gone"),
        ("POST", "/sandboxes/gone/reset", None, 404, "no sandbox gone"),
        ("DELETE", "/sandboxes/default", None, 409, "default stays"),
        ("POST", "/sandboxes", {"key": "default"}, 409, "there already"),
        ("GET", "/requests/r000009", None, 404, "r000009"),
        ("GET", "/requests/last", None, 404, "last"),
        ("GET", "/state/customer", None, 404, "customers?"),
        ("GET", "/requests?status=seventeen", None, 400, "whole number"),
        ("GET", "/requests?limit=-1", None, 400, "at least 0"),
        ("GET", "/requests?limit=1&limit=2", None, 400, "twice"),
        ("GET", "/requests?methd=x", None, 400, "method?"),
        ("GET", "/requests?since=yesterday", None, 400, "YYYY-MM-DD hh:mm:ss"),
        ("GET", "/state/users?limit=1e3", None, 400, "whole number"),
        ("GET", "/health?x=1", None, 400, "expected none"),
    ],
)
def test_what_is_refused(admin: Admin, *, verb: str, path: str, body: Any, status: int, says: str) -> None:
    """Every refusal is a problem document with its HTTP status that says what is wrong (AM-01)."""
    problem = admin.refused(verb, path, body)
    assert problem["status"] == status
    assert says in problem["title"] + problem["detail"]


@pytest.mark.parametrize(
    ("verb", "path", "body", "pointer", "says"),
    [
        ("POST", "/sandboxes", {"key": "a/b"}, "/key", ""),
        ("POST", "/sandboxes", {"key": "."}, "/key", ""),
        ("POST", "/sandboxes", {"sed": 1}, "/sed", "seed?"),
        ("POST", "/sandboxes", {"seed": "1"}, "/seed", "integer"),
        ("POST", "/sandboxes", {"preset": "gold"}, "/preset", "golden"),
        ("POST", "/sandboxes", {"customers": -1}, "/customers", "at least 0"),
        ("POST", "/sandboxes", {"edition": "2"}, "/edition", "1.0.6"),
        ("POST", "/sandboxes", {"quirks": {"overlng": "reject"}}, "/quirks/overlng", "overlong?"),
        ("POST", "/sandboxes", {"quirks": {"overlong": "rejct"}}, "/quirks/overlong", "reject?"),
        ("POST", "/sandboxes", {"quirks": {"edition": "web"}}, "/quirks/edition", "member edition"),
        ("POST", "/sandboxes", {"scenarios": ["Outage"]}, "/scenarios/0", "text that matches"),
        ("POST", "/sandboxes", {"clock": {"mode": "scaled"}}, "/clock/scale", "seconds of the sandbox"),
        ("POST", "/sandboxes", {"clock": {"now": "2018-02-30 00:00:00"}}, "/clock/now", "YYYY-MM-DD"),
        ("POST", "/sandboxes", {"clock": {"now": "9999-12-31 23:59:59"}}, "/clock/now", "8999"),
        ("POST", "/sandboxes", [], "", "object"),
        ("PATCH", "/settings", {"quirks": {"overlng": None}}, "/quirks/overlng", "overlong?"),
        ("PATCH", "/settings", {"quirks": {"a/b~c": "x"}}, "/quirks/a~1b~0c", "unknown quirk"),
        ("PATCH", "/settings", {"quirks": {"overlng": "x"}}, "/quirks/overlng", "one of edition, "),
        ("PATCH", "/settings", {"quirks": {"overlong": "x"}}, "/quirks/overlong", "one of reject, "),
        ("PATCH", "/settings", {"quirks": {"overlong": 1}}, "/quirks/overlong", "string"),
        ("PUT", "/clock", {}, "", "at least 1"),
        ("PUT", "/clock", {"mode": "frozen", "scale": 2}, "/scale", "no scale"),
        ("PUT", "/clock", {"now": "1899-12-31 23:59:59"}, "/now", "1900"),
        ("POST", "/clock/advance", {}, "", "give seconds or until"),
        (
            "POST",
            "/clock/advance",
            {"seconds": 1, "until": "2100-01-01 00:00:00"},
            "",
            "give seconds or until",
        ),
        ("POST", "/clock/advance", {"seconds": -1}, "/seconds", "at least 0"),
        ("POST", "/clock/advance", {"seconds": 1e12}, "/seconds", "8999"),
        ("POST", "/clock/advance", {"until": "2001-01-01 00:00:00"}, "/until", "only moves forwards"),
        ("POST", "/clock/advance", {"until": "9001-01-01 00:00:00"}, "/until", "8999"),
    ],
)
def test_bodies_that_cannot_be_used(
    admin: Admin, *, verb: str, path: str, body: Any, pointer: str, says: str
) -> None:
    """A body that is JSON but does not fit is 422 with the pointer of each fault, and changes nothing (AM-01)."""
    before = (admin.ok("GET", "/clock"), admin.ok("GET", "/settings"), admin.ok("GET", "/sandboxes"))
    problem = admin.refused(verb, path, body)
    assert problem["status"] == 422
    (error,) = problem["errors"]
    assert set(error) == {"pointer", "expected", "got", "message"}
    assert error["pointer"] == pointer
    assert says in error["expected"] + error["message"]
    assert before == (admin.ok("GET", "/clock"), admin.ok("GET", "/settings"), admin.ok("GET", "/sandboxes"))


@pytest.mark.parametrize("raw", [b"{", b"{'a': 1}", b"\xff", b"NaN", b'{"key": }', b"key=a"])
def test_bodies_that_are_no_json(admin: Admin, raw: bytes) -> None:
    """A body that is not JSON is 400 and names the place (AM-01)."""
    reply = admin.ask("POST", "/sandboxes", data=raw)
    assert (reply.status_code, reply.content_type) == (400, "application/problem+json")
    assert "line 1, column" in (reply.json or {})["detail"]


def test_bodies_that_are_no_utf_8(admin: Admin) -> None:
    """Such a body is said to be no UTF-8, with the place of the byte that is to blame (AM-01)."""
    reply = admin.ask("POST", "/sandboxes", data=b'{"key":\n "\xc3\xa9\xff"}')
    assert (reply.status_code, reply.json["title"]) == (400, "the body is not UTF-8")  # type: ignore[index]
    assert "0xff at line 2, column 5" in reply.text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60), route=st.sampled_from([route for route in ROUTES if route.body]))
def test_no_bytes_break_a_route(admin: Admin, raw: bytes, route: Any) -> None:
    """Any bytes for a body are carried out or refused, never an error of ours."""
    path = route.paths[-1].removeprefix("/__admin")
    reply = admin.ask(route.verb, path, data=raw)
    assert reply.status_code in (200, 201, 400, 404, 409, 422)


def test_a_body_over_the_limit_is_413() -> None:
    """The admin API takes 16 times as much as the API, says so beyond, and tells how to raise it (TRN-30)."""
    admin = Admin(create_app(Service.start(Settings(max_body=1000))).test_client())
    assert admin.ok("PUT", "/state", {"tables": {}, "counters": {"x" * 15000: 1}})
    problem = admin.refused("PUT", "/state", {"tables": {}, "counters": {"x" * 16000: 1}})
    assert problem["status"] == 413
    assert "16000 bytes; a larger --max-body" in problem["detail"]


def test_strangers_may_not_send_more_to_the_admin_api() -> None:
    """Where a token is asked for, who does not bring it is held to the limit of the API (TRN-30)."""
    service = Service.start(Settings(max_body=1000, admin_token="secret"))
    admin = Admin(create_app(service).test_client())
    body = b'{"tables": {}, "counters": {}}'.ljust(2000)
    for headers, most in (
        ({}, 1000),
        ({"Authorization": "Bearer wrong"}, 1000),
        ({"Authorization": "bearer secret"}, 16000),
        ({"X-Mock-Admin-Token": " secret "}, 16000),
    ):
        limits = Limits(service.settings, service.access)
        lowered = {name.lower(): value for name, value in headers.items()}
        assert limits.of("/__admin/state", lowered) == most
        assert limits.of("/__administrator", lowered) == limits.of(ENDPOINT, lowered) == 1000
        assert admin.ask("PUT", "/state", data=body, headers=headers).status_code == (
            401 if most == 1000 else 200
        )


def test_an_unexpected_error_is_logged_not_shown(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of ours is 500 without a word of it; the log has the traceback (AM-01)."""

    def broken() -> None:
        raise RuntimeError("deep inside")

    monkeypatch.setattr(admin_sandboxes, "real_time", broken)
    problem = admin.refused("GET", "/health")
    assert problem["status"] == 500
    assert "deep" not in json.dumps(problem)
    assert "RuntimeError" in caplog.text


def test_schemas_are_used_and_described() -> None:
    """Each schema belongs to a route, each route's schema exists, and every member is described."""
    files = {
        path.stem: json.loads(path.read_bytes()) for path in (data_dir("schemas") / "admin").glob("*.json")
    }
    assert set(files) == {route.body for route in ROUTES if route.body}

    def nodes(node: Any) -> Iterator[dict[str, Any]]:
        yield node
        for child in (*node.get("properties", {}).values(), node.get("additionalProperties")):
            if isinstance(child, dict):
                yield from nodes(child)

    for schema in files.values():
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert all(node["description"].endswith(".") or "," in node["description"] for node in nodes(schema))


def test_schemas_name_the_editions_there_are(service: Service) -> None:
    """The editions a body may choose are those of the quirk (GEN-19)."""
    folder = data_dir("schemas") / "admin"
    for name in ("sandbox", "settings"):
        node = json.loads((folder / f"{name}.json").read_bytes())["properties"]["edition"]
        assert node["enum"] == [*service.catalogue.quirks["edition"].values, None]


def test_sandbox_routes_stand_twice() -> None:
    """Every sandbox route stands under its sandbox and, for the default one, directly under /__admin (AM-01)."""
    twice = [route.paths for route in ROUTES if route.path.startswith("…")]
    assert len(twice) > 10
    assert all(
        (below, direct) == (direct.replace("/__admin", "/__admin/sandboxes/<sandbox>"), direct)
        for below, direct in twice
    )
