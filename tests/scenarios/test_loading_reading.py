"""Reading scenario files: what is refused before a scenario is looked for in them, and where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.scenarios.json_reading import read_json_source
from mockserver.scenarios.loading import load_bytes, load_scenario
from mockserver.scenarios.source import LONGEST
from mockserver.scenarios.yaml_reading import read_yaml_source

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue
    from mockserver.errors import Problem

HEAD = "name: x\nrules: []\n"
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)

REFUSED: list[tuple[str, bytes, str]] = [
    ("tab", b"name: x\nrules:\n\t- {}\n", "x.yaml:3:1: /: a tab stands here; expected spaces"),
    ("name twice", b"name: x\nrules: []\nname: x\n", "x.yaml:3:1: /name: this name stands twice"),
    ("rule twice", b"name: x\nrules:\n  - then: {nothing: true, nothing: true}\n", "x.yaml:3:27: /rules/0/then/nothing: this"),
    ("python tag", b"name: !!python/object:os.system x\nrules: []\n", "x.yaml:1:7: /name: this tag is not known"),
    ("own tag", b"name: x\nrules: !include y\n", "x.yaml:2:8: /rules: this tag is not known"),
    ("tag on a name", b"!x name: x\nrules: []\n", "x.yaml:1:1: /: this tag is not known"),
    ("bomb", BOMB.encode(), "x.yaml:4:12: /: aliases repeat too much; expected at most 2000 values"),
    ("in itself", b"name: x\nrules: &a [*a]\n", "x.yaml:2:12: /: a value contains itself"),
    ("no anchor", b"name: x\nrules: *a\n", "x.yaml:2:8: /rules: no anchor has this name"),
    ("too long", HEAD.encode() + b"#" * LONGEST, f"x.yaml:1:1: /: the file is too long; expected at most {LONGEST // 1024} KiB"),
    ("too much", b"rules: [" + b"1," * 21_000 + b"]", "x.yaml:1:40005: /: the file holds too much"),
    ("too deep", b"name: x\nrules: " + b"[" * 60 + b"]" * 60, "x.yaml:2:58: /: objects and lists stand too deep"),
    ("latin 1", "name: x\ndescription: caf\xe9\n".encode("latin-1"), "x.yaml:2:17: /: the file is not UTF-8 text; expected UTF-8; got byte 0xe9"),
    ("control", b"name: x\x07\n", "x.yaml:1:8: /: the file is not YAML; expected printable characters"),
    ("two documents", HEAD.encode() + b"---\n" + HEAD.encode(), "x.yaml:3:1: /: a second document begins"),
    ("open quote", b"name: 'x\nrules: []\n", "x.yaml:3:1: /: the file is not YAML; expected YAML 1.2; got found unexpected end of stream"),
    ("broken escape", b'name: "\\U99999999"\n', "x.yaml:1:1: /: the file is not YAML"),
    ("list as a name", b"? [a]\n: b\n", "x.yaml:1:3: /: a name is no plain text"),
    ("empty", b"# nothing\n", "x.yaml:1:1: /: the file is empty; expected a scenario"),
    ("no object", b"- 1\n", 'x.yaml:1:1: /: this value is of the wrong type; expected object; got [1]'),
    ("infinite", b"name: x\nseed: .inf\nrules: []\n", "x.yaml:2:7: /seed: this is no number of JSON"),
    ("endless", b"name: x\nseed: 1" + b"0" * 5000 + b"\nrules: []\n", "x.yaml:2:7: /seed: this is no number of JSON"),
    ("long number", b"name: x\nseed: 99999999999999999999\nrules: []\n", "x.yaml:2:7: /seed: this number is too long"),
    ("surrogate", b'name: x\ndescription: "\\ud800"\nrules: []\n', "x.yaml:1:1: /: the document cannot be checked"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_is_refused_says_where(catalogue: Catalogue, data: bytes, expected: str) -> None:
    """Files that are no plain YAML, repeat names or are made to hurt are refused with line and column."""
    with pytest.raises(InvalidDocument) as caught:
        load_bytes(data, Path("x.yaml"), catalogue, wire=True)
    told = [str(problem) for problem in caught.value.problems]
    assert any(line.startswith(expected) for line in told), told


def test_a_file_that_is_not_there(catalogue: Catalogue, tmp_path: Path) -> None:
    """A missing file and a folder are problems of the file, not exceptions of the system."""
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InvalidDocument, match="the file cannot be read"):
            load_scenario(path, catalogue, wire=True)


PLAIN = [
    ("on", "on"), ("off", "off"), ("yes", "yes"), ("no", "no"), ("true", True), ("False", False), ("~", None),
    ("", None), ("null", None), ("12", 12), ("-3", -3), ("0o17", 15), ("0x1f", 31), ("1.5", 1.5), ("1e3", 1000.0),
    ("2026-03-02 09:00:00", "2026-03-02 09:00:00"), ("2026-03-02", "2026-03-02"), ("1_000", "1_000"),
    ("12:30", "12:30"), ("1.0.6", "1.0.6"), ("'12'", "12"), ('"true"', "true"), ("!!str 12", "12"), ("=", "="),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_plain_values_are_those_of_yaml_12(text: str, value: Any) -> None:
    """Nothing is a date, and 'on' is text: the core schema of YAML 1.2 and no more."""
    read = read_yaml_source(f"a: {text}\n", "x.yaml").document["a"]
    assert (type(read), read) == (type(value), value)


def test_an_alias_repeats_a_value() -> None:
    """A few aliases are welcome; each stands where it is written, and is a copy."""
    source = read_yaml_source("a: &x {b: [1]}\nc: *x\n", "x.yaml")
    assert source.document == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert source.document["a"]["b"] is not source.document["c"]["b"]
    assert source.place(("c", "b", "0")) == (2, 4)


JSON_REFUSED = [
    ('{"name": "x",\n "rules": [}', "x.json:2:12: /: the file is not JSON"),
    ('{"name": "x",\n\t"rules": [], "name": "x"}', "x.json:2:15: /name: this name stands twice"),
    ('{"seed": NaN}', "x.json:1:1: /: the file is not JSON; expected JSON; got NaN is no JSON number"),
    ("[" * 60, "x.json:1:51: /: objects and lists stand too deep"),
    ('{"seed": 1' + "0" * 5000 + "}", "x.json:1:10: /seed: this is no number of JSON"),
    (
        '{"name": "x",\n "rules": [{"then": {"statu": 1}}]}',
        "x.json:2:22: /rules/0/then/statu: this member is not",
    ),
]


@pytest.mark.parametrize(("text", "expected"), JSON_REFUSED)
def test_json_files_have_lines_as_well(catalogue: Catalogue, text: str, expected: str) -> None:
    """A scenario written as JSON is told about by line and column just the same; tabs are no matter there."""
    with pytest.raises(InvalidDocument) as caught:
        load_bytes(text.encode(), Path("x.json"), catalogue, wire=True)
    told = [str(problem) for problem in caught.value.problems]
    assert any(line.startswith(expected) for line in told), told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(value: Any, indent: Any, ascii_only: bool) -> None:
    """Every JSON text means the same, and each value is found where it stands."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    source = read_json_source(text, "x.json")
    assert json.dumps(source.document) == json.dumps(value)
    assert source.place(()) == (1, 1)
    lines = text.split("\n")
    for line, column in source.values.values():
        assert lines[line - 1][column - 1] in '{["-0123456789tfn'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.binary(max_size=200))
def test_no_bytes_raise_anything_else(catalogue: Catalogue, data: bytes) -> None:
    """Whatever a file holds, it is a scenario or an InvalidDocument whose problems have lines."""
    _only_invalid(data, catalogue)


WORDS = st.sampled_from(
    ["name", "rules", "x", "then", ":", ": ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ",", "&a ", "*a", "!t ",
     "'", '"', "|\n", ">\n", "#", "\t", "%YAML 1.1\n", "---\n", "...\n", "? ", "<<", "0123", "+91", "when", "\\u12"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(parts=st.lists(WORDS, max_size=25))
def test_no_yaml_raises_anything_else(catalogue: Catalogue, parts: list[str]) -> None:
    """The same for text made of what YAML is made of."""
    _only_invalid("".join(parts).encode(), catalogue)


def _only_invalid(data: bytes, catalogue: Catalogue) -> None:
    for suffix in ("yaml", "json"):
        problems: tuple[Problem, ...] = ()
        try:
            load_bytes(data, Path(f"x.{suffix}"), catalogue, wire=True)
        except InvalidDocument as error:
            problems = error.problems
        assert all(problem.message and problem.line and problem.column for problem in problems)
