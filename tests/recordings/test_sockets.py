"""Recordings of a real server, over real connections."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.recordings.mpeg import frames
from tests.server_process import message, read_reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running

DOUBLE = "/recordings//1/1/2014/09/12/18/140912183554281005_0000.MP3"
SINGLE = "/recordings/1/1/2018/07/17/17/180717171728015031_1001_1500_1_2500_1728015.MP3"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """One server for the tests that leave it as it is."""
    with running("--recording-base", "self") as found:
        yield found


class Player:
    """A client with one connection, which sends paths as they are."""

    def __init__(self, server: Running) -> None:
        self.connection = http.client.HTTPConnection(*server.address, timeout=20)

    def ask(self, path: str, verb: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a request (``_`` in header names stands for a dash) and return status, headers and body."""
        self.connection.request(
            verb, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        with contextlib.closing(self.connection.getresponse()) as reply:
            return reply.status, reply.headers, reply.read()


@pytest.fixture
def player(server: Running) -> Iterator[Player]:
    found = Player(server)
    with contextlib.closing(found.connection):
        yield found


def test_a_printed_link_plays_without_a_redirect(server: Running) -> None:
    """The documented double slash is 200 for an ordinary client that follows nothing (SIM-17, AM-17, REC-09)."""
    reply = requests.get(server.ready["url"] + DOUBLE, allow_redirects=False, timeout=20)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "audio/mpeg")
    assert frames(reply.content)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.raw.headers.getlist("date") == [reply.headers["Date"]]


def test_the_same_call_gives_the_same_bytes(player: Player) -> None:
    """Twice, and from another process as well: nothing but the call decides (AM-17)."""
    first = player.ask(DOUBLE)[2]
    with running("--admin", "off", "--seed", "7") as other:
        found = Player(other)
        with contextlib.closing(found.connection):
            assert found.ask(DOUBLE)[2] == first == player.ask(DOUBLE)[2]


def test_parts_tags_and_head_leave_the_connection_in_order(player: Player) -> None:
    """206, 416, 304 and HEAD are framed so that the next reply on the connection is read right (SIM-17)."""
    _, headers, whole = player.ask(SINGLE)
    tag = headers["ETag"]

    status, part, body = player.ask(SINGLE, Range="bytes=100-199")
    assert (status, body) == (206, whole[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}"
    status, none, body = player.ask(SINGLE, Range="bytes=9999999-")
    assert (status, none["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert json.loads(body)["status"] == 416
    assert player.ask(SINGLE, If_None_Match=tag)[::2] == (304, b"")
    assert player.ask(SINGLE, Range="bytes=-1", If_Range=tag)[::2] == (206, whole[-1:])
    assert player.ask(SINGLE, Range="bytes=-1", If_Range='"x"')[::2] == (200, whole)
    status, head, body = player.ask(SINGLE, "HEAD")
    assert (status, head["Content-Length"], body) == (200, str(len(whole)), b"")
    assert player.ask(SINGLE)[2] == whole


def test_head_sends_no_byte_of_the_sound(server: Running) -> None:
    """What follows the head of the reply is the next reply."""
    with server.connect() as sock, contextlib.closing(sock.makefile("rb")) as stream:
        sock.sendall(message(b"", verb="HEAD", path=DOUBLE) + message(b"", verb="GET", path=DOUBLE))
        head, whole = read_reply(stream, "HEAD"), read_reply(stream)
    assert head[0] == whole[0] == 200
    assert head[1]["content-length"] == str(len(whole[2]))


@pytest.mark.parametrize(
    "path",
    [
        DOUBLE.replace("//", "/"),
        DOUBLE.replace("//", "/%2F"),
        "/recordings/../../../../etc/passwd",
        "/recordings//etc/passwd",
        "/recordings/%2e%2e/%2e%2e/etc/passwd",
        "/recordings/..%2f..%2fetc/passwd",
        SINGLE + "%00",
        SINGLE.replace("/1/1/", "/1/./1/"),
        SINGLE.replace("5031", "5032"),
        SINGLE.replace("5031", "5999"),
        "/sandboxes/nobody" + SINGLE,
    ],
)
def test_whatever_else_is_asked_for_is_not_there(player: Player, path: str) -> None:
    """Paths that are nearly right, lead out of the folder or into no sandbox are 404, as they were sent."""
    status, headers, body = player.ask(path)
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404


def test_a_recording_of_one_sandbox_is_not_found_in_another(server: Running, player: Player) -> None:
    """A state that is loaded into a sandbox gives links that work there alone (AM-17)."""
    admin = server.ready["admin"]
    own = requests.post(f"{admin}/sandboxes", json={}, timeout=20).json()
    key = own["key"]
    state: dict[str, Any] = requests.get(f"{admin}/sandboxes/{key}/state", timeout=20).json()
    new = SINGLE.replace("180717171728015031", "180717171728015777")
    for row in state["tables"]["recordings"]:
        row["url"] = row["url"].replace("180717171728015031", "180717171728015777")
        row["systemcallid"] = row["systemcallid"].replace("180717171728015031", "180717171728015777")
    loaded = requests.put(f"{admin}/sandboxes/{key}/state", json=state, timeout=20)
    assert loaded.status_code < 300, loaded.text

    assert player.ask(f"/sandboxes/{key}{new}")[0] == 200
    assert player.ask(new, X_Mock_Sandbox=key)[0] == 200
    assert player.ask(new)[0] == 404
    assert player.ask(f"/sandboxes/{key}{SINGLE}")[0] == 404
    assert requests.delete(f"{admin}/sandboxes/{key}", timeout=20).status_code == 204
    assert player.ask(f"/sandboxes/{key}{new}")[0] == 404
