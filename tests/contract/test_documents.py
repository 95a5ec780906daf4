"""Reading and checking documents of our own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.documents import check_against, pointer, read_json, shown
from mockserver.contract.values import is_moment
from mockserver.errors import InvalidDocument
from mockserver.paths import data_dir

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.errors import Problem


def test_schemas_are_found() -> None:
    """The folder of schemas is found from a checkout as well as from an installed package."""
    assert (data_dir("schemas") / "seed.json").is_file()


@pytest.mark.parametrize(
    ("content", "line", "column", "got"),
    [
        pytest.param(b'{\n  "a" 1\n}', 2, 7, "delimiter", id="syntax"),
        pytest.param(b'{"a": "\xff"}', None, None, "byte 0xff at offset 7", id="not UTF-8"),
        pytest.param(b'{"a": 1, "a": 2}', None, None, "the member 'a' stands twice", id="twice"),
        pytest.param(b'{"a": NaN}', None, None, "NaN is no JSON number", id="NaN"),
        pytest.param(b"[" * 200_000, None, None, "recursion", id="deep"),
    ],
)
def test_unusable_files(
    tmp_path: Path, content: bytes, line: int | None, column: int | None, got: str
) -> None:
    """A file that is not plain JSON gives one problem, a fault of syntax with line and column."""
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    with pytest.raises(InvalidDocument) as caught:
        read_json(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert problem.expected
    assert got in problem.got
    assert (problem.line, problem.column) == (line, column)


def test_absent_file(tmp_path: Path) -> None:
    """A file that is not there is a problem under the name the caller gives it."""
    with pytest.raises(InvalidDocument, match=r"plan\.json: /: the file cannot be read"):
        read_json(tmp_path / "none.json", "plan.json")


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a/b": {"type": "object", "required": ["c~d"]},
        "n": {"type": ["integer", "null"], "minimum": 1, "multipleOf": 2},
        "t": {"$ref": "#/$defs/moment"},
        "o": {"exclusiveMinimum": 0, "exclusiveMaximum": 9},
        "u": {"type": "string", "format": "uri"},
        "either": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "additionalProperties": False,
    "$defs": {
        "moment": {"type": "string", "format": "moment"},
    },
}


def only(document: object) -> Problem:
    (problem,) = check_against(SCHEMA, document, "file.json")
    assert problem.file == "file.json"
    return problem


@pytest.mark.parametrize(
    ("document", "place", "expected", "got"),
    [
        ([], "", "object", "[]"),
        ({"a/b": {}}, "/a~1b/c~0d", "a member c~d", "none"),
        ({"nn": 1}, "/nn", "n? One of a/b, either, n, o, t, u", "nn"),
        ({"zzz": 1}, "/zzz", "one of a/b, either, n, o, t, u", "zzz"),
        ({"n": 0}, "/n", "at least 1", "0"),
        ({"o": 0}, "/o", "more than 0", "0"),
        ({"o": 9}, "/o", "less than 9", "9"),
        ({"n": 3}, "/n", "3 is not a multiple of 2", "3"),
        ({"t": "2024-02-30 10:00:00"}, "/t", "YYYY-MM-DD hh:mm:ss", '"2024-02-30 10:00:00"'),
        ({"u": "no link"}, "/u", "uri", '"no link"'),
        ({"either": 1}, "/either", "string or null", "1"),
    ],
)
def test_problems_lead_to_the_value(document: object, place: str, expected: str, got: str) -> None:
    """A problem names the offending value by its own pointer, what was expected and what stands there."""
    problem = only(document)
    assert problem.pointer == place
    assert expected in problem.expected
    assert problem.got == got


def test_all_problems_are_found() -> None:
    """Every problem of a document is told, not only the first."""
    found = check_against(SCHEMA, {"n": "x", "x": 1, "y": 2, "a/b": {}}, "file.json")
    assert {problem.pointer for problem in found} == {"/n", "/x", "/y", "/a~1b/c~0d"}


def test_sound_document() -> None:
    """A document that fits gives no problem."""
    assert check_against(SCHEMA, {"n": None, "t": "2024-02-29 23:59:59"}, "file.json") == []


@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 - the vendor's times have no zone
def test_moments_of_the_calendar(moment: datetime) -> None:
    """GEN-14: every moment written YYYY-MM-DD hh:mm:ss is one."""
    assert is_moment(moment.strftime("%Y-%m-%d %H:%M:%S"))


@pytest.mark.parametrize(
    "text",
    ["", "2024-1-02 00:00:00", "2024-01-02T00:00:00", "2024-01-02", "2024-01-02 24:00:00",
     "2023-02-29 00:00:00", "2024-01-02 00:00:00\n", "२०२४-01-02 00:00:00", "2024-01-02 00:00:00.5"],
)  # fmt: skip
def test_no_moments(text: str) -> None:
    """GEN-14: unpadded, impossible, decorated and foreign-digit moments are none."""
    assert not is_moment(text)


@given(st.lists(st.text(alphabet="ab~/0", max_size=4) | st.integers(0, 9), max_size=4))
def test_pointers_can_be_read_back(path: list[str | int]) -> None:
    """A pointer by RFC 6901 leads back to its path, whatever the names hold."""
    parts = pointer(path).split("/")[1:]
    assert [part.replace("~1", "/").replace("~0", "~") for part in parts] == [str(part) for part in path]


@given(st.text(max_size=300))
def test_shown_values_stay_short(value: str) -> None:
    """A value in a message takes at most eighty characters."""
    assert len(shown(value)) <= 80
