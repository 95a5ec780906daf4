"""The command line: exit codes, messages of one line, precedence of settings, clean ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from mockserver import __version__, cli
from mockserver.edge import server, tls
from mockserver.errors import InvalidSetting, Problem
from mockserver.settings import ENDPOINT, Settings
from tests.server_process import (
    COMMAND,
    MODULE,
    clean_environment,
    finished,
    message,
    read_reply,
    running,
    spawn,
)


class Stop(Exception):
    """Ends serve once its settings are known."""


def settings_from(*arguments: str) -> Settings:
    """Return the settings that serve would run with."""
    caught: list[Settings] = []

    def factory(settings: Settings) -> Any:
        caught.append(settings)
        raise Stop

    with pytest.raises(Stop):
        cli.main(["serve", "--port", "0", *arguments], factory)
    return caught[0]


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("JODO_MOCK_"):
            monkeypatch.delenv(name)


def one_line(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must end with exit code 2 and one line on stderr, and return the line."""
    assert cli.main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("jodo-mock: ")
    assert err.count("\n") == 1
    return err


def test_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Command line beats environment beats config file beats default."""
    file = tmp_path / "jodo.toml"
    file.write_text("seed = 1\njournal = 1\ncustomers = 1\npreset = 'demo'\n[quirk]\na = '1'\n")
    monkeypatch.setenv("JODO_MOCK_CONFIG", str(file))
    monkeypatch.setenv("JODO_MOCK_SEED", "2")
    monkeypatch.setenv("JODO_MOCK_JOURNAL", "2")
    monkeypatch.setenv("JODO_MOCK_EDITION_MAP", "8081=web, jodo.test=1.0.6")
    found = settings_from("--seed", "3")
    assert (found.seed, found.journal, found.customers, found.preset) == (3, 2, 1, "demo")
    assert (dict(found.quirks), found.config) == ({"a": "1"}, str(file))
    assert found.edition_map["8081"] == "web"
    assert found.edition == Settings().edition


def test_nothing_given_is_the_defaults() -> None:
    """Without options the settings are those of Settings()."""
    assert settings_from() == Settings(port=0)


def test_options_that_repeat() -> None:
    """A repeatable option gathers its values."""
    found = settings_from("--quirk", "a=b", "--quirk", "c=d=e", "--edition-map", "9443=1.0.6")
    assert dict(found.quirks) == {"a": "b", "c": "d=e"}
    assert found.edition_map["9443"] == "1.0.6"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serve", "--prot", "1"], "--port"),
        (["serve", "--port", "x"], "whole number"),
        (["serve", "--at", "2026-02-30 00:00:00"], "YYYY-MM-DD hh:mm:ss"),
        (["serve", "--config", "no-such.toml"], "no-such.toml"),
        (["serve", "--host", "no-such-host.invalid"], "no such host: no-such-host.invalid"),
        (["serve", "--host", "192.0.2.1"], "no address of this machine"),
        (["serve", "--tls", "no-cert.pem,no-key.pem"], "no-cert.pem"),
        (["serve", "extra"], "extra"),
        (["srve"], "srve"),
        (["check", "no-such.json"], "no-such.json"),
        (["ready", "--url", "ftp://x"], "http://127.0.0.1:8080"),
        (["ready", "--url", "http://[x"], "http://127.0.0.1:8080"),
    ],
)
def test_usage_errors_are_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """What cannot be used is one clear line on stderr and exit code 2."""
    assert says in one_line(capsys, *arguments)


def test_errors_of_the_start_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What the service refuses at its start is shown the same way."""

    def factory(_: Settings) -> Any:
        raise InvalidSetting("the seed\ncannot be used")

    assert cli.main(["serve", "--port", "0"], factory) == 2
    assert capsys.readouterr().err == "jodo-mock: the seed cannot be used\n"


def test_a_port_that_is_taken() -> None:
    """A second server on a port ends with one line and exit code 2, before loading anything."""
    with running("--admin", "off") as first:
        code, out, err = finished("serve", "--port", str(first.address[1]))
    assert (code, out) == (2, "")
    assert err == (
        f"jodo-mock: port {first.address[1]} of 127.0.0.1 is taken; "
        "choose another with --port, or --port 0 for a free one\n"
    )


def test_version_and_help_are_quick() -> None:
    """--version and --help import neither server nor Flask."""
    code = (
        "import sys; from mockserver.cli import main\n"
        "assert [main([a]) for a in ('--version', '--help')] == [0, 0]; assert main(['serve', '--help']) == 0\n"
        "heavy = {'asyncio', 'uvicorn', 'flask', 'ssl', 'jsonschema', 'faker', 'http.client'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, env=clean_environment(), timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"jodo-mock {__version__}\n")
    assert "JODO_MOCK_MAX_BODY" in done.stdout


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


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console are another matter there")
def test_a_signal_during_the_start_ends_it_well() -> None:
    """SIGTERM before the server is ready gives exit code 0 too."""

    def factory(_: Settings) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal should have ended the start")

    assert cli.main(["serve", "--port", "0"], factory) == 0


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
    with pytest.raises(InvalidSetting, match=r"jodo-mockserver\[tls\]"):
        tls.context("self-signed", "127.0.0.1")


def test_ready_asks_the_server(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """ready exits 0 by options, by environment and by URL, and 1 once nothing answers."""
    with running() as found:
        host, port = found.address
        monkeypatch.setenv("JODO_MOCK_PORT", str(port))
        monkeypatch.setenv("JODO_MOCK_HOST", "0.0.0.0")
        assert cli.main(["ready"]) == 0
        monkeypatch.delenv("JODO_MOCK_PORT")
        assert cli.main(["ready", "--host", host, "--port", str(port)]) == 0
        assert cli.main(["ready", "--url", found.ready["url"] + "/"]) == 0
    assert cli.main(["ready", "--url", found.ready["url"]]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_check_prints_each_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """check exits 1 with a line for each finding, else 0 with the summary."""
    asked: list[list[Path]] = []
    findings = [Problem("a.json", "/x", "is wrong", line=3), Problem("b.json", "", "is odd")]

    def check_all(paths: list[Path]) -> tuple[list[Problem], str]:
        asked.append(paths)
        return (findings if paths else []), "10 methods are well"

    module = types.ModuleType("mockserver.contract.catalogue")
    monkeypatch.setattr(module, "check_all", check_all, raising=False)
    monkeypatch.setitem(sys.modules, "mockserver.contract.catalogue", module)
    assert cli.main(["check", __file__]) == 1
    assert capsys.readouterr().out == "a.json:3:1: /x: is wrong\nb.json: /: is odd\n"
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == "10 methods are well\n"
    assert asked == [[Path(__file__)], []]


def test_python_m_mockserver_is_the_command() -> None:
    """``python -m mockserver`` takes the same arguments and exit codes."""
    for arguments, code in ((["--version"], 0), ([], 2), (["nonsense"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "mockserver", *arguments],
            capture_output=True, text=True, check=False, env=clean_environment(), timeout=30,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (code, False)


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
    process.terminate()
    process.communicate(timeout=20)
