"""The six repairs of quirk ``lenient_json``, and that there are no more than six."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.json_faults import Fault
from mockserver.contract.lenient import mend, repair
from mockserver.contract.strict_json import parse_object

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "malformed_examples.json").read_text(encoding="utf-8")
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)
crooked = st.text(alphabet='{}[]:,"\\ \n\tab1.-t\u201c\u201d', max_size=40)


def wrapped(example: dict[str, Any]) -> str:
    """The printed text, put into the braces or under the key it needs to be a document."""
    return f"{example['prefix']}{example['text']}{example['suffix']}"


def test_all_malformed_examples_are_here() -> None:
    """TRN-40 to TRN-65, E-11: all 26 places of the documents are carried as data."""
    assert [example["ledger"] for example in EXAMPLES] == [f"TRN-{number}" for number in range(40, 66)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["ledger"])
def test_each_printed_example_is_repaired_by_exactly_its_repairs(example: dict[str, Any]) -> None:
    """TRN-28, AM-69: TRN-40, TRN-41, TRN-42, TRN-43, TRN-44, TRN-45, TRN-46, TRN-47, TRN-48, TRN-49, TRN-50,
    TRN-51, TRN-52, TRN-53, TRN-54, TRN-55, TRN-56, TRN-57, TRN-58, TRN-59, TRN-60, TRN-61, TRN-62, TRN-63,
    TRN-64 and TRN-65 need the repairs noted beside them, no others, and then mean what was meant.
    """
    text = wrapped(example)
    mended = mend(text)
    if example["repairs"] is None:
        assert mended.text == text
        assert isinstance(parse_object(mended.text.encode()), Fault)
        return
    assert list(mended.repairs) == example["repairs"]
    assert parse_object(mended.text.encode()) == example["parses_to"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["ledger"])
def test_each_printed_example_that_needs_repair_is_refused_as_printed(example: dict[str, Any]) -> None:
    """TRN-27, E-11: strictly read, every printed example is malformed unless it needs no repair."""
    assert isinstance(parse_object(wrapped(example).encode()), Fault) == (example["repairs"] != [])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["ledger"])
def test_the_place_named_in_a_printed_example_is_inside_it(example: dict[str, Any]) -> None:
    """TRN-31: the fault found in a printed example lies in its text and has a mend."""
    fault = parse_object(wrapped(example).encode())
    if isinstance(fault, Fault):
        assert 0 <= fault.at < len(wrapped(example).encode())
        assert fault.mend


@pytest.mark.parametrize(
    ("text", "meant", "repairs"),
    [
        ("{\u201ca\u201d:\u201db\u201d}", {"a": "b"}, ("R1", "R1")),
        ('{"a":"x  \r\n\t y"}', {"a": "x y"}, ("R2",)),
        ('{"a":"\n x  z\n"}', {"a": "x  z"}, ("R2",)),
        ('{"a"[1],"b"{}}', {"a": [1], "b": {}}, ("R3", "R3")),
        ('{"a":[1 "b" {} []]"c":2}', {"a": [1, "b", {}, []], "c": 2}, ("R4",) * 4),
        ('{"a":[1,],}', {"a": [1]}, ("R5", "R5")),
        ('{a":1,b" [2]}', {"a": 1, "b": [2]}, ("R6", "R6", "R3")),
    ],
)
def test_each_repair_does_its_work(text: str, meant: dict[str, Any], repairs: tuple[str, ...]) -> None:
    """TRN-28: R1 to R6, each by itself."""
    mended = mend(text)
    assert mended.repairs == repairs
    assert parse_object(mended.text.encode()) == meant


@pytest.mark.parametrize(
    "text",
    [
        "{'a':1}",
        "{a:1}",
        '{"a":1,,}',
        '{"a":[,]}',
        '{"a" 1}',
        '{"a" "b"}',
        '{"a":1 2}',
        '{"a":[01]}',
        '{"a":[1-2]}',
        '{"a":[truefalse]}',
        '{"a":NaN}',
        '{"a":1',
        '{"a":[1}',
        '{"a":1}}',
        '{"a":}',
        '{"a":[b"]}',
        '{"a":"x\\\n"}',
        '{"a":"x\\\ny"}',
        '{"a":"x\x01"}',
        '{"a":"\\x"}',
        '{"a":"b\u201d}',
        "{JSON request }",
        "{ 140912183554281005, 1809121835543434 3 }",
    ],
)
def test_every_other_defect_stays_malformed(text: str) -> None:
    """TRN-28, TRN-62: exactly six defects are repaired; any other is still refused."""
    assert isinstance(parse_object(repair(text).encode()), Fault)


@given(st.dictionaries(st.text(), values, max_size=5), st.sampled_from([None, 1]))
def test_valid_json_is_never_changed(value: dict[str, Any], indent: int | None) -> None:
    """TRN-28: repairing what is right already changes nothing, curly quotes in strings included."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assert mend(text) == type(mend(text))(text, ())
    assert parse_object(repair(text).encode()) == value


@given(crooked)
def test_repair_is_done_in_one_go(text: str) -> None:
    """TRN-28: repairing never raises, and what it made readable needs no second repair."""
    once = repair(text)
    if not isinstance(parse_object(once.encode()), Fault):
        assert repair(once) == once
