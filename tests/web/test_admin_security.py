"""The admin API against strangers, over raw connections to a real server: token, Host, Origin, CORS, faults."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from tests.server_process import read_reply, running
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running


@pytest.fixture(scope="module")
def exposed() -> Iterator[Running]:
    """A server as a container runs it: off loopback, so that it mints a token."""
    with running("--host", "0.0.0.0", "--max-body", "2k") as found:
        yield found


def raw(
    server: Running, verb: str, target: str, *headers: str, body: bytes = b"", host: str | None = "localhost"
) -> tuple[int, dict[str, str], bytes]:
    """Send a request exactly as written and return status, headers and body."""
    named = () if host is None else (f"Host: {host}",)
    length = (f"Content-Length: {len(body)}",) if body else ()
    head = "\r\n".join((f"{verb} {target} HTTP/1.1", *named, *headers, *length, "Connection: close", "", ""))
    with server.connect() as sock:
        sock.sendall(head.encode("latin-1") + body)
        stream = sock.makefile("rb")
        if verb == "HEAD":
            return read_reply(stream, "HEAD")
        whole = stream.read()
    first, _, found = whole.partition(b"\r\n\r\n")
    status, *lines = first.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(status.split()[1]), {name.lower(): text for name, _, text in pairs}, found


def bearer(server: Running) -> str:
    return f"Authorization: Bearer {server.ready['token']}"


def test_a_container_is_reached_by_the_names_of_the_host(exposed: Running) -> None:
    """As ``docker run -p`` forwards it: by 127.0.0.1 or localhost on any port, with the token and not without."""
    port = exposed.address[1]
    for host in (f"127.0.0.1:{port}", f"localhost:{port + 1}", f"[::1]:{port}"):
        assert raw(exposed, "GET", "/__admin/health", host=host)[0] == 401
        assert raw(exposed, "GET", "/__admin/health", bearer(exposed), host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "localhost.", "evil.test:80", "0.0.0.0", "[::]",
        "2130706433", "127.1", "0x7f000001", "[::ffff:127.0.0.1]", "localhost@evil.test", "localhost,evil.test",
        "evil.test#localhost", "localhost/evil", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["GET", "POST", "OPTIONS"])
def test_no_other_name_leads_in(exposed: Running, verb: str, host: str) -> None:
    """Names that were bound to this address (DNS rebinding), and every way to write one, are 403 even with the token."""
    target = "/__admin/reset" if verb == "POST" else "/__admin/health"
    status, headers, body = raw(exposed, verb, target, bearer(exposed), host=host)
    assert status == 403
    assert "access-control-allow-origin" not in headers
    assert json.loads(body)["title"] == "unknown host"


def test_what_stands_beside_the_host_header_counts_for_nothing(exposed: Running) -> None:
    """Two Host headers, forwarded ones and a whole URL in the request line let nobody in."""
    forwarded = ("X-Forwarded-Host: localhost", "Forwarded: host=localhost")
    assert raw(exposed, "GET", "/__admin/health", bearer(exposed), *forwarded, host="evil.test")[0] == 403
    assert raw(exposed, "GET", "/__admin/health", bearer(exposed), "Host: evil.test")[0] in (400, 403)
    assert raw(exposed, "GET", "http://localhost/__admin/health", bearer(exposed), host="evil.test")[0] in (
        400,
        403,
        404,
    )
    assert raw(exposed, "GET", "/__admin/health", bearer(exposed), host=None)[0] in (400, 403)


@pytest.mark.parametrize(
    "target",
    [
        "/__admin", "/__admin/", "/__admin/health", "/__admin//health", "//__admin/health", "/%5f%5fadmin/health",
        "/__admin%2fhealth", "/__ADMIN/health", "/./__admin/health", "/livez/../__admin/health", "/__admin/health?x=1",
        "/__admin/sandboxes/default/state", "/__admin/metrics", "/__admin/openapi.json", "/sandboxes/default/__admin",
        "/__admin;a=b/health", "/__admin/nothing",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_gets_past_the_token(exposed: Running, target: str) -> None:
    """Without the token every address of the admin API is 401, or no address at all; none is answered."""
    status, headers, body = raw(exposed, "GET", target)
    assert status in (401, 404)
    assert status == 401 or b"health" in body or b"no slash" in body or b"/readyz" in body
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://localhost:3000", "https://localhost.evil.test", "file://"]
)
def test_pages_of_other_origins_change_nothing(exposed: Running, verb: str, origin: str) -> None:
    """A page that knows the token and the address still changes nothing, whatever its verb."""
    status, headers, body = raw(exposed, verb, "/__admin/reset", bearer(exposed), f"Origin: {origin}")
    assert (status, json.loads(body)["title"]) == (403, "foreign origin")
    assert "access-control-allow-origin" not in headers


def answers(server: Running) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield status and headers of admin answers of every kind there is."""
    token, page = bearer(server), "Origin: http://localhost"
    asks: list[tuple[str, str, bytes]] = [
        ("GET", "", b""), ("HEAD", "/health", b""), ("GET", "/metrics", b""), ("POST", "/sandboxes", b'{"key":"seen"}'),
        ("POST", "/sandboxes", b'{"key":"seen"}'), ("POST", "/sandboxes", b"{"), ("POST", "/sandboxes", b'{"kez":1}'),
        ("GET", "/nothing", b""), ("POST", "/health", b""), ("OPTIONS", "/health", b""), ("GET", "/requests?x=1", b""),
        ("POST", "/reset", b"x" * 40_000), ("DELETE", "/sandboxes/seen", b""), ("BREW", "/health", b""),
    ]  # fmt: skip
    for verb, path, body in asks:
        yield raw(server, verb, f"/__admin{path}", token, page, body=body)[:2]
    preflight = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization")
    yield raw(server, "OPTIONS", "/__admin/reset", page, *preflight)[:2]
    yield raw(server, "OPTIONS", "/__admin/reset", token, page, *preflight)[:2]
    yield raw(server, "GET", "/__admin/health", page)[:2]
    yield raw(server, "GET", "/__admin/health", token, page, host="evil.test")[:2]


def test_no_admin_answer_is_for_pages_of_other_origins(exposed: Running) -> None:
    """Not one header of CORS at any status, with and without a token, for OPTIONS and HEAD too; nothing is cached."""
    seen = set()
    for status, headers in answers(exposed):
        seen.add(status)
        assert [name for name in headers if name.startswith("access-control")] == [], status
        # what is not even HTTP's verb, or too long, is refused before anybody looks at the path
        assert headers.get("cache-control") == "no-store" or status in (400, 413)
    assert seen >= {200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 422}


def test_an_error_of_ours_is_for_nobody_either(caplog: pytest.LogCaptureFixture) -> None:
    """500 has no CORS and tells nothing of the error."""
    service = Service.start(Settings())
    service.loaded = lambda: 1 // 0  # type: ignore[method-assign, return-value, assignment]
    reply = Admin(create_app(service).test_client()).ask(
        "GET", "/health", headers={"Origin": "http://evil.test"}
    )
    assert (reply.status_code, reply.content_type) == (500, "application/problem+json")
    assert "ZeroDivisionError" not in reply.text
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "fault", [{"fault": "latency", "fixed": 30}, {"fault": "empty_response"}, {"fault": "connection_reset"}]
)
def test_faults_never_touch_what_stands_beside_the_api(fault: dict[str, Any]) -> None:
    """While every command comes to harm, admin, liveness and readiness answer at once and whole (SIM-26)."""
    with running() as server:
        admin, base = server.ready["admin"], server.ready["url"]
        made = requests.post(f"{admin}/faults", json={**fault, "times": 1000}, timeout=20)
        assert made.status_code == 201
        for url in (
            f"{admin}/health",
            f"{admin}/metrics",
            f"{admin}/requests",
            f"{base}/livez",
            f"{base}/readyz",
        ):
            assert requests.get(url, timeout=20).status_code == 200
        assert requests.post(f"{admin}/clock/advance", json={"seconds": 1}, timeout=20).status_code == 200
        with pytest.raises(requests.RequestException):
            requests.post(server.ready["endpoint"], data="data=" + json.dumps(push()), timeout=0.5)
