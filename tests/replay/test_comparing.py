"""The first difference of two replies is told by its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.comparing import Unequal, first_difference
from mockserver.model import Reply

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def reply(body: bytes = b"", status: int = 200, *headers: tuple[str, str]) -> Reply:
    return Reply(status, headers, body)


@pytest.mark.parametrize(
    ("expected", "got", "pointer", "told"),
    [
        (b'{"a":1}', b'{"a":2}', "/a", ("1", "2")),
        (b'{"a":1}', b'{"a":true}', "/a", ("1", "true")),
        (b'{"a":1}', b'{"a":1.0}', "/a", ("1", "1.0")),
        (b'{"a":"001"}', b'{"a":1}', "/a", ('"001"', "1")),
        (b'{"a":{"x/y":[0,1]}}', b'{"a":{"x/y":[0]}}', "/a/x~1y/1", ("1", "nothing: there are 1")),
        (b"[]", b"[7]", "/0", ("nothing: there are 0", "7")),
        (b'{"a":1}', b'{"a":1,"b":2}', "/b", ("nothing", "2")),
        (b'{"a":1,"b":2}', b'{"a":1}', "/b", ("2", "nothing")),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', "", ("members in the order a, b", "members in the order b, a")),
    ],
)
def test_bodies_differ_at_a_pointer(expected: bytes, got: bytes, pointer: str, told: tuple[str, str]) -> None:
    """Values, types, members, elements and the order of members; numbers are told from truth values."""
    assert first_difference(reply(expected), reply(got)) == Unequal("body", pointer, *told)


def test_what_is_no_json_differs_at_a_byte() -> None:
    """Cut bodies, other bytes and other white space are told by offset, with what stands around."""
    assert first_difference(reply(b'{"a":1}'), reply(b'{"a"')) == Unequal(
        "body, byte 4", "", "'{\"a\":1}'", "'{\"a\"'"
    )
    assert first_difference(reply(b'{"a":1}'), reply(b'{"a": 1}')) == Unequal(
        "body, byte 5", "", "'{\"a\":1}'", "'{\"a\": 1}'"
    )
    assert first_difference(reply(b""), reply(b"\xff")) == Unequal("body, byte 0", "", "nothing", "'\\\\xff'")
    deep = b"[" * 100_000
    found = first_difference(reply(deep + b"1"), reply(deep + b"2"))
    assert found is not None
    assert found.what == "body, byte 100000"


def test_status_comes_first_and_headers_last() -> None:
    """A header may stand elsewhere, but neither be gone nor say something else; ignored ones may."""
    assert first_difference(reply(b"1", 200), reply(b"2", 500)) == Unequal("HTTP status", "", "200", "500")
    one, two, three = ("X-A", "1"), ("X-B", "2"), ("x-a", "3")
    assert first_difference(reply(b"", 200, one, two), reply(b"", 200, two, one)) is None
    assert first_difference(reply(b"", 200, one, three), reply(b"", 200, three, one)) == Unequal(
        "header x-a", "", "1, 3", "3, 1"
    )
    assert first_difference(reply(b"", 200, one), reply(b"", 200)) == Unequal(
        "header x-a", "", "1", "nothing"
    )
    assert first_difference(reply(b"", 200, one), reply(b"", 200, two), ("x-a", "x-b")) is None


@given(one=JSON, other=JSON)
def test_equal_bytes_and_only_those_are_equal(one: object, other: object) -> None:
    """Any two JSON values: a difference is found exactly when their bytes differ."""
    before, after = json.dumps(one).encode(), json.dumps(other).encode()
    assert (first_difference(reply(before), reply(after)) is None) == (before == after)
