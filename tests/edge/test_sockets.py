"""The running server over real sockets."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.settings import ENDPOINT
from tests.server_process import COMMAND, message, read_reply

if TYPE_CHECKING:
    from tests.server_process import Running

LIMIT = 256 * 1024

RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER of no time at all: closing resets the connection."""


def connection(server: Running) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(*server.address, timeout=20)


def test_the_ready_line_names_the_endpoint_that_answers(server: Running) -> None:
    """The endpoint of the ready line is the API's path and answers JSON (TRN-01, TRN-36)."""
    assert server.ready["event"] == "ready"
    assert server.ready["endpoint"] == server.ready["url"] + ENDPOINT
    client = connection(server)
    client.request("POST", ENDPOINT, COMMAND, {"Content-Type": "text/html"})
    reply = client.getresponse()
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(reply.read())
    client.close()


def test_one_connection_serves_many_requests(server: Running) -> None:
    """A kept connection answers again and again, by GET and by POST (TRN-03, TRN-06)."""
    with server.connect() as sock, sock.makefile("rb") as stream:
        for verb, body in (("POST", COMMAND), ("GET", b""), ("POST", COMMAND)) * 5:
            sock.sendall(message(body, verb=verb))
            assert read_reply(stream)[0] == 200


def test_pipelined_requests_are_answered_in_order(server: Running) -> None:
    """Requests sent without waiting are answered in their order, pages and API mixed."""
    paths = [ENDPOINT, "/livez", "/nothing-here", ENDPOINT, "/readyz"]
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(b"".join(message(b"", verb="GET", path=path) for path in paths))
        assert [read_reply(stream)[0] for _ in paths] == [200, 200, 404, 200, 200]


def test_http_1_0_is_answered_and_closed(server: Running) -> None:
    """An HTTP/1.0 client gets its answer and the end of the connection."""
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(message(version="1.0"))
        status, headers, _ = read_reply(stream)
        assert (status, headers["connection"]) == (200, "close")
        assert stream.read() == b""


def test_head_has_the_length_and_no_body(server: Running) -> None:
    """HEAD is answered as GET without the body (TRN-35)."""
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(message(b"", verb="HEAD"))
        status, headers, _ = read_reply(stream, "HEAD")
        assert status == 200
        assert int(headers["content-length"]) > 0
        sock.sendall(message(b"", verb="GET"))
        assert read_reply(stream)[0] == 200


def test_a_chunked_body_counts_as_one(server: Running) -> None:
    """A body in chunks is answered as the same body in one piece."""
    client = connection(server)
    client.request("POST", ENDPOINT, iter([COMMAND[:9], COMMAND[9:]]), {"Content-Type": "text/html"})
    reply = client.getresponse()
    assert (reply.status, bool(reply.read())) == (200, True)
    client.close()


@pytest.mark.parametrize("path", [ENDPOINT, "/nothing-here"])
def test_a_body_over_the_limit_is_413_by_its_length(server: Running, path: str) -> None:
    """Content-Length over the limit: 413, empty, and the client sees it though it sends on (TRN-30, TRN-35)."""
    client = connection(server)
    client.request("POST", path, b"x" * (8 * LIMIT))
    reply = client.getresponse()
    assert (reply.status, reply.read(), reply.headers["Connection"]) == (413, b"", "close")
    client.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_of_the_admin_api_is_a_problem(server: Running, *, chunked: bool) -> None:
    """The admin API takes 16 times as much; beyond, 413 says how much that is, and the client has it all (TRN-30)."""
    most = 16 * LIMIT
    client = connection(server)
    body = b" " * (most + 65536)
    client.request(
        "PUT", "/__admin/state", (body[:65536] for _ in range(most // 65536 + 1)) if chunked else body
    )
    reply = client.getresponse()
    assert (reply.status, reply.headers["Content-Type"]) == (413, "application/problem+json")
    assert (reply.headers["Connection"], reply.headers["Access-Control-Allow-Origin"]) == ("close", None)
    assert f"{most} bytes; a larger --max-body" in json.loads(reply.read())["detail"]
    client.close()


def test_a_state_longer_than_a_command_may_be_fits_back_in(server: Running) -> None:
    """Beyond the limit of the API a body still reaches the admin API, where it is read (TRN-30, SIM-21)."""
    client = connection(server)
    client.request("PUT", "/__admin/state", b"[".rjust(2 * LIMIT))
    reply = client.getresponse()
    assert (reply.status, b"not JSON" in reply.read()) == (400, True)
    client.close()


def test_a_body_over_the_limit_is_413_by_its_chunks(server: Running) -> None:
    """A chunked body that grows over the limit: 413, empty (TRN-30)."""
    client = connection(server)
    client.request("POST", ENDPOINT, (b"x" * 65536 for _ in range(40)))
    reply = client.getresponse()
    assert (reply.status, reply.read()) == (413, b"")
    client.close()


def test_a_body_of_exactly_the_limit_is_taken(server: Running) -> None:
    """The limit itself is not over the limit, by length and by chunks (TRN-30)."""
    body = COMMAND + b" " * (LIMIT - len(COMMAND))
    for sent in (body, iter([body[:100_000], body[100_000:]])):
        client = connection(server)
        client.request("POST", ENDPOINT, sent, {"Content-Type": "text/html"})
        reply = client.getresponse()
        assert (reply.status, bool(reply.read())) == (200, True)
        client.close()


def test_who_asks_first_is_refused_before_sending(server: Running) -> None:
    """With Expect: 100-continue a body over the limit is refused without being sent (TRN-30)."""
    head = (
        f"POST {ENDPOINT} HTTP/1.1\r\nHost: h\r\nContent-Length: {2 * LIMIT}\r\nExpect: 100-continue\r\n\r\n"
    )
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(head.encode())
        assert read_reply(stream)[0] == 413
        assert stream.read() == b""


def test_expect_within_the_limit_is_continued(server: Running) -> None:
    """With Expect: 100-continue a body within the limit is asked for and answered."""
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(message(head="Expect: 100-continue\r\n")[: -len(COMMAND)])
        assert stream.readline().startswith(b"HTTP/1.1 100")
        assert stream.readline() == b"\r\n"
        sock.sendall(COMMAND)
        assert read_reply(stream)[0] == 200


def test_a_client_offering_http2_is_answered_in_http_1(server: Running) -> None:
    """Java's client offers an upgrade with each request; the request and the next one are answered."""
    offer = (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"
    )
    with server.connect() as sock, sock.makefile("rb") as stream:
        for _ in range(3):
            sock.sendall(message(head=offer))
            assert read_reply(stream)[0] == 200


def test_silent_and_broken_clients_hold_nobody_up(server: Running) -> None:
    """Half a head, half a body, a reset: others are answered at once meanwhile."""
    halves = [b"POST ", message()[:-5], b"\x16\x03\x01 nonsense\r\n\r\n", message(b"", path="/livez")[:-2]]
    socks = [server.connect() for _ in halves]
    for sock, half in zip(socks, halves, strict=True):
        sock.sendall(half)
    test_one_connection_serves_many_requests(server)
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        sock.close()
    test_one_connection_serves_many_requests(server)


def test_two_hundred_connections_at_once(server: Running) -> None:
    """Many parallel connections are all answered, each several times."""
    socks = [server.connect() for _ in range(200)]

    def talk(sock: socket.socket) -> list[int]:
        with sock, sock.makefile("rb") as stream:
            statuses = []
            for _ in range(3):
                sock.sendall(message())
                statuses.append(read_reply(stream)[0])
            return statuses

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(talk, socks)) == [[200, 200, 200]] * 200


@pytest.mark.parametrize(
    "path", ["/CustomerWebServices/", ENDPOINT + "/", "/CustomerWebServices//handleCustomerWS"]
)
def test_nothing_redirects(server: Running, path: str) -> None:
    """Another path than the endpoint's is 404, also with a trailing slash, and never a redirect (TRN-35)."""
    client = connection(server)
    client.request("POST", path, COMMAND)
    reply = client.getresponse()
    assert (reply.status, reply.headers["Location"]) == (404, None)
    assert ENDPOINT.encode() in reply.read()
    client.close()


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_verbs_are_405(server: Running, verb: str) -> None:
    """A verb other than GET and POST is 405 and the connection goes on (TRN-35)."""
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(message(b"", verb=verb))
        assert read_reply(stream)[0] == 405
        sock.sendall(message())
        assert read_reply(stream)[0] == 200


def test_the_health_routes(server: Running) -> None:
    """/livez and /readyz are 200 on a server that is ready, and take no POST."""
    client = connection(server)
    for path, status in (("/livez", "alive"), ("/readyz", "ready")):
        client.request("GET", path)
        reply = client.getresponse()
        assert (reply.status, json.loads(reply.read())["status"]) == (200, status)
        client.request("POST", path, b"x")
        reply = client.getresponse()
        assert (reply.status, reply.read()) == (405, b"")
    client.close()


def test_stdout_holds_the_ready_line_alone_and_pages_log_elsewhere(server: Running) -> None:
    """A page outside ASCII and an unknown one do not break the Flask part."""
    client = connection(server)
    for path in ("/nothing", "/%E0%A4%A8?q=%FF", "/%2e%2e/%2e%2e/etc/passwd"):
        client.request("GET", path)
        reply = client.getresponse()
        assert reply.status == 404
        reply.read()
    client.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("size", [2_000, 2 * LIMIT])
def test_curl(server: Running, size: int) -> None:
    """The printed curl recipe works, and curl reports 413 for what is too long (TRN-04, TRN-30)."""
    recipe = ["curl", "-sS", "--location", "--request", "POST", server.ready["endpoint"]]
    recipe += ["--header", "Content-Type: text/html", "--data-binary", "@-", "-o", "-", "-w", "%{http_code}"]
    done = subprocess.run(recipe, input=COMMAND + b" " * size, capture_output=True, check=False, timeout=20)
    assert done.stdout.endswith(b"200" if size < LIMIT else b"413"), done.stderr


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=300), cut=st.integers(0, 400))
def test_no_bytes_bring_the_server_down(server: Running, noise: bytes, cut: int) -> None:
    """Whatever a client sends, the next client is answered."""
    with server.connect() as sock:
        sock.sendall(message()[:cut] + noise)
    with server.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(message())
        assert read_reply(stream)[0] == 200
