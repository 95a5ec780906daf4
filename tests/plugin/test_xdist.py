"""pytest-xdist: one server for all workers, owned by the controller, and gone with it, however it goes."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from mockserver.client.server import NoServer, Server
from mockserver.plugin.rendezvous import Rendezvous, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

SECONDS: Final = 60.0

BOTH_WORKERS: Final = """
import json, pathlib, pytest

@pytest.mark.parametrize("number", range(8))
def test_who(jodo_server, jodo, worker_id, number):
    fields = {"media": "12", "updateparam": "mobilenumber", "data": [{"mobilenumber": "9876500001"}]}
    (told,) = jodo.call("ImportProcessData", **fields).body["statusdata"]
    assert (told["customercode"], told["calllistid"]) == (125, 796)
    seen = {"worker": worker_id, "url": jodo_server.url, "pid": jodo_server.pid}
    pathlib.Path(f"seen-{number}.json").write_text(json.dumps(seen))
"""

PHONING: Final = """
import os, socket

def test_it(jodo_server):
    with socket.create_connection(("127.0.0.1", int(os.environ["PHONE"]))) as phone:
        phone.sendall(jodo_server.url.encode() + b"\\n")
        phone.recv(1)
"""
"""A test that says where its server is and waits until the other side has heard enough."""


def test_all_workers_share_one_server(pytester: pytest.Pytester, run_apart: Any) -> None:
    """Whichever worker asks first: one URL, one process, and it ends with the run."""
    pytester.makepyfile(BOTH_WORKERS)
    run_apart("-n", "2", "--dist", "loadscope", "--dist", "load").assert_outcomes(passed=8)
    seen = [json.loads(path.read_text("utf-8")) for path in pytester.path.glob("seen-*.json")]
    assert {each["worker"] for each in seen} == {"gw0", "gw1"}
    assert len({(each["url"], each["pid"]) for each in seen}) == 1
    with pytest.raises(ConnectionError):
        connect(seen[0]["url"])


def test_nothing_is_started_when_a_server_runs(pytester: pytest.Pytester, server: Server, run: Any) -> None:
    """JODO_MOCK_URL is for all workers."""
    pytester.makepyfile(BOTH_WORKERS)
    run("-n", "2").assert_outcomes(passed=8)
    seen = [json.loads(path.read_text("utf-8")) for path in pytester.path.glob("seen-*.json")]
    assert {(each["url"], each["pid"]) for each in seen} == {(server.url, None)}


def test_a_server_that_does_not_start_is_told_by_the_workers(pytester: pytest.Pytester, run: Any) -> None:
    """The controller's words reach the test."""
    pytester.makepyfile("def test_it(jodo): pass")
    result = run("-n", "1", "--jodo-server-options=--sed 4")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*did not start: *No such option*"])


def connect(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "xdist"])
@pytest.mark.parametrize("end", ["finishes", "is killed"])
def test_no_server_outlives_the_run(
    pytester: pytest.Pytester, environment: pytest.MonkeyPatch, options: tuple[str, ...], end: str
) -> None:
    """A connection to the server ends soon after pytest does, also when pytest is killed."""
    pytester.makepyfile(PHONING)
    with socket.create_server(("127.0.0.1", 0)) as exchange:
        exchange.settimeout(SECONDS)
        environment.setenv("PHONE", str(exchange.getsockname()[1]))
        command = [sys.executable, "-m", "pytest", "-p", "mockserver.pytest_plugin", *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            phone = exchange.accept()[0]
            with phone, phone.makefile("rb") as heard, connect(heard.readline().decode().strip()) as line:
                if end == "finishes":
                    phone.sendall(b".")
                    assert process.wait(SECONDS) == 0
                else:
                    process.kill()
                with contextlib.suppress(ConnectionError):
                    assert line.recv(1) == b""


@pytest.fixture
def rendezvous() -> Iterator[Rendezvous]:
    """A controller whose server is made up."""
    found = Rendezvous(lambda: Server("http://127.0.0.1:9", "token", 7))
    yield found
    found.close()


def test_who_knows_the_secret_is_told(rendezvous: Rendezvous) -> None:
    """URL, token and process, as often as it is asked."""
    told = [ask(rendezvous.address) for _ in range(2)]
    assert told == [Server("http://127.0.0.1:9", "token", 7)] * 2


@pytest.mark.parametrize("said", [b"wrong\n", b"\n", b""])
def test_a_stranger_is_told_nothing(rendezvous: Rendezvous, said: bytes) -> None:
    """Whoever finds the port on this machine does not learn the token; others are still served."""
    port = int(rendezvous.address.split()[0])
    with socket.create_connection(("127.0.0.1", port), SECONDS) as stranger:
        stranger.sendall(said)
        stranger.shutdown(socket.SHUT_WR)
        assert stranger.recv(1000) == b""
    with pytest.raises(NoServer, match="hung up"):
        ask(f"{port} wrong")
    assert ask(rendezvous.address).token == "token"


def test_a_controller_that_is_gone_is_told(rendezvous: Rendezvous) -> None:
    """A worker left behind does not wait for ever."""
    address = rendezvous.address
    rendezvous.close()
    with pytest.raises(NoServer, match="does not tell where the server is"):
        ask(address)
