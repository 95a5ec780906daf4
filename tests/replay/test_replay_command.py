"""``jodo-mock replay``: with a file of a real server, from the outside."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.cli import main
from tests.server_process import finished, running
from tests.web.admin_client import push

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOKEN = "open-sesame"


def ask(url: str, body: Any = None, *, raw: bytes | None = None) -> Any:
    """Send an admin request, or raw bytes to the API, and return the decoded answer."""
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.load(reply)


@pytest.fixture(scope="module")
def document() -> Mapping[str, Any]:
    """What a real server recorded of a few requests that came in by its sockets, one of them a delayed one."""
    with running(
        "--admin-token", TOKEN, "--timezone", "Europe/Berlin", "--quirk", "overlong=accept"
    ) as server:
        url = server.ready["url"]
        made = ask(f"{url}/__admin/sandboxes", {"key": "nightly", "seed": 3, "scenarios": ["partial-batch"]})
        keys = {"apikey": made["apikey"], "servicekey": made["servicekeys"]["VoiceProcess"]}
        home = f"{url}/__admin/sandboxes/nightly"
        ask(f"{home}/faults", {"fault": "latency", "fixed": 0.01, "phase": "before"})
        ask(f"{home}/clock/advance", {"seconds": 86400})
        for number in ("9000100200", "9000100201"):
            # by its minted key alone, as clients do that change nothing but their credentials
            ask(server.ready["endpoint"], raw=b"data=" + json.dumps(push(number, **keys)).encode())
        found: Mapping[str, Any] = ask(f"{home}/reproduction")
    assert TOKEN not in json.dumps(found)
    return found


def written(folder: Path, document: Any) -> str:
    file = folder / "run.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(file)


def test_a_recorded_run_is_the_same_again(
    document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 and one line; as JSON the same as members."""
    file = written(tmp_path, document)
    code, out, err = finished("replay", file)
    assert (code, out, err) == (0, "sandbox nightly: 5 steps played: no difference\n", "")
    code, out, err = called(capsys, "replay", file, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["same"], told["key"], told["played"], told["difference"]) == (True, "nightly", 5, None)
    assert called(capsys, "check", file) == (0, "1 checked, nothing wrong\n", "")


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Call the command in this process; return exit code, stdout and stderr."""
    code = main(arguments)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_difference_is_told_and_is_exit_code_1(
    document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Step, request, method, place, expected and got; and by which version it was recorded."""
    other = json.loads(json.dumps(document))
    step = other["steps"][-1]
    assert step["do"] == "answer"
    step["reply"]["body"] = step["reply"]["body"].replace('"status":1', '"status":2')
    other["package"] = "0.0.9"
    assert step["reply"]["body"] != document["steps"][-1]["reply"]["body"]
    file = written(tmp_path, other)
    code, out, err = called(capsys, "replay", file)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("sandbox nightly: step 5 of 5 differs, recorded by 0.0.9, played by ")
    assert lines[1].startswith("  r000002 ImportProcessData, ")
    assert lines[2:] == ["  body at /status", "    expected  2", "    got       1"]
    code, out, _ = called(capsys, "replay", file, "--json")
    found = json.loads(out)["difference"]
    assert (code, found["step"], found["id"], found["pointer"]) == (1, 5, "r000002", "/status")


def test_files_that_cannot_be_played_are_exit_code_2(
    document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not there, not ours, newer, damaged, of unknown quirks, or not complete: a line on stderr that says what."""
    incomplete = {**document, "complete": False, "reasons": ["the first 7 steps are no longer kept"]}
    strange = {**document, "settings": {**document["settings"], "quirks": {"overlng": "accept"}}}
    cases: list[tuple[Any, str]] = [
        ("{", "run.json:1:2: /: the file is not JSON"),
        ({"format": "HAR"}, 'run.json: /format: this file is no reproduction; expected "jodo-mock reproduction"; got "HAR"'),
        ({**document, "version": 9}, "run.json: /version: a newer jodo-mock wrote this file"),
        ({**document, "steps": {}}, "run.json: /steps: this value is of the wrong type; expected array"),
        (strange, "overlng"),
        (incomplete, "run.json is not complete: the first 7 steps are no longer kept. --anyway plays it"),
    ]  # fmt: skip
    for content, said in cases:
        code, out, err = called(capsys, "replay", written(tmp_path, content))
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert said in err
    assert called(capsys, "replay", str(tmp_path / "none.json"))[0] == 2
    code, out, _ = called(capsys, "replay", "--anyway", written(tmp_path, incomplete))
    assert (code, out) == (0, "sandbox nightly: 5 steps played: no difference\n")
