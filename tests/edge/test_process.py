"""The server as a process: how it starts, what it says, its certificate, how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
import urllib3

from mockserver.edge import server, tls
from mockserver.errors import InvalidSetting
from mockserver.settings import ENDPOINT
from tests.server_process import (
    COMMAND,
    MODULE,
    clean_environment,
    end,
    finished,
    message,
    read_reply,
    running,
    spawn,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_port_that_is_taken() -> None:
    """A second server on a port ends with one line and exit code 2, before loading anything."""
    with running("--admin", "off") as first:
        code, out, err = finished("serve", "--port", str(first.address[1]))
    assert (code, out) == (2, "")
    assert err == (
        f"jodo-mock: port {first.address[1]} of 127.0.0.1 is taken; "
        "choose another with --port, or --port 0 for a free one\n"
    )


def test_the_first_answer_needs_no_flask() -> None:
    """A process that has answered the API and both health routes has not imported Flask."""
    code = (
        "import asyncio, sys\n"
        "from mockserver.edge import server\n"
        "from mockserver.edge.asgi import Edge\n"
        "from mockserver.settings import ENDPOINT, Settings\n"
        "from tests.fake_service import FakeService\n"
        "sent = []\n"
        "async def send(event): sent.append(event.get('status'))\n"
        "scope = {'method': 'GET', 'query_string': b'', 'headers': [], 'server': ('h', 80)}\n"
        "edge = Edge(FakeService(Settings()))\n"
        "for path in (ENDPOINT, '/livez', '/readyz'): asyncio.run(edge({**scope, 'path': path}, None, send))\n"
        "assert sent == [200, None] * 3, sent\n"
        "heavy = {'flask', 'requests', 'werkzeug', 'cryptography', 'h11'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, env=clean_environment(), timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_ready_line_and_banner() -> None:
    """Stdout holds exactly one JSON line; the banner on stderr has what a person needs to begin."""
    with running("--seed", "42", "--preset", "demo") as found:
        code, out, err = found.stop()
    assert (code, out) == (0, "")
    url = found.ready["url"]
    assert found.ready == {
        "event": "ready",
        "url": url,
        "endpoint": url + ENDPOINT,
        "admin": url + "/__admin",
    }
    for part in (url, "test_org", "MUMBAI_CRM_OBD", "seed 42", "preset demo", "1.0.6", "curl "):
        assert part in err
    assert "Traceback" not in err


def test_no_admin_in_the_ready_line_when_it_is_off() -> None:
    """With the admin API off the ready line does not name it, and its routes are 404."""
    with running("--admin", "off") as found:
        assert "admin" not in found.ready
        assert requests.get(found.ready["url"] + "/__admin", timeout=20).status_code == 404


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console are another matter there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_well(number: signal.Signals) -> None:
    """SIGTERM and SIGINT give exit code 0 at once, whatever idle, half-sent or paused clients there are."""
    with running() as found:
        idle, half = found.connect(), found.connect()
        with idle, half, idle.makefile("rb") as stream:
            half.sendall(message()[:-5])
            idle.sendall(message())
            assert read_reply(stream)[0] == 200
            found.process.send_signal(number)
            assert found.process.wait(5) == 0
        assert "Traceback" not in found.stop()[2]


@pytest.mark.skipif(sys.platform == "win32", reason="needs /dev/full's sort of file descriptors")
def test_a_closed_stdout_does_not_stop_it() -> None:
    """Nobody has to read the ready line: with a broken pipe the server serves on and ends well."""
    port = server.bind("127.0.0.1", 0)
    number = port.getsockname()[1]
    port.close()
    process = spawn("serve", "--port", str(number))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    while "curl" not in process.stderr.readline():
        assert process.poll() is None
    with socket.create_connection(("127.0.0.1", number), timeout=20) as sock, sock.makefile("rb") as stream:
        sock.sendall(message())
        assert read_reply(stream)[0] == 200
    process.terminate()
    assert process.wait(10) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_self_signed_tls() -> None:
    """--tls self-signed serves https; ready accepts its certificate (TRN-13)."""
    pytest.importorskip("cryptography")
    with running("--tls", "self-signed") as found:
        assert found.ready["url"].startswith("https://127.0.0.1:")
        with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
            reply = requests.post(found.ready["endpoint"], data=COMMAND, verify=False, timeout=20)
        assert reply.status_code == 200
        assert finished("ready", "--url", found.ready["url"])[0] == 0


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    """Given files are served and their names verify: localhost, 127.0.0.1, ::1 and the host."""
    pytest.importorskip("cryptography")
    both = tmp_path / "both.pem"
    both.write_bytes(tls._self_signed("jodo.test"))
    with running("--tls", f"{both},{both}") as found:
        reply = requests.post(found.ready["endpoint"], data=COMMAND, verify=str(both), timeout=20)
        assert reply.status_code == 200


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    """Files that hold no certificate are refused in one sentence."""
    file = tmp_path / "no.pem"
    file.write_text("not a certificate")
    with pytest.raises(InvalidSetting, match="cannot use the certificate"):
        tls.context(f"{file},{file}", "h")


def test_self_signed_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(InvalidSetting, match=r"'\.\[tls\]'"):
        tls.context("self-signed", "127.0.0.1")


def test_a_page_still_at_work_does_not_keep_the_process() -> None:
    """A page's thread that waits for something is left behind at the end, with the exit code intact."""
    code = (
        "import threading\n"
        "from mockserver.edge.asgi import WORKER_NAME\n"
        "from mockserver.edge.server import leave\n"
        "threading.Thread(target=threading.Event().wait, name=WORKER_NAME + '_0').start()\n"
        "print('flushed'); leave(0); print('never')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, env=clean_environment(), timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "flushed\n")


def test_declined_upgrades_are_not_logged() -> None:
    """A client that offers HTTP/2 each time leaves no warnings behind."""
    offer = "Connection: Upgrade\r\nUpgrade: h2c\r\n"
    with running() as found:
        with found.connect() as sock, sock.makefile("rb") as stream:
            sock.sendall(message(head=offer))
            assert read_reply(stream)[0] == 200
        assert "pgrade" not in found.stop()[2]


def test_urls_for_people() -> None:
    """A wildcard address is shown as loopback and IPv6 in brackets; never localhost."""
    with server.bind("0.0.0.0", 0) as sock:
        assert server.base_url(sock, tls=False) == f"http://127.0.0.1:{sock.getsockname()[1]}"


def test_a_bound_port_is_exclusive_at_once() -> None:
    """Two servers cannot share a port even before either has begun to serve."""
    with server.bind("127.0.0.1", 0) as sock, pytest.raises(InvalidSetting, match="is taken"):
        server.bind("127.0.0.1", sock.getsockname()[1])


def test_windows_binds_exclusively(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is SO_EXCLUSIVEADDRUSE it is set, and SO_REUSEADDR is not."""
    asked: list[int] = []
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket.socket, "setsockopt", lambda _, level, option, value: asked.append(option))
    server.bind("127.0.0.1", 0).close()
    assert asked == [-5]


def test_the_ready_line_is_json_even_for_machines_that_read_late() -> None:
    """The line is flushed by itself: it is there while the server runs."""
    process = spawn("serve", "--port", "0", module=MODULE)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["event"] == "ready"
    assert process.poll() is None
    end(process)
    process.communicate(timeout=20)
