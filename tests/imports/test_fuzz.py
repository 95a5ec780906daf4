"""Whatever bytes come in, a documented answer goes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.model import Inbound
from mockserver.paths import data_dir
from mockserver.settings import ENDPOINT
from tests.imports.helpers import F106, FWEB, POLICY, TENANT, command, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Answer, Box

TYPES = [
    "text/html", "text/html; charset=utf-8", "", "application/x-www-form-urlencoded", "application/json",
    "multipart/form-data; boundary=x",
]  # fmt: skip
QUIRKS = [
    "", "overlong=truncate", "overlong=accept", "mobile_rule=intl", "all_failed=promote", "lenient_json=on",
    "shared_search_checks=on,custom_filter=on,require_reqdatetime=on", "unknown_customercode=reject14",
    "body_decode=raw-first,bare_json_body=accept", "case_insensitive_keys=on,method_case=ignore",
    "ipd106_call_key=both,failed_record_keys=minimal", "servicekey_case=ignore,login_match=exact",
]  # fmt: skip
PIECES = [
    b"", b"&", b"=", b"%", b"%7B", b"+", b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"NaN",
    b"\\u0000", b"\\ud800", b"\xff", b"\xef\xbb\xbf", b"\x00", b"9" * 400, b"[" * 70, b"data=", b"\n", b"true",
    "“".encode(), b'"media":"12",', b"/*x*/", b"-",
]  # fmt: skip
GOOD = (
    b"data="
    + json.dumps(command(record(name="Ram", calltype="5", sr_number="1"), {"mobilenumbers": "1"})).encode()
)

words = st.sampled_from(
    ["12", "99", "mobilenumber", "mobilenumbers", "customercode", "crmuniquefield", "8850014998", "+918850014998",
     "1110000043", "125", "", " ", "2024-10-30 12:14:46", "x" * 300, "FORCE_62", "user1", "é", "\x85", "\u0000"]
)  # fmt: skip
scalars = (
    words
    | st.integers()
    | st.integers(2**63, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
    | st.text(max_size=8)
)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(words, scalars, max_size=3)
FIELDS = [
    "mobilenumber", "mobilenumbers", "customercode", "crmuniquefield", "sr_number", "leadnumber", "comments",
    "callDateTime", "calldatetime", "calltype", "Calltype", "call_type", "userlogin", "sessionid", "name", "",
]  # fmt: skip
records = st.builds(
    lambda base, more: {**base, **more},
    st.sampled_from([{"mobilenumber": "8850014998"}, {"mobilenumbers": 8850014999, "sr_number": "7"}, {}]),
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=3),
)
HEAD = [
    "media",
    "updateparam",
    "sessionid",
    "reqdatetime",
    "searchparam",
    "fromdate",
    "todate",
    "customfilter",
    "Media",
    "x",
]
plausible = st.builds(
    lambda keys, head, batch: {"method": "ImportProcessData", "media": "12", "updateparam": "mobilenumber", **keys, **head, "data": batch},
    st.sampled_from(
        [{"apikey": TENANT, "servicekey": key} for key in ("VoiceProcess", "StrictBatch", "NoScriptTemplate", "GsmTrunk", "TtsProcess", "FORCE_69")]
        + [{"apikey": POLICY, "servicekey": "Policy"}, {"apikey": 5}]
    ),
    st.dictionaries(st.sampled_from(HEAD), values, max_size=1)
    | st.sampled_from([{"updateparam": key} for key in ("mobilenumbers", "customercode", "crmuniquefield")]),
    st.lists(records, min_size=1, max_size=4) | st.lists(records | scalars, max_size=4) | values,
).map(lambda made: b"data=" + json.dumps(made, ensure_ascii=False).encode())  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid body with up to four pieces cut out, put in or put over."""
    body = GOOD
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        body = body[:at] + piece + body[at + draw(st.integers(0, 6)) :]
    return body


broken = mutated() | mutated() | st.binary(max_size=60).map(b"data=".__add__) | st.binary(max_size=60)


def documented(edition: str) -> set[int]:
    """Every code that may fail a command: the method's own tables and the common ones."""
    schemas = data_dir("schemas")
    document = json.loads((schemas / "methods" / "ImportProcessData.json").read_bytes())
    tables = document["editions"][edition]["statuses"].values()
    common = json.loads((schemas / "common.json").read_bytes())["statuses"]
    return {int(code) for table in (*tables, common) for code in table}


def check(answer: Answer, edition: str, codes: set[int]) -> None:
    """HTTP 200, no error of ours, and the shape of a success or of a failure with a documented code."""
    assert not answer.exchange.error, answer.exchange.error
    assert answer.reply.http_status == 200
    body: dict[str, Any] = answer.body
    if list(body) == (FWEB if edition == "web" else F106):
        assert answer.code in codes
        assert int(body["status"]) == answer.code
    elif edition == "web":
        assert list(body) == ["method", "resdatetime", "statuscode", "statusdesc"]
    else:
        assert list(body) == ["resdatetime", "statusdata", "method", "status"]
        assert all(
            int(found["statuscode"]) in {1, 24, 36, 37, 43, 49, 50, 69} for found in body["statusdata"]
        )


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize(
    ("bodies", "types", "examples"),
    [(plausible, TYPES[:3], 250), (broken, TYPES, 250)],
    ids=["plausible", "broken"],
)
def test_any_body(
    make: Callable[..., Box], edition: str, bodies: st.SearchStrategy[bytes], types: list[str], examples: int
) -> None:
    """A thousand bodies, random, broken and plausible: always a documented answer (GEN-02, TRN-31, TRN-34)."""
    box = make(edition)
    codes = documented(edition)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=bodies, content_type=st.sampled_from(types), quirks=st.sampled_from(QUIRKS))
    def push(body: bytes, content_type: str, quirks: str) -> None:
        headers = {"content-type": content_type, **({"x-mock-quirk": quirks} if quirks else {})}
        check(box.ask(Inbound("POST", ENDPOINT, b"", headers, body)), edition, codes)

    push()


def test_any_query(make: Callable[..., Box]) -> None:
    """The same for what stands in a URL (TRN-06, TRN-22)."""
    box = make()
    codes = documented("1.0.6")

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(query=plausible | broken, body=st.just(b"") | st.just(GOOD), verb=st.sampled_from(["GET", "POST"]))
    def push(query: bytes, body: bytes, verb: str) -> None:
        check(box.ask(Inbound(verb, ENDPOINT, query, {"content-type": "text/html"}, body)), "1.0.6", codes)

    push()
