"""The reply faults by themselves: what each makes of a reply, and what it leaves alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.base import ReplyFault
from mockserver.faults.chance import Chance
from mockserver.faults.registry import fault_kinds, plan
from mockserver.model import Reply

HEADERS = (("Content-Type", "application/json; charset=utf-8"), ("X-Mock-Sandbox", "default"))
BODY = b'{"method":"push","status":17,"records":[{"statuscode":"003","status":0}],"statusdesc":"fail"}'
REPLY = Reply(200, HEADERS, BODY, ("a fault",), ("default", 3))

objects = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def harmed(name: str, reply: Reply = REPLY, before: Reply | None = None, **settings: Any) -> Reply:
    fault = plan(name, settings, Chance("tests"))
    assert isinstance(fault, ReplyFault)
    return fault.distort(reply, before)


@pytest.mark.parametrize(
    "name", [name for name, kind in fault_kinds().items() if issubclass(kind, ReplyFault)]
)
def test_a_reply_fault_is_pure(name: str) -> None:
    """The same reply becomes the same harmed reply, and keeps what else is to happen to it."""
    first, second = harmed(name), harmed(name)
    assert first == second
    assert (first.faults, first.origin) == (REPLY.faults, REPLY.origin)
    assert ("X-Mock-Sandbox", "default") in first.headers
    assert REPLY.body == BODY


def test_http_status() -> None:
    """The status changes and the body stays; a body that is given replaces it, and 204 has none."""
    assert harmed("http_status") == Reply(503, HEADERS, BODY, REPLY.faults, REPLY.origin)
    busy = harmed("http_status", code=429, body="später")
    assert (busy.http_status, busy.body) == (429, "später".encode())
    assert harmed("http_status", code=204).body == b""


def test_html_error_page() -> None:
    """A page with its status in place of JSON, under one Content-Type; unknown statuses have a page too."""
    page = harmed("html_error_page")
    assert page.http_status == 500
    assert b"<h1>HTTP Status 500 - Internal Server Error</h1>" in page.body
    assert [value for name, value in page.headers if name == "Content-Type"] == ["text/html;charset=utf-8"]
    assert b"HTTP Status 599 - Unknown" in harmed("html_error_page", code=599).body


@given(objects, st.sampled_from(["cut", "comma", "quotes"]))
def test_malformed_json_is_no_json(content: Any, how: str) -> None:
    """Whatever the reply holds, no parser takes what is left of it."""
    reply = harmed("malformed_json", Reply(200, HEADERS, json.dumps(content).encode()), how=how)
    with pytest.raises(ValueError):
        json.loads(reply.body)


def test_malformed_json_in_its_three_ways() -> None:
    """A cut, a comma too many, single quotes."""
    reply = Reply(200, HEADERS, b'{"a":"b"}')
    ways = [harmed("malformed_json", reply, how=how).body for how in ("cut", "comma", "quotes")]
    assert ways == [b'{"a":"', b'{"a":"b",}', b"{'a':'b'}"]


def test_status_type_flip_changes_types_and_nothing_else() -> None:
    """Numbers become text and text becomes numbers, at every level; every other byte stays."""
    flipped = harmed("status_type_flip")
    assert flipped.body == (
        b'{"method":"push","status":"17","records":[{"statuscode":3,"status":"0"}],"statusdesc":"fail"}'
    )
    assert harmed("status_type_flip", keys=["statuscode"]).body == BODY.replace(b'"003"', b"3")
    for kept in (
        b'{"status":1.5}',
        b'{"status":1e3}',
        b'{"status":true}',
        b'{"status":"x1"}',
        b'{"Status":1}',
    ):
        assert harmed("status_type_flip", Reply(200, HEADERS, kept)).body == kept


@given(objects)
def test_status_type_flip_leaves_json_as_json(content: Any) -> None:
    """What was JSON is JSON still, whatever stands around the code; texts that look like one are left alone."""
    body = json.dumps({"text": '"status":5', "around": content, "status": 5})
    found = json.loads(harmed("status_type_flip", Reply(200, HEADERS, body.encode())).body)
    assert (found["status"], found["text"]) == ("5", '"status":5')


def test_missing_key() -> None:
    """Without a name the last member goes, with one it goes from every level; what is no JSON stays."""
    assert harmed("missing_key").body == BODY.replace(b',"statusdesc":"fail"', b"")
    assert json.loads(harmed("missing_key", key="status").body) == {
        "method": "push", "records": [{"statuscode": "003"}], "statusdesc": "fail",
    }  # fmt: skip
    for body in (b"no JSON", b"", b"[1]", b"{}"):
        assert harmed("missing_key", Reply(200, HEADERS, body)).body == body
    assert harmed("missing_key", key="no such").body is BODY


def test_stale_reply() -> None:
    """The reply before comes again, but what else was planned stays with the new one; the first has none."""
    old = Reply(404, (("X-Mock-Sandbox", "default"),), b"old", ("other",), ("default", 1))
    assert harmed("stale_reply", before=old) == Reply(404, old.headers, b"old", REPLY.faults, REPLY.origin)
    assert harmed("stale_reply") is REPLY


def test_headers_and_blank_lines() -> None:
    """Headers twice, a foreign type in the type's place, and lines before the JSON, which is JSON still."""
    twice = harmed("duplicate_reply_headers", headers=["content-TYPE", "Content-Length", "Absent"])
    assert twice.headers == (*HEADERS, HEADERS[0], ("Content-Length", str(len(BODY))))
    assert harmed("wrong_content_type").headers == (
        ("Content-Type", "text/html;charset=ISO-8859-1"),
        HEADERS[1],
    )
    bare = Reply(200, HEADERS[1:], BODY)
    assert harmed("wrong_content_type", bare).headers[0][0] == "Content-Type"
    lines = harmed("leading_blank_lines", lines=2).body
    assert lines == b"\r\n\r\n" + BODY
    assert json.loads(lines) == json.loads(BODY)
