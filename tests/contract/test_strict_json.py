"""Strict reading of JSON: what is accepted, what is refused, and where the finger is put."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.contract.json_faults import Fault, find_fault
from mockserver.contract.json_scan import MAX_DEPTH
from mockserver.contract.strict_json import MAX_DIGITS, parse_object

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)
objects = st.dictionaries(st.text(), values, max_size=5)
crooked = st.text(alphabet='{}[]:,"\\ \n\tu0dD8aeE1.-+truefalsn\u201d\x01', max_size=24)


def refused(text: str) -> Fault:
    """The fault found in a text that must be refused."""
    fault = parse_object(text.encode())
    assert isinstance(fault, Fault), fault
    assert (fault.text + fault.mend).isascii()
    assert fault.mend
    return fault


def _no_constant(_: str) -> float:
    raise ValueError


def by_the_library(text: str) -> Any:
    """What the standard library, made strict, reads; ``ValueError`` if it refuses."""
    value = json.loads(text, parse_constant=_no_constant)
    json.dumps(value, allow_nan=False)
    orjson.dumps(json.dumps(value, ensure_ascii=False))  # refuses lone surrogates
    if not isinstance(value, dict):
        raise TypeError
    return value


@given(objects)
def test_any_object_reads_as_the_standard_library_reads_it(value: dict[str, Any]) -> None:
    """TRN-14, TRN-27, TRN-29: any JSON object is read to the same value, integers of any size exactly."""
    text = json.dumps(value, ensure_ascii=False)
    assert parse_object(text.encode()) == value
    assert find_fault(text) is None


@given(
    st.builds(
        "".join,
        st.lists(
            crooked
            | st.sampled_from(
                [
                    '{"a":',
                    "}",
                    '"b"',
                    "[1]",
                    "null",
                    ",",
                    '{"a":[',
                    '{"b":1},',
                    '{"b":"x", "c":2} ,',
                    "{}",
                    "]}",
                ]
            )
        ),
    )
)
@example('{"a":-0}')
@example('{"a":1e400}')
@example('{"a":"\\ud83d\\ude00"}')
def test_crooked_text_is_judged_as_the_standard_library_judges_it(text: str) -> None:
    """TRN-27: text is refused here exactly when the standard library, made strict, refuses it."""
    found = parse_object(text.encode())
    try:
        expected = by_the_library(text)
    except (ValueError, TypeError):
        assert isinstance(found, Fault)
        assert 0 <= found.at <= len(text.encode())
        return
    assert found == expected


@given(st.binary(max_size=60))
def test_arbitrary_bytes_give_an_object_or_a_fault(raw: bytes) -> None:
    """TRN-31: no bytes make the reader raise."""
    assert isinstance(parse_object(raw), dict | Fault)


@given(objects, st.data())
def test_a_cut_text_is_refused(value: dict[str, Any], data: st.DataObject) -> None:
    """TRN-27: an object that stops anywhere before its end is refused with a place inside the text."""
    raw = json.dumps(value).encode()
    cut = raw[: data.draw(st.integers(0, len(raw) - 1))]
    found = parse_object(cut)
    assert isinstance(found, Fault)
    assert found.at <= len(cut)


@pytest.mark.parametrize(
    "number",
    ["140912183554281005", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "9" * 400],
)
def test_integers_stay_exact(number: str) -> None:
    """TRN-29: call ids beyond 2**53, and integers beyond 64 bits, are read to the last digit."""
    assert parse_object(f'{{"id":{number},"f":1.5,"s":"{number}"}}'.encode()) == {
        "id": int(number),
        "f": 1.5,
        "s": number,
    }


def test_numbers_too_large_for_python_are_refused() -> None:
    """TRN-27: a float beyond the range and an integer of thousands of digits are faults at their place."""
    huge = "9" * (MAX_DIGITS + 1)
    assert refused(f'{{"s":"{huge}","n":{huge}}}').at == len(huge) + 12
    assert refused('{"s":"1e999","n":1e999}').at == 17
    assert parse_object(b'{"n":1e-999}') == {"n": 0.0}
    assert math.copysign(1, parse_object(b'{"n":-0.0}')["n"]) == -1  # type: ignore[index]


def test_of_duplicate_keys_the_last_wins() -> None:
    """TRN-27: the last of several members of one name counts, also beside exact integers."""
    assert parse_object(b'{"a":1,"a":2}') == {"a": 2}
    assert parse_object(b'{"a":1,"a":99999999999999999999}') == {"a": 99999999999999999999}


@pytest.mark.parametrize("opener", ['{"a":', "["])
@pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH, 900, 5000, 100_000])
def test_deep_nesting_is_refused_without_recursion(opener: str, levels: int) -> None:
    """TRN-27: 64 levels are read; anything deeper is refused at the bracket too many, however deep."""
    closer = "}" if opener.startswith("{") else "]"
    text = '{"top":' + opener * levels + "1" + closer * levels + "}"
    if levels < MAX_DEPTH:
        assert isinstance(parse_object(text.encode()), dict)
        return
    fault = refused(text)
    assert "deeper" in fault.text
    assert fault.at == len('{"top":') + len(opener) * (MAX_DEPTH - 1)


def test_brackets_in_strings_and_many_flat_records_are_not_depth() -> None:
    """TRN-27: only nesting counts, neither brackets inside strings nor the number of records."""
    value = {"data": [{"a": "[[{{" * 9, "b": 1}] * 500}
    assert parse_object(json.dumps(value).encode()) == value


def test_a_fault_after_many_flat_records_is_found_at_its_byte() -> None:
    """TRN-27: the place is exact also behind records that are passed over in one go, and counts bytes."""
    good = '{"a":"\u0928", "b":1} , ' * 300
    text = f'{{"data":[{good}{{"a" 1}}]}}'
    fault = refused(text)
    assert fault.text == "a missing colon before '1'"
    assert text.encode()[fault.at : fault.at + 3] == b"1}]"


@pytest.mark.parametrize(
    ("text", "at", "what", "mend"),
    [
        ('{"a":1,}', 6, "trailing comma", "remove the comma"),
        ('{"a":[1,]}', 7, "trailing comma", "remove the comma"),
        ("{'a':1}", 1, "single quote", "double quotes"),
        ("{\u201ca\u201d:1}", 1, "curly quote U+201C", "straight"),
        ('{"a" "b"}', 5, "missing colon", "put a colon"),
        ('{"a"}', 4, "missing colon", "put a colon"),
        ('{"a":1 "b":2}', 7, "missing comma", "put a comma"),
        ('{"a":"he "said" so"}', 10, "missing comma", 'inside a string as \\"'),
        ('{"a":"x\ny"}', 7, "raw line break", "\\n"),
        ('{"a":"x\ty"}', 7, "raw tab", "\\t"),
        ('{"a":"x\x01y"}', 7, "raw control character U+0001", "\\u0001"),
        ('{"a":"\\x41"}', 6, "escape", "\\uXXXX"),
        ('{"a":"\\ud800"}', 6, "surrogate", "both"),
        ('{"a":"\\\\\\udc00"}', 8, "surrogate", "both"),
        ('{"a":NaN}', 5, "NaN", "null"),
        ('{"a":-Infinity}', 5, "Infinity", "null"),
        ('{"a":True}', 5, "another language", "true"),
        ('{"a":None}', 5, "another language", "null"),
        ('{"a":01}', 5, "malformed number", "leading zero"),
        ('{"a":+1}', 5, "malformed number", "plus"),
        ('{"a":1}x', 7, "text after the JSON", "brace"),
        ('{"a":1}}', 7, "text after the JSON", "brace"),
        ('{"a":"b', 5, "without its closing quote", "close"),
        ('{"a":', 5, "end of the text", "to its end"),
        ('{"a":[1', 7, "end of the text", "']'"),
        ('{"a":1]', 6, "does not fit", "'}'"),
        ('{"a":}', 5, "missing value", "null"),
        ('{"a":1,,"b":2}', 7, "comma with nothing", "remove"),
        ('{"a":[1:2]}', 7, "colon where", "quotes"),
        ('{"a":1,b":2}', 7, "lacks its opening quote", "before the key"),
        ('{"a":1,b:2}', 7, "key without quotes", "double quotes"),
        ('{"a":1,2:3}', 7, "no key", "key in double quotes"),
        ('{"a":abc}', 5, "text without quotes", "double quotes"),
        ('{"a":?}', 5, "unexpected '?'", "quoted string"),
        ('{\\"a\\":1}', 1, "backslash outside", "without backslashes"),
        ("{/* x */}", 1, "comment", "no comments"),
        ('{"a":\u00a01}', 5, "invisible character U+00A0", "plain space"),
        ('\ufeff{"a":1}', 0, "invisible character U+FEFF", "remove"),
        ("%7B%22a%22%3A1%7D", 0, "still percent-encoded", "only once"),
        ('"{\\"a\\":1}"', 0, "a string that holds JSON", "only once"),
    ],
)
def test_the_usual_mistakes_are_named_with_their_mend(text: str, at: int, what: str, mend: str) -> None:
    """TRN-27, AM-08: each usual mistake gives its character, its name and its mend, in ASCII."""
    fault = refused(text)
    assert (fault.at, what in fault.text, mend in fault.mend) == (len(text[:at].encode()), True, True), fault


@pytest.mark.parametrize("text", ["", " ", "[]", "[1]", '"x"', "1", "null", "true"])
def test_only_an_object_is_a_command(text: str) -> None:
    """TRN-31: nothing, an array, a string, a number or a word is no command."""
    assert refused(text).ledger == "TRN-31"


@pytest.mark.parametrize("text", ["{method:x}", "{method:ImportProcessData,apikey:test_org}"])
def test_quotes_lost_to_the_shell_are_recognised(text: str) -> None:
    """TRN-11, E-10: JSON without a single quote was typed between the shell's double quotes."""
    fault = refused(text)
    assert (fault.ledger, fault.at) == ("TRN-11", 1)
    assert "single quotes" in fault.mend


@pytest.mark.parametrize("text", ['"method":"x"', "method:x", '"method" : "x"'])
def test_braces_lost_to_curl_are_recognised(text: str) -> None:
    """TRN-12: members without braces are what curl makes of a URL pattern."""
    fault = refused(text)
    assert fault.ledger == "TRN-12"
    assert "-G --data-urlencode" in fault.mend


def test_the_placeholder_is_recognised() -> None:
    """TRN-65: the placeholder of the URL template is no JSON, and is called by its name."""
    assert refused("{JSON request }").ledger == "TRN-65"


def test_bytes_that_are_not_utf8_are_named_by_their_offset() -> None:
    """TRN-15: a byte of another encoding is refused where it stands."""
    fault = parse_object(b'{"a":"caf\xe9"}')
    assert isinstance(fault, Fault)
    assert (fault.ledger, fault.at) == ("TRN-15", 9)
