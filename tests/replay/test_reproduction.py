"""Files that are no reproduction, or a damaged or newer one, are refused with place, expected and got."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.reproduction import load, problems_of
from tests.replay.recorded import Recorded


@cache
def sample() -> Any:
    """A small reproduction with a step of each kind."""
    recorded = Recorded()
    recorded.ok("POST", "/faults", {"fault": "latency", "fixed": 3, "phase": "before"})
    recorded.push("9000100200")
    recorded.send(b"\xff\xfe", x_mock_scenario="calm")
    recorded.go_on()
    return recorded.document()


def changed(*path: str | int, to: Any) -> Any:
    """Return the sample with one value changed, or removed where ``to`` is ``...``."""
    document = copy.deepcopy(sample())
    node = document
    for part in path[:-1]:
        node = node[part]
    if to is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return document


def test_the_sample_is_good() -> None:
    """What the server writes fits its schema, bytes that are no text included."""
    assert problems_of(sample(), "file") == []
    assert [step["do"] for step in sample()["steps"]] == ["admin", "hold", "answer", "answer"]
    assert sample()["steps"][2]["request"]["body_base64"] == "//4="


@pytest.mark.parametrize(
    ("document", "pointer", "said"),
    [
        ([], "/format", "is no reproduction"),
        ({"format": "HAR"}, "/format", "is no reproduction"),
        (changed("version", to=2), "/version", "a newer jodo-mock wrote this file"),
        (changed("version", to="1"), "/version", "wrong type"),
        (changed("steps", to=...), "/steps", "missing"),
        (changed("steps", 0, "admin", to=...), "/steps/0/admin", "missing"),
        (changed("steps", 1, "id", to=...), "/steps/1/id", "missing"),
        (changed("steps", 2, "reply", to=...), "/steps/2/reply", "missing"),
        (changed("steps", 2, "do", to="sing"), "/steps/2/do", "not one of those known"),
        (changed("steps", 0, "at", to="2026-02-30 00:00:00"), "/steps/0/at", "no such time"),
        (changed("steps", 0, "at", to="today"), "/steps/0/at", "wrong form"),
        (changed("sandbox", "begun", to="2026-13-01 00:00:00"), "/sandbox/begun", "no such time"),
        (changed("steps", 2, "request", "body_base64", to="?"), "/steps/2/request/body_base64", "cannot be read"),
        (changed("steps", 2, "reply", "headers", to=[["a"]]), "/steps/2/reply/headers/0", "does not fit"),
        (changed("settings", "timezone", to="Mars/Base"), "/settings/timezone", "cannot be used"),
        (changed("settings", "recording_base", to="ftp:/x"), "/settings/recording_base", "cannot be used"),
        (changed("settings", "admin_token", to="x"), "/settings/admin_token", "not known"),
        (changed("sandbox", "key", to="../x"), "/sandbox/key", "wrong form"),
        (changed("scenarios", to=[{"rules": []}]), "/scenarios/0/name", "missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(document: Any, pointer: str, said: str) -> None:
    """Each damage by file and pointer."""
    found = problems_of(document, "run.json")
    assert [(each.file, each.pointer) for each in found] == [("run.json", pointer)]
    assert said in str(found[0])


def test_a_setting_that_cannot_be_used_is_told_once() -> None:
    """What was expected, and what came, stand once in the message, in the words of every other problem."""
    (found,) = problems_of(changed("settings", "timezone", to="Mars/Base"), "run.json")
    assert (found.expected, found.got) == ("a time zone such as Asia/Kolkata", '"Mars/Base"')


def test_a_damaged_file_is_told_with_its_line(tmp_path: Any) -> None:
    """A file that was cut off in the middle is no JSON from a line and column on."""
    file = tmp_path / "run.json"
    file.write_text(json.dumps(sample(), indent=1)[:500], encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"run\.json:\d+:\d+: /: the file is not JSON"):
        load(file)


PATHS = [
    (*path, name)
    for path, node in (
        ((), sample()),
        (("settings",), sample()["settings"]),
        (("sandbox",), sample()["sandbox"]),
        *((("steps", number), step) for number, step in enumerate(sample()["steps"])),
    )
    for name in node
]


@given(
    path=st.sampled_from(PATHS),
    value=st.one_of(st.none(), st.integers(), st.text(max_size=4), st.just([]), st.just({})),
)
def test_no_damage_is_a_traceback(path: tuple[str | int, ...], value: Any) -> None:
    """Whatever stands where, the file is taken or refused in words."""
    for problem in problems_of(changed(*path, to=value), "run.json"):
        assert problem.pointer.startswith("/")
        assert problem.message
