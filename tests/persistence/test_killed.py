"""The real server with a state file, over real sockets: killed, restarted, and refusing what it must not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from bench.kills import kills, table
from tests.server_process import finished, running

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    """SIGKILL in the middle of a stream of pushes from four connections into two sandboxes, three times over:
    every push that was acknowledged, ever, is found with the customer code it was told."""
    found = list(kills(tmp_path / "killed.state", 3))
    assert [each.number for each in found] == [1, 2, 3]
    assert all(each.acknowledged > 0 for each in found)
    assert [each.found for each in found] == [each.acknowledged for each in found], table(found)
    assert [each.all_found for each in found] == [each.all_acknowledged for each in found]


def test_an_advanced_clock_survives_a_kill(tmp_path: Path) -> None:
    """What users lose most painfully: the time they travelled to."""
    options = ("--state", str(tmp_path / "a.state"), "--clock", "frozen", "--at", "2026-01-02 03:04:05")
    with running(*options) as server:
        url = f"{server.ready['admin']}/clock"
        assert requests.post(f"{url}/advance", json={"seconds": 86_400}, timeout=20).ok
        server.process.kill()
        server.process.wait()
    with running(*options) as server:
        found = requests.get(f"{server.ready['admin']}/clock", timeout=20).json()
        assert found["now"] == "2026-01-03 03:04:05"


def test_the_banner_names_the_file_and_a_second_server_is_refused(tmp_path: Path) -> None:
    """People see where their state is; a second server on the same file ends with exit code 2 and a sentence."""
    file = tmp_path / "a.state"
    with running("--state", str(file)) as server:
        code, _, err = finished("serve", "--port", "0", "--state", str(file))
        assert (code, "in use by another server" in err, "Traceback" in err) == (2, True, False)
        code, _, err = server.stop()
        assert code == 0
        assert f"state        {file} (1 sandbox)" in err
    with running("--state", str(file)):
        pass


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"name: not ours\n", ":1:1: /: this is no state file"),
        (b"jodo-mock state 7 abc\n", "newer version"),
    ],
)
def test_a_file_that_is_not_ours_ends_the_start(tmp_path: Path, content: bytes, text: str) -> None:
    """Exit code 2 with file and line, and the file is byte for byte what it was."""
    file = tmp_path / "a.state"
    file.write_bytes(content)
    code, out, err = finished("serve", "--port", "0", "--state", str(file))
    assert (code, out) == (2, "")
    assert text in err
    assert "Traceback" not in err
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("postgresql://db/jodo", "this version keeps state in files only"),
        ("{folder}", "is a folder: expected a file"),
        ("{folder}/none/a.state", "make it first"),
    ],
)
def test_what_is_no_file_is_refused_in_a_sentence(tmp_path: Path, value: str, text: str) -> None:
    """A URL, a folder, and a file in a folder that is not there: exit code 2, by environment as well."""
    given = {"JODO_MOCK_STATE": value.format(folder=tmp_path)}
    code, _, err = finished("serve", "--port", "0", env=given)
    assert (code, "Traceback" in err) == (2, False)
    assert text in err
