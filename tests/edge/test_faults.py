"""Faults over real sockets, byte by byte: what each is on the wire, and what it leaves alone."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.edge.faulty import ask, ending, headers, heard, raw, told
from tests.server_process import message, read_reply

if TYPE_CHECKING:
    from tests.server_process import Running


@pytest.mark.parametrize("fault", ["connection_reset", ("applied_then_lost", {"how": "reset"})])
def test_a_reset_is_a_reset(harmful: Running, fault: Any) -> None:
    """The client's read fails with ECONNRESET, without a byte."""
    with harmful.connect() as sock:
        sock.sendall(raw(fault, name=f"reset-{fault}"))
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    assert ending(harmful, f"reset-{fault}") == "reset"


@pytest.mark.parametrize(
    "fault", ["empty_reply", "applied_then_lost", "lost_before_applied", ("hang", {"seconds": 0.01})]
)
def test_an_empty_reply_is_the_end_and_nothing_else(harmful: Running, fault: Any) -> None:
    """The connection ends in order and not a byte came."""
    assert heard(harmful, raw(fault, name=f"empty-{fault}")) == b""
    assert ending(harmful, f"empty-{fault}") == "closed without a byte"


def test_a_reset_after_a_time(harmful: Running) -> None:
    """The reset comes when it is to come."""
    started = time.monotonic()
    with harmful.connect() as sock:
        sock.sendall(raw(("reset_peer", {"timeout": 150})))
        with pytest.raises(ConnectionResetError):
            sock.recv(1)
    assert time.monotonic() - started >= 0.14


def test_a_truncated_body(harmful: Running) -> None:
    """The head promises more than comes: http.client reads it incompletely."""
    with ask(harmful, ("truncated_body", {"bytes": 7})) as reply:
        with pytest.raises(http.client.IncompleteRead) as caught:
            reply.read()
        assert caught.value.partial == b'{"name"'
        assert caught.value.expected == int(reply.headers["Content-Length"]) - 7


def test_a_truncated_body_that_is_reset(harmful: Running) -> None:
    """What was let through may arrive, then the connection is reset and does not end in order."""
    with pytest.raises(ConnectionResetError):
        heard(harmful, raw(("truncated_body", {"bytes": 7, "how": "reset"})))


def test_a_limit_of_data_counts_the_head(harmful: Running) -> None:
    """Toxiproxy's limit_data ends the connection after so many bytes of the whole reply."""
    assert len(heard(harmful, raw(("limit_data", {"bytes": 40})))) == 40
    assert heard(harmful, raw(("limit_data", {"bytes": 0}))) == b""


def test_a_limit_that_is_not_reached_does_no_harm(harmful: Running) -> None:
    """The reply is whole and the connection goes on."""
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        for _ in range(2):
            sock.sendall(raw(("truncated_body", {"bytes": 100_000})))
            assert json.loads(read_reply(stream)[2])["status"] == 17


def test_noise_is_no_http(harmful: Running) -> None:
    """So many bytes that are no status line, the same for the same seed, then the end."""
    found = [heard(harmful, raw(("RANDOM_DATA_THEN_CLOSE", {"bytes": 5000}))) for _ in range(2)]
    assert (len(found[0]), found[0]) == (5000, found[1])
    assert not found[0].startswith(b"HTTP/")
    with pytest.raises(http.client.BadStatusLine), ask(harmful, "random_data_then_close"):
        pass


def test_a_malformed_chunk(harmful: Running) -> None:
    """A good head and a good chunk come first, then a chunk without a size."""
    with ask(harmful, "malformed_chunk") as reply:
        assert (reply.status, reply.headers["Transfer-Encoding"]) == (200, "chunked")
        assert reply.headers["Content-Length"] is None
        with pytest.raises(http.client.IncompleteRead):
            reply.read()


def test_a_dripping_body_takes_its_time(harmful: Running) -> None:
    """The head is there at once, the body is whole after the time that was said, and the connection goes on."""
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        started = time.monotonic()
        sock.sendall(raw(("slow_body", {"seconds": 0.5}), size=1000))
        assert stream.readline().startswith(b"HTTP/1.1 200")
        head = time.monotonic() - started
        lines = [line.strip() for line in iter(stream.readline, b"\r\n")]
        (length,) = (int(line.split()[1]) for line in lines if line.startswith(b"content-length"))
        assert len(json.loads(stream.read(length))["filler"]) == 1000
        taken = time.monotonic() - started
        assert head < taken
        assert taken >= 0.45
        sock.sendall(message())
        assert read_reply(stream)[0] == 200


def test_pieces_of_a_size(harmful: Running) -> None:
    """Toxiproxy's slicer: pieces around a size with a pause before each, and nothing is lost."""
    fault = ("slicer", {"average_size": 100, "size_variation": 50, "delay": 1000})
    with ask(harmful, fault, size=2000) as reply:
        body = reply.read()
    assert len(json.loads(body)["filler"]) == 2000


def test_a_narrow_line(harmful: Running) -> None:
    """Two kilobytes at ten kilobytes a second take a fifth of a second, and are whole."""
    started = time.monotonic()
    with ask(harmful, ("bandwidth", {"rate": 10}), size=2000) as reply:
        body = reply.read()
    assert len(json.loads(body)["filler"]) == 2000
    assert time.monotonic() - started >= 0.19


def test_a_slow_close(harmful: Running) -> None:
    """The whole body is there without a length; its end comes late."""
    started = time.monotonic()
    found = heard(harmful, raw(("slow_close", {"delay": 200})))
    assert time.monotonic() - started >= 0.19
    head, _, body = found.partition(b"\r\n\r\n")
    assert json.loads(body)["status"] == 17
    assert b"connection: close" in head
    assert b"content-length" not in head


def test_a_hang_is_silence(harmful: Running) -> None:
    """Nothing comes and nothing ends; the server notices that the client has given up."""
    with harmful.connect() as sock:
        sock.settimeout(0.2)
        sock.sendall(raw("hang", name="hanging"))
        with pytest.raises(TimeoutError):
            sock.recv(1)
    assert ending(harmful, "hanging") == "client gone while waiting for a reply"


@pytest.mark.parametrize(
    "fault", [("slow_body", {"seconds": 0.1}), ("bandwidth", {"rate": 100}), ("latency", {"fixed": 0.01})]
)
def test_head_has_no_body_behind_a_fault_either(harmful: Running, fault: Any) -> None:
    """A reply to HEAD has the length and no body, and the connection goes on (TRN-35)."""
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        for _ in range(2):
            sock.sendall(raw(fault, verb="HEAD"))
            status, found, _ = read_reply(stream, "HEAD")
            assert (status, int(found["content-length"]) > 0) == (200, True)


@pytest.mark.parametrize("fault", ["truncated_body", "malformed_chunk", ("slow_close", {"seconds": 0.01})])
def test_head_and_an_end(harmful: Running, fault: Any) -> None:
    """To HEAD these faults send a head and close."""
    found = heard(harmful, raw(fault, verb="HEAD"))
    assert found.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found.endswith(b"\r\n\r\n")


def test_http_1_0_and_close_are_kept_to(harmful: Running) -> None:
    """A client that wants no further reply gets the end of the connection after a dripped one too."""
    fault = headers(("slow_body", {"seconds": 0.05}))
    lines = "".join(f"{key}: {value}\r\n" for key, value in fault.items())
    for request in (
        message(b"{}", version="1.0", head=lines),
        message(b"{}", head=lines + "Connection: close\r\n"),
    ):
        found = heard(harmful, request)
        assert b"connection: close" in found
        assert found.endswith(b"}")


def test_headers_twice_reach_the_client(harmful: Running) -> None:
    """A header stands in the reply twice, its length too."""
    twice = ("duplicate_reply_headers", {"headers": ["Content-Type", "Content-Length"]})
    with ask(harmful, twice) as reply:
        assert len(reply.headers.get_all("Content-Type", [])) == 2
        lengths = reply.headers.get_all("Content-Length", [])
        assert (len(lengths), len(set(lengths))) == (2, 1)
        assert json.loads(reply.read())["status"] == 17


def test_a_slow_reader_does_not_fill_the_memory(harmful: Running) -> None:
    """A client that does not read holds its own reply up and nobody else's; in the end it has all of it."""
    size = 4_000_000
    with harmful.connect() as sock, sock.makefile("rb") as stream:
        sock.sendall(raw(("slow_body", {"pause": 0, "size": 50_000}), size=size))
        assert told(harmful)["threads"]
        assert len(json.loads(read_reply(stream)[2])["filler"]) == size


def test_a_client_that_leaves_within_a_reply_is_noticed(harmful: Running) -> None:
    """Dripping stops with the client."""
    with harmful.connect() as sock:
        sock.sendall(raw(("slow_body", {"seconds": 600}), name="dripping"))
        assert sock.recv(20).startswith(b"HTTP/1.1 200")
    assert ending(harmful, "dripping") == "client gone within the reply"
