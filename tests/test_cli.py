"""The command line: exit codes, messages of one line, precedence of settings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from mockserver import __version__, cli
from mockserver.banner import banner
from mockserver.errors import InvalidSetting, Note, Problem
from mockserver.settings import Settings
from tests.fake_service import FakeService
from tests.server_process import (
    clean_environment,
    running,
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


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a console are another matter there")
def test_a_signal_during_the_start_ends_it_well() -> None:
    """SIGTERM before the server is ready gives exit code 0 too."""

    def factory(_: Settings) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal should have ended the start")

    assert cli.main(["serve", "--port", "0"], factory) == 0


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
    """check exits 1 with a line for each finding, else 0 with the summary; a note is no finding."""
    asked: list[list[Path]] = []
    findings = [Problem("a.json", "/x", "is wrong", line=3), Problem("b.json", "", "is odd")]

    def check_all(paths: list[Path]) -> tuple[list[Problem], list[Note], str]:
        asked.append(paths)
        return (findings if paths else []), [Note("c.json", "", "is rare")], "10 methods are well"

    module = types.ModuleType("mockserver.checks")
    monkeypatch.setattr(module, "check_all", check_all, raising=False)
    monkeypatch.setitem(sys.modules, "mockserver.checks", module)
    assert cli.main(["check", __file__]) == 1
    assert (
        capsys.readouterr().out == "a.json:3:1: /x: is wrong\nb.json: /: is odd\nc.json: /: note: is rare\n"
    )
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == "c.json: /: note: is rare\n10 methods are well\n"
    assert asked == [[Path(__file__)], []]


def test_python_m_mockserver_is_the_command() -> None:
    """``python -m mockserver`` takes the same arguments and exit codes."""
    for arguments, code in ((["--version"], 0), ([], 2), (["nonsense"], 2)):
        done = subprocess.run(
            [sys.executable, "-m", "mockserver", *arguments],
            capture_output=True, text=True, check=False, env=clean_environment(), timeout=30,
        )  # fmt: skip
        assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize(
    ("host", "admin", "token", "shown"),
    [
        ("127.0.0.1", "on", None, ""),
        ("0.0.0.0", "on", None, "minted"),
        ("0.0.0.0", "off", None, ""),
        ("0.0.0.0", "on", "s3cret-token", "as given"),
        ("127.0.0.1", "on", "s3cret-token", "as given"),
    ],
)
def test_the_banner_tells_a_minted_token(host: str, admin: str, token: str | None, shown: str) -> None:
    """Off loopback the banner shows the token that was made up; one that was given it keeps to itself."""
    service: Any = FakeService(Settings(host=host, admin=admin, admin_token=token))
    text = banner(service, "http://127.0.0.1:1")
    assert ("admin token" in text) is bool(shown)
    assert (service.access.minted and service.access.token in text) is (shown == "minted" and admin == "on")
    assert ("as given by --admin-token" in text) is (shown == "as given")
    assert "s3cret-token" not in text
