"""What goes on around faults, over real sockets: waits, other connections, the end of the server, TLS."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.edge.faulty import ask, ending, faulty, headers, heard, raw, told, until, waiting
from tests.server_process import message, read_reply

if TYPE_CHECKING:
    from tests.server_process import Running


def test_waits_add_up_and_precede_what_else_happens(harmful: Running) -> None:
    """Two waits and a wire fault: the waits come first, one after the other."""
    started = time.monotonic()
    wait = ("latency", {"fixed": 0.1})
    assert heard(harmful, raw(wait, "empty_reply", wait)) == b""
    assert time.monotonic() - started >= 0.19


def test_a_late_reply_is_the_reply(harmful: Running) -> None:
    """What comes after a wait is the whole reply, on a connection that goes on."""
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        for number in range(2):
            sock.sendall(raw(("latency", {"fixed": 0.05}), name=f"late-{number}"))
            status, _, body = read_reply(stream)
            assert (status, json.loads(body)["name"]) == (200, f"late-{number}")
    assert ending(harmful, "late-1") == "sent"


def test_a_pause_before_the_effect(harmful: Running) -> None:
    """The service is asked again after its pause, however often it pauses, and then answers."""
    started = time.monotonic()
    with ask(harmful, name="paused", pause=0.1) as reply:
        assert json.loads(reply.read())["name"] == "paused"
    assert time.monotonic() - started >= 0.09
    assert "paused" in told(harmful)["resumed"]


def test_who_leaves_during_a_pause_takes_the_command_along(harmful: Running) -> None:
    """A command whose client goes away before it takes effect never does; the other way round it has."""
    with harmful.connect() as sock:
        sock.sendall(raw(name="left-before", pause=0.3))
    with harmful.connect() as sock:
        sock.sendall(raw(("latency", {"fixed": 0.3}), name="left-after"))
        until(harmful, lambda found: "left-after" in found["resumed"])
    assert ending(harmful, "left-after") == "client gone while waiting"
    with ask(harmful, name="later", pause=0.5) as reply:
        reply.read()
    assert "left-before" not in told(harmful)["resumed"]


def test_pipelined_requests_wait_for_their_turn(harmful: Running) -> None:
    """Behind a late and a dripping reply the next ones are answered in order; behind a reset nothing comes."""
    first, second = raw(("latency", {"fixed": 0.1}), name="1"), raw(("slow_body", {"seconds": 0.1}), name="2")
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(first + second + raw(name="3") + raw("empty_reply", name="4") + raw(name="never"))
        assert [json.loads(read_reply(stream)[2])["name"] for _ in range(3)] == ["1", "2", "3"]
        assert stream.read() == b""
    assert ending(harmful, "4") == "closed without a byte"
    assert "never" not in told(harmful)["resumed"]


def test_other_connections_live_on(harmful: Running) -> None:
    """Whatever happens to others, a kept connection is answered on and on."""
    harm = ["connection_reset", "empty_reply", "truncated_body", "random_data_then_close", "malformed_chunk"]
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        for fault in harm:
            with contextlib.suppress(ConnectionResetError):
                heard(harmful, raw(fault))
            sock.sendall(message())
            assert read_reply(stream)[0] == 200


def test_hundreds_of_waiting_replies_hold_no_thread_and_nobody_up(harmful: Running) -> None:
    """With 200 replies hanging and 200 late, others are answered and there is not a thread more."""
    before = told(harmful)["threads"]
    late = raw(("latency", {"fixed": 600}), name="crowd")
    with waiting(harmful, raw("hang", name="crowd"), 200), waiting(harmful, late, 200):
        found = until(harmful, lambda found: found["resumed"].count("crowd") == 400)
        assert found["threads"] <= before
        with harmful.connect() as sock, sock.makefile("rb") as stream:
            for _ in range(20):
                sock.sendall(message())
                assert read_reply(stream)[0] == 200


def test_the_end_does_not_wait_for_those_who_wait() -> None:
    """Told to stop, a server with hanging, dripping, late and paused replies drops them, and says nothing."""
    kinds = [
        raw("hang"),
        raw(("slow_body", {"seconds": 600})),
        raw(("latency", {"fixed": 600})),
        raw(pause=600),
    ]
    with faulty() as server, contextlib.ExitStack() as stack:
        for request in kinds:
            stack.enter_context(waiting(server, request, 5))
        until(server, lambda found: len(found["resumed"]) == 15)
        started = time.monotonic()
        code, out, err = server.stop()
        assert time.monotonic() - started < 2
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert "ASGI" not in err


def test_faults_make_no_noise() -> None:
    """After every fault there is, asked for once and cut off once, stderr holds the banner alone."""
    from mockserver.faults.registry import fault_kinds

    with faulty() as quiet:
        banner = quiet.stop()[2]
    with faulty() as server:
        for name in fault_kinds():
            for verb in ("POST", "HEAD"):
                with server.connect() as sock:
                    sock.settimeout(0.05)
                    sock.sendall(raw(name, verb=verb))
                    with contextlib.suppress(OSError):
                        while sock.recv(65536):
                            pass
        code, _, err = server.stop()
    assert code == 0
    assert len(err.splitlines()) == len(banner.splitlines())


@pytest.fixture(scope="module")
def secure() -> Any:
    pytest.importorskip("cryptography")
    with faulty("--tls", "self-signed") as found:
        yield found


def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _secured(server: Running) -> ssl.SSLSocket:
    # An end that TLS did not announce is an error here.
    return _trusting().wrap_socket(server.connect(), suppress_ragged_eofs=False)


def test_a_reset_under_tls(secure: Running) -> None:
    """The connection below is reset: ECONNRESET, no farewell of TLS."""
    # The socket is read beside TLS, since Python's takes a reset for an end.
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = _trusting().wrap_bio(coming, going)
    with secure.connect() as sock:
        shaken = False
        while not shaken:
            try:
                tls.do_handshake()
                shaken = True
            except ssl.SSLWantReadError:
                sock.sendall(going.read())
                coming.write(sock.recv(65536))
        tls.write(raw("connection_reset"))
        sock.sendall(going.read())
        with pytest.raises(ConnectionResetError):
            all(iter(lambda: sock.recv(65536), b""))


def test_an_end_under_tls_is_one_in_order(secure: Running) -> None:
    """An empty reply ends TLS as it should be ended, a truncated one too, and a dripped one is whole."""
    for fault, found in (("empty_reply", 0), (("limit_data", {"bytes": 30}), 30)):
        with _secured(secure) as sock:
            sock.sendall(raw(fault))
            assert len(b"".join(iter(lambda: sock.recv(65536), b""))) == found
    with _secured(secure) as sock, sock.makefile("rb") as stream:
        for _ in range(2):
            sock.sendall(raw(("slow_body", {"seconds": 0.05}), size=100_000))
            assert len(json.loads(read_reply(stream)[2])["filler"]) == 100_000


def test_what_is_not_the_api_comes_to_no_harm(harmful: Running) -> None:
    """Faults never touch what is not the API: a health route takes no notice of them."""
    client = http.client.HTTPConnection(*harmful.address, timeout=20)
    client.request("GET", "/livez", headers=headers("connection_reset"))
    assert client.getresponse().status == 200
    client.close()
