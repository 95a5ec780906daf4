"""The examples run: against the real server, in a process of their own, with the output the README prints."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.paths import data_dir
from tests.recordings.mpeg import frames
from tests.server_process import clean_environment, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "journey.py"
PRINTED = "http://127.0.0.1:8080"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server whose recording links lead to itself, and whose admin API asks for a token."""
    with running("--recording-base", "self", "--admin-token", "open-sesame") as found:
        yield found


@pytest.fixture(scope="module")
def module() -> Any:
    """The script, imported."""
    spec = importlib.util.spec_from_file_location("journey", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def run(server: Running, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the script as anybody would."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--url", server.ready["url"], *options],
        capture_output=True, text=True, timeout=60, check=False, env=clean_environment({"PYTHONIOENCODING": "utf-8"}),
    )  # fmt: skip


def sandboxes(server: Running) -> list[str]:
    """The keys of the sandboxes there are."""
    headers = {"Authorization": "Bearer open-sesame"}
    listed = requests.get(f"{server.ready['url']}/__admin/sandboxes", headers=headers, timeout=10).json()
    return [each["key"] for each in listed["sandboxes"]]


def test_the_journey_is_what_the_readme_prints(server: Running) -> None:
    """Exit code 0, the README's lines, and no sandbox left behind."""
    done = run(server, "--admin-token", "open-sesame")
    assert (done.returncode, done.stderr) == (0, "")
    text = (ROOT / "README.md").read_text("utf-8").partition("## A client's journey")[2]
    printed = text.split("```\n")[1]
    got = re.sub(r"/sandboxes/sb\d+", "/sandboxes/sb1", done.stdout.replace(server.ready["url"], PRINTED))
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(printed, got, flags), got
    assert sandboxes(server) == ["default"]


def test_every_method_but_two_is_on_the_way(
    module: Any, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journey takes eight of the ten methods; those left out are the list of all users and the links to many calls."""
    asked: list[str] = []
    send = module.Jodo.send

    def noted(jodo: Any, method: str, about: str, **fields: Any) -> Any:
        asked.append(method)
        return send(jodo, method, about, **fields)

    monkeypatch.setattr(module.Jodo, "send", noted)
    monkeypatch.setattr(
        sys, "argv", ["journey", "--url", server.ready["url"], "--admin-token", "open-sesame"]
    )
    assert module.main() == 0
    there = {path.stem for path in (data_dir("schemas") / "methods").glob("*.json")}
    assert there - set(asked) == {"getActiveUserList", "customer_multiple_recordings"}


def test_a_link_to_the_documented_host_is_told_apart(server: Running) -> None:
    """REC-09: without the option the script says which one is missing, with exit code 1, and cleans up all the same."""
    with running() as plain:
        done = run(plain)
        assert sandboxes(plain) == ["default"]
    assert done.returncode == 1
    assert "leads to the host that the documents print" in done.stderr
    assert "--recording-base self" in done.stderr


def test_what_goes_wrong_is_exit_code_1(server: Running, module: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """A wrong token, a server that is not there, and a command that is refused each say so in a line."""
    assert run(server, "--admin-token", "guessed").returncode == 1
    for argv, changed, said in (
        (["--url", "http://127.0.0.1:9"], {}, "Connection"),
        (["--url", server.ready["url"], "--admin-token", "open-sesame"], {"NUMBERS": ("1", "2", "3")}, "043"),
        (
            ["--url", server.ready["url"], "--admin-token", "open-sesame"],
            {"NEW_AGENT": "asha"},
            "loginid is invalid",
        ),
    ):
        with monkeypatch.context() as changing:
            changing.setattr(sys, "argv", ["journey", *argv])
            for name, value in changed.items():
                changing.setattr(module, name, value)
            assert module.main() == 1
        error = capsys.readouterr().err
        assert error.startswith("It went wrong: ")
        assert said in error
    assert sandboxes(server) == ["default"]


def test_the_script_knows_a_sound(module: Any) -> None:
    """It counts the frames that the tests count, tags or not, and takes nothing else for a sound."""
    sound = (ROOT / "mockserver" / "audio" / "silence.mp3").read_bytes()
    known = frames(sound)
    told = (len(known), pytest.approx(sum(frame.seconds for frame in known)))
    assert module.parse_mpeg(sound) == told
    tagged = b"ID3\x04\x00\x00\x00\x00\x01\x02" + bytes(130) + sound + b"TAG" + bytes(125)
    assert module.parse_mpeg(tagged) == told
    for other in (b"", b"<html>no</html>", sound[1:], sound + b"<html>", b"\xff\xf3\xff\xff" * 9):
        with pytest.raises(module.Surprise):
            module.parse_mpeg(other)


def test_the_examples_import_nothing_of_ours() -> None:
    """What a client needs is the standard library and requests."""
    for file in SCRIPT.parent.glob("*.py"):
        names = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [each.name for each in node.names]
            )
        }
        assert names - sys.stdlib_module_names == {"requests"}
