"""The server a client starts: one for a process, and gone with it, however the process ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from mockserver import Sandbox
from mockserver.client.server import NoServer, OwnServer, find_server
from tests.server_process import clean_environment

if TYPE_CHECKING:
    from mockserver.client import Server

SECONDS: Final = 40.0
ROOT: Final = Path(__file__).resolve().parents[2]

HOLDER: Final = """
import sys
from mockserver import Sandbox
with Sandbox() as jodo:
    print(jodo.server.url, jodo.server.pid, flush=True)
    sys.stdin.readline()
"""
"""A program that uses a sandbox until it is told something."""


def connected(url: str) -> socket.socket:
    """Return a connection to a server; reading from it ends when the server does."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)


def wait_for_the_end(connection: socket.socket) -> None:
    """Wait until the other side is gone; TimeoutError when it stays."""
    with connection:
        try:
            assert connection.recv(1) == b""
        except ConnectionError:
            return


@pytest.fixture
def holder() -> subprocess.Popen[str]:
    """A program that has started a server."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )


@pytest.mark.parametrize("end", ["of its own", "killed"])
def test_the_server_ends_with_the_process(holder: subprocess.Popen[str], end: str) -> None:
    """Whether the program comes to its end or is killed, its server does not outlive it."""
    with holder:
        assert holder.stdout is not None
        connection = connected(holder.stdout.readline().split()[0])
        if end == "killed":
            holder.kill()
        else:
            assert holder.stdin is not None
            holder.stdin.write("go\n")
            holder.stdin.close()
        wait_for_the_end(connection)


def test_a_process_has_one_server(server: Server) -> None:
    """Whoever asks gets the same, also when many ask at once; and it is a process of its own."""
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: find_server(), range(32)))
    assert found == {server}
    assert server.pid not in (None, os.getpid())


def test_an_own_server_starts_when_it_is_asked_for_and_ends_when_told() -> None:
    """Twice in a row, since ending is not the end of it; many threads start one only."""
    own = OwnServer(["--seed", "3"])
    assert own.started is None
    for _ in range(2):
        with ThreadPoolExecutor(4) as pool:
            (server,) = set(pool.map(lambda _: own.server(), range(4)))
        assert own.started == server
        connection = connected(server.url)
        with Sandbox(server.url) as jodo:
            assert jodo.admin("GET", "")["seed"] == 3
        own.end()
        assert own.started is None
        wait_for_the_end(connection)
    own.end()


def test_a_server_that_died_is_replaced() -> None:
    """Whoever asks next gets one that lives."""
    own = OwnServer()
    try:
        first = own.server()
        assert first.pid is not None
        connection = connected(first.url)
        os.kill(first.pid, signal.SIGTERM)
        wait_for_the_end(connection)
        assert own._process is not None
        own._process.wait(SECONDS)
        assert own.server() != first
    finally:
        own.end()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_process_leaves_the_server_alone() -> None:
    """What runs at the exit of a child is not the parent's end."""
    own = OwnServer()
    try:
        server = own.server()
        child = os.fork()
        if child == 0:
            own.end()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        with Sandbox(server.url) as jodo:
            assert jodo.key
    finally:
        own.end()


def test_a_server_that_does_not_start_says_why() -> None:
    """The command's own words are passed on."""
    with pytest.raises(NoServer, match=r"serve --port 0 .*--sed.* did not start: .*No such option"):
        OwnServer(["--sed", "3"]).server()


def test_an_off_loopback_server_tells_its_token() -> None:
    """A server that asks for a token hands it to the one who started it."""
    own = OwnServer(["--host", "0.0.0.0"])
    try:
        server = own.server()
        assert server.token
        with Sandbox(server.url, token=server.token) as jodo:
            assert jodo.call("getActiveUserList").http_status == 200
    finally:
        own.end()


def test_the_child_imports_nothing_from_where_it_starts(tmp_path: Path) -> None:
    """A project's own json.py, or folder mockserver, is not taken for what the server needs."""
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')", encoding="utf-8")
    (tmp_path / "mockserver").mkdir()
    (tmp_path / "mockserver" / "__init__.py").write_text("raise SystemExit('no')", encoding="utf-8")
    own = OwnServer(folder=tmp_path)
    try:
        assert own.server().url
    finally:
        own.end()


def test_the_keeper_ends_without_standard_input() -> None:
    """A closed input ends it kindly, with exit code 0."""
    done = subprocess.run(
        [sys.executable, "-m", "mockserver.keeper", "serve", "--port", "0"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env=clean_environment(),
        cwd=ROOT,
    )
    # The end may come before the handlers of the command line: then it is the signal's own.
    assert done.returncode in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("module", "strangers"),
    [
        ("mockserver", {"requests", "flask", "mockserver.client", "mockserver.service", "pytest"}),
        ("mockserver.pytest_plugin", {"requests", "flask", "mockserver.client", "mockserver.service", "json.tool"}),
        ("mockserver.client", {"flask", "uvicorn", "click", "jsonschema", "ruamel.yaml", "mockserver.service", "pytest"}),
    ],
)  # fmt: skip
def test_importing_stays_quick(module: str, strangers: set[str]) -> None:
    """The package, the plugin and the client bring no more along than they need."""
    code = f"import sys, {module}; print(*sorted(set({sorted(strangers)!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
        env=clean_environment(),
    )
    assert done.stdout.split() == []


def test_the_package_has_no_other_lazy_names() -> None:
    """A misspelt name is an AttributeError as ever."""
    import mockserver

    with pytest.raises(AttributeError, match="Sandbx"):
        mockserver.Sandbx  # type: ignore[attr-defined]  # noqa: B018
