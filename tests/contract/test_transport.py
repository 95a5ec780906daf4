"""From the bytes of a request to its command: every documented way, and every way that goes wrong."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.contract import urlencoded
from mockserver.contract.transport import PARAMETER, Decoded, decode, sniff_method
from mockserver.errors import Malformed, RawQueryRefused
from mockserver.model import Inbound

if TYPE_CHECKING:
    from mockserver.model import Finding

DEFAULTS = {
    "body_decode": "strict-form",
    "bare_json_body": "reject",
    "lenient_json": "off",
    "raw_query": "accept",
}
HTML = "text/html"
FORM = "application/x-www-form-urlencoded"
PRINTED = {
    row["ledger"]: row
    for row in json.loads(
        (Path(__file__).parents[1] / "data" / "malformed_examples.json").read_text(encoding="utf-8")
    )
}
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
commands = st.dictionaries(
    st.text(), scalars | st.lists(scalars) | st.dictionaries(st.text(), scalars), max_size=5
)
tricky = st.lists(
    st.sampled_from(
        [b"data=", b"&", b"+", b"%7B", b"%7D", b"%22", b'{"a":', b"}", b"1", b"%", b"%2", b"%25", b"\xff"]
    )
    | st.binary(max_size=6)
).map(b"".join)


def post(body: bytes | str, content_type: str | None = HTML, query: bytes = b"", **quirks: str) -> Decoded:
    """Decode a POST with these bytes."""
    headers = {} if content_type is None else {"content-type": content_type}
    raw = body.encode() if isinstance(body, str) else body
    return decode(Inbound("POST", "/", query, headers, raw), {**DEFAULTS, **quirks})


def get(query: bytes | str, **quirks: str) -> Decoded:
    """Decode a GET with this query."""
    raw = query.encode() if isinstance(query, str) else query
    return decode(Inbound("GET", "/", raw), {**DEFAULTS, **quirks})


def malformed(
    body: bytes | str, content_type: str | None = HTML, query: bytes = b"", **quirks: str
) -> Finding:
    """The finding of a POST that must be malformed."""
    with pytest.raises(Malformed) as caught:
        post(body, content_type, query, **quirks)
    assert (caught.value.finding.text + caught.value.finding.mend).isascii()
    return caught.value.finding


# The documented ways


@pytest.mark.parametrize("decoding", ["strict-form", "raw-first"])
@pytest.mark.parametrize("number", [40, 41, 42])
def test_the_bodies_of_the_three_recipes(number: int, decoding: str) -> None:
    """TRN-03, TRN-04, TRN-05, TRN-26: Postman, curl and wget send the printed body raw as text/html; the
    trailing line break of wget is harmless, and once repaired (TRN-40, TRN-41, TRN-42) the bodies are read.
    """
    row = PRINTED[f"TRN-{number}"]
    assert malformed(f"data={row['text']}", body_decode=decoding).ledger == "TRN-27"
    found = post(f"data={row['text']}", lenient_json="on", body_decode=decoding)
    assert found.command == row["parses_to"]
    assert [notice.ledger for notice in found.notices] == ["TRN-28"]


@pytest.mark.parametrize("decoding", ["strict-form", "raw-first"])
@pytest.mark.parametrize(
    "content_type", [HTML, FORM, f"{FORM}; charset=UTF-8", None, "application/json", "text/plain"]
)
def test_unencoded_json_without_special_characters_is_the_same_in_every_body(
    content_type: str | None, decoding: str
) -> None:
    """TRN-07, TRN-08, TRN-10, E-04, E-09: the form bodies of curl -d and wget --post-data hold plain JSON."""
    assert post('data={"a":["b",1]}', content_type, body_decode=decoding) == Decoded({"a": ["b", 1]})


def test_the_url_form() -> None:
    """TRN-06, TRN-26, E-03: the JSON stands in the query, of a GET or of a POST without a body."""
    assert get("data=%7B%22a%22:1%20%7D") == Decoded({"a": 1})
    assert post(b"", query=b"data=%7B%22a%22:1%7D") == Decoded({"a": 1})
    assert get('data={"a":1 }').command == {"a": 1}


def test_the_placeholder_is_no_request() -> None:
    """TRN-65: the template of the URL, sent as it is printed, is malformed and called a placeholder."""
    assert malformed("data={JSON request}").ledger == "TRN-65"
    with pytest.raises(Malformed) as caught:
        get("data={JSON request }")
    assert (caught.value.finding.ledger, caught.value.finding.offset) == ("TRN-65", 6)


def test_what_shell_and_curl_do_to_unquoted_json() -> None:
    """TRN-11, TRN-12, E-10: quotes lost to a shell and braces lost to curl are told apart and mended."""
    assert malformed("data={method:x}", FORM).ledger == "TRN-11"
    with pytest.raises(Malformed) as caught:
        get('data="method":"x"')
    assert caught.value.finding.ledger == "TRN-12"


@given(commands)
def test_every_documented_way_carries_any_object(command: dict[str, Any]) -> None:
    """TRN-03, TRN-06, TRN-07, TRN-14, TRN-15, TRN-16, AM-20: any object sent raw as text/html, form-encoded
    in a body, or in the query arrives unchanged, whichever way bodies are decoded.
    """
    text = json.dumps(command, ensure_ascii=False)
    encoded = urlencode({"data": text}).encode()
    for decoding in ("strict-form", "raw-first"):
        assert post(b"data=" + text.encode(), HTML, body_decode=decoding) == Decoded(command)
        assert post(encoded, FORM, body_decode=decoding) == Decoded(command)
        assert post(f"data={quote(text)}", HTML, body_decode=decoding) == Decoded(command)
        assert get(encoded, body_decode=decoding) == Decoded(command)
        raw_form = post(b"data=" + text.encode(), FORM, body_decode="raw-first")
        assert raw_form.command == command
    if not set("+&%").intersection(text):
        assert post(b"data=" + text.encode(), FORM) == Decoded(command)


# Form bodies


def test_a_form_body_is_decoded_as_a_servlet_container_does() -> None:
    """AM-20, TRN-17, TRN-20, TRN-23: plus becomes a space, escapes are decoded, a lone percent stays, the first
    value counts, and other parameters do not matter.
    """
    assert post('data={"n":"+91"}', FORM).command == {"n": " 91"}
    assert post('data={"n":"a%20b"}', FORM).command == {"n": "a b"}
    assert post('data={"n":"5% %zz"}', FORM).command == {"n": "5% %zz"}
    assert post("x=1&data=%7B%22a%22:1%7D&data=%7B%7D", FORM).command == {"a": 1}
    assert post("d%61ta=%7B%7D", FORM).command == {}
    assert post("data2=1&mydata=2&data={}", FORM).command == {}
    assert malformed("data&data={}", FORM).ledger == "TRN-31"


def test_only_the_first_equals_sign_counts() -> None:
    """TRN-19, TRN-21: the padding of a base64 key and its slash arrive unharmed, also escaped as \\/."""
    command = {"apikey": "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="}
    text = json.dumps(command)
    for content_type, decoding in product((HTML, FORM), ("strict-form", "raw-first")):
        assert post(f"data={text}", content_type, body_decode=decoding) == Decoded(command)
        assert post("data=" + text.replace("/", "\\/"), content_type, body_decode=decoding) == Decoded(
            command
        )
    assert get(f"data={quote(text, safe='=/')}") == Decoded(command)


@pytest.mark.parametrize(
    ("text", "offset", "ledger", "code"),
    [
        ('data={"n":"a&b"}', 12, "TRN-18", "%26"),
        ('data={"n":1&x=2', 11, "TRN-18", "%26"),
        ('data={"n":1e+5}', 12, "TRN-17", "%2B"),
        ('data={"n":"50%22 off"}', 13, "TRN-20", "%25"),
        ('data={"n":"x%0Ay"}', 12, "TRN-20", "%25"),
    ],
)
def test_a_malformed_form_body_names_the_byte_to_encode(
    text: str, offset: int, ledger: str, code: str
) -> None:
    """TRN-17, TRN-18, TRN-20, AM-20: where form decoding broke the JSON, the raw byte and its encoding are named."""
    finding = malformed(text, FORM)
    assert (finding.offset, finding.ledger) == (offset, ledger)
    assert str(offset) in finding.text
    assert code in finding.mend


def test_a_fault_in_an_encoded_body_is_named_by_its_raw_byte() -> None:
    """TRN-31: offsets count raw bytes, escapes included, and the parameter's own place in the body."""
    body = "x=1&data=" + quote('{"\u0928":1,}')
    finding = malformed(body, FORM)
    assert finding.offset == body.index("%2C")
    assert finding.text == f"a trailing comma at byte {finding.offset} of the body"


# Warnings


@pytest.mark.parametrize(
    ("text", "ledgers"),
    [
        ('data={"n":"+91"}', ["TRN-17"]),
        ('data={"n":"5%"}', ["TRN-20"]),
        ('data={"n":"a%20b"}', ["TRN-20"]),
        ('data={"n":"+5%"}', ["TRN-17", "TRN-20"]),
        ("data=%7B%22n%22:%22+91%22%7D", ["TRN-17"]),
        ("data=%7B%22n%22%3A+%22%2B91%22%7D", []),
        ('data={"n":"91"}', []),
    ],
)
def test_form_decoding_that_changes_unencoded_json_earns_a_warning(text: str, ledgers: list[str]) -> None:
    """AM-08, TRN-38: a raw plus or percent in typed JSON warns; the plus an encoder writes for a space does not."""
    found = post(text, FORM)
    assert [notice.ledger for notice in found.notices] == ledgers
    assert all(notice.text.isascii() for notice in found.notices)


def test_raw_first_keeps_what_a_form_decoder_would_not_and_warns() -> None:
    """TRN-15, TRN-17, TRN-18, TRN-20, E-08: with body_decode=raw-first a form body stays literal, with warnings."""
    found = post('data={"n":"+91 & 5%20"}', FORM, body_decode="raw-first")
    assert found.command == {"n": "+91 & 5%20"}
    assert [notice.ledger for notice in found.notices] == ["TRN-17", "TRN-18", "TRN-20"]
    assert post('data={"n":"+91 & 5%20"}', HTML, body_decode="raw-first").notices == ()


def test_raw_first_falls_back_to_the_form_and_then_to_the_undivided_text() -> None:
    """TRN-16: an encoded body is read as a form, or else decoded whole, which saves clients of encodeURI."""
    assert post("x=1&data=%7B%22a%22:1%7D", HTML, body_decode="raw-first").command == {"a": 1}
    assert post("data=%7B%22a%22:%22b&c+d%22%7D", HTML, body_decode="raw-first").command == {"a": "b&c+d"}
    encoded = "data=" + quote('{"a":1,}')
    assert malformed(encoded, FORM, body_decode="raw-first").offset == encoded.index("%2C")
    assert malformed('data={"a":1,}', FORM, body_decode="raw-first").offset == 11
    assert malformed("", FORM, body_decode="raw-first").ledger == "TRN-31"


# Other content types


def test_outside_forms_the_text_is_raw() -> None:
    """AM-60, TRN-15: under text/html nothing is decoded; byte order mark and white space around are dropped."""
    assert post('data={"n":"+91 & 5%20 =%"}') == Decoded({"n": "+91 & 5%20 =%"})
    assert post(b'\xef\xbb\xbf \r\ndata= {"a":1}\n\n') == Decoded({"a": 1})
    assert post(b'\xef\xbb\xbf \r\ndata= {"a":1}\n\n', body_decode="raw-first") == Decoded({"a": 1})
    assert malformed('data={"a":+1}').offset == 10
    finding = malformed('data={"a":1}&x=2')
    assert (finding.ledger, finding.offset) == ("AM-60", 12)


def test_outside_forms_text_that_begins_encoded_is_decoded_once() -> None:
    """AM-60: a value that begins with a percent sign is percent-decoded, undivided and with its plus kept."""
    assert post("data=%7B%22a%22:%22b&c+d%2541%22%7D").command == {"a": "b&c+d%41"}
    finding = malformed("data=%7B%22a%22:+1%7D")
    assert (finding.ledger, finding.offset) == ("AM-60", 16)
    assert "content type" in finding.mend
    assert "only once" in malformed("data=%257B%2522a%2522").mend


def test_multipart_is_malformed() -> None:
    """TRN-25: a multipart body is undocumented, whatever its bytes."""
    for decoding in ("strict-form", "raw-first"):
        assert (
            malformed("data={}", "Multipart/Form-Data; boundary=x", body_decode=decoding).ledger == "TRN-25"
        )


def test_bare_json_needs_its_prefix_unless_the_quirk_accepts_it() -> None:
    """TRN-24, E-05: JSON without the parameter is malformed; bare_json_body=accept reads it as it stands."""
    for content_type, decoding in product((HTML, FORM, "application/json"), ("strict-form", "raw-first")):
        finding = malformed(' {"a":"+1"}', content_type, body_decode=decoding)
        assert (finding.ledger, finding.offset) == ("TRN-24", 1)
        found = post(' {"a":"+1"}', content_type, body_decode=decoding, bare_json_body="accept")
        assert found == Decoded({"a": "+1"})
    assert malformed(' {"a":1,}', HTML, bare_json_body="accept").offset == 7
    assert malformed("[]", HTML, bare_json_body="accept").ledger == "TRN-31"


@pytest.mark.parametrize("content_type", [HTML, FORM])
@pytest.mark.parametrize("decoding", ["strict-form", "raw-first"])
@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"", "send data="),
        (b" \n", "send data="),
        (b'DATA={"a":1}', "lower case"),
        (b"data%3D%7B%7D", "as it is"),
        (b'StrRequest={"a":1}', "begin the body with data="),
        (b"data=", "send a JSON object"),
        (b"data=[]", "beginning with '{'"),
    ],
)
def test_a_body_without_its_object_is_malformed(
    content_type: str, decoding: str, body: bytes, hint: str
) -> None:
    """TRN-31, E-06, E-12: an absent or empty parameter, another name and a non-object are malformed, with a mend."""
    assert hint in malformed(body, content_type, body_decode=decoding).mend


def test_a_form_body_may_not_begin_with_white_space() -> None:
    """AM-20: a servlet container takes white space before the name for a part of it."""
    finding = malformed(' data={"a":1}', FORM)
    assert (finding.ledger, finding.mend) == ("AM-20", "begin the body with data=")


@pytest.mark.parametrize(
    ("body", "content_type", "offset"),
    [
        (b'data={"a":"\xe9"}', HTML, 11),
        (b'data={"a":"\xe9"}', FORM, 11),
        (b"data=%7B%22a%22%3A%22%E9%22%7D", FORM, 21),
        (b"\xff\xfed\x00a\x00", HTML, 0),
        (b"\xff\xfed\x00a\x00", FORM, 0),
    ],
)
def test_bytes_that_are_not_utf8_are_named(body: bytes, content_type: str, offset: int) -> None:
    """TRN-15: text in another encoding is malformed at its first bad byte, raw or percent-encoded."""
    for decoding in ("strict-form", "raw-first"):
        finding = malformed(body, content_type, body_decode=decoding)
        assert (finding.ledger, finding.offset) == ("TRN-15", offset)


# The query


def test_the_query_beats_the_body_and_a_get_has_no_body() -> None:
    """TRN-23, E-03: a parameter in the query wins even if it is bad; without one the body of a POST is read."""
    assert post('data={"b":1}', query=b"data=%7B%7D").command == {}
    assert post('data={"b":1}', query=b"x=1").command == {"b": 1}
    assert post("data=%7B%7D&data=1", FORM, query=b"data=%7B%22q%22:1%7D&data=2").command == {"q": 1}
    assert malformed('data={"b":1}', query=b"data=").ledger == "TRN-31"
    with pytest.raises(Malformed) as caught:
        decode(Inbound("GET", "/", b"", {"content-type": HTML}, b"data={}"), DEFAULTS)
    assert caught.value.finding.ledger == "TRN-31"


def test_the_query_is_always_decoded_by_the_standard() -> None:
    """TRN-22: in a URL plus is a space and an ampersand ends the value, whatever body_decode says; a typed plus warns."""
    for decoding in ("strict-form", "raw-first"):
        found = get("data=%7B%22a%22:%22b+c%22%7D", body_decode=decoding)
        assert found.command == {"a": "b c"}
        assert [notice.ledger for notice in found.notices] == ["TRN-22"]
        with pytest.raises(Malformed) as caught:
            get("data=%7B%22a%22:%22b&c%22%7D", body_decode=decoding)
        assert (caught.value.finding.offset, caught.value.finding.ledger) == (20, "TRN-22")
        assert "of the query" in caught.value.finding.text


@pytest.mark.parametrize("query", ['data={"a":1}', 'x="&data=%7B%22a%22:1%7D', "x={&data=%7B%22a%22:1%7D"])
def test_raw_braces_and_quotes_in_a_query_warn_or_are_refused(query: str) -> None:
    """AM-21, TRN-06: raw braces or quotes warn; raw_query=reject400 refuses the request and names the byte."""
    found = get(query)
    assert found.command == {"a": 1}
    assert [notice.ledger for notice in found.notices] == ["AM-21"]
    with pytest.raises(RawQueryRefused) as caught:
        get(query, raw_query="reject400")
    assert caught.value.finding.offset == min(query.index(mark) for mark in '{"' if mark in query)
    assert get("data=%7B%22a%22:1%7D", raw_query="reject400") == Decoded({"a": 1})
    with pytest.raises(RawQueryRefused):
        post("data={}", query=b"}", raw_query="reject400")


# Leniency and sniffing


def test_leniency_is_off_unless_asked_for_and_says_what_it_did() -> None:
    """TRN-28, E-11: with lenient_json=on the repairs made are named; what it cannot repair is explained as sent."""
    text = 'data={"a":1,}'
    assert malformed(text).offset == 11
    for content_type, decoding in product((HTML, FORM), ("strict-form", "raw-first")):
        found = post(text, content_type, lenient_json="on", body_decode=decoding)
        assert found.command == {"a": 1}
        assert [notice.text for notice in found.notices] == ["malformed JSON, repaired by R5 (1)"]
    assert post('data={"a":1}', lenient_json="on") == Decoded({"a": 1})
    assert malformed("data={'a':1,}", lenient_json="on").offset == 6
    assert malformed(b'data={"\xff":1,}', lenient_json="on").ledger == "TRN-15"


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ('{"method":"userStatus",}', "userStatus"),
        ("{\u201cmethod\u201d:\u201ddeleteUser\u201d}", None),
        ('{"method" : \u201ddeleteUser\u201d}', "deleteUser"),
        ('{method:"addEditUser"}', "addEditUser"),
        ("{method:addEditUser}", None),
        ('{"method":""}', None),
        ("", None),
    ],
)
def test_the_method_is_sniffed_from_broken_text(text: str, method: str | None) -> None:
    """TRN-33: the name is read by the ledger's pattern, which knows curly quotes around the value only."""
    assert sniff_method(text) == method


@pytest.mark.parametrize("number", [*range(40, 43), *range(47, 54), *range(55, 61)])
def test_the_method_is_sniffed_from_the_printed_examples(number: int) -> None:
    """TRN-33: a malformed request still tells its method through the text the error carries."""
    row = PRINTED[f"TRN-{number}"]
    for content_type, text in ((HTML, row["text"]), (FORM, quote(row["text"]))):
        with pytest.raises(Malformed) as caught:
            post(f"data={text}", content_type)
        assert sniff_method(caught.value.text) == row["parses_to"]["method"]


# Any bytes at all


@given(
    st.sampled_from(["GET", "POST"]),
    tricky,
    tricky,
    st.sampled_from([HTML, FORM, "multipart/form-data", ""]) | st.text(max_size=20),
    st.fixed_dictionaries(
        {
            "body_decode": st.sampled_from(["strict-form", "raw-first"]),
            "bare_json_body": st.sampled_from(["reject", "accept"]),
            "lenient_json": st.sampled_from(["off", "on"]),
            "raw_query": st.sampled_from(["accept", "reject400"]),
        }
    ),
)
def test_any_bytes_are_decoded_or_refused_with_a_place(
    verb: str, query: bytes, body: bytes, content_type: str, quirks: dict[str, str]
) -> None:
    """TRN-31, AM-08: whatever is sent, the answer is a command or a finding inside the bytes, all in ASCII."""
    inbound = Inbound(verb, "/", query, {"content-type": content_type}, body)
    try:
        found = decode(inbound, quirks)
    except (Malformed, RawQueryRefused) as error:
        finding = error.finding
        assert finding.offset is not None
        assert 0 <= finding.offset <= max(len(query), len(body))
        assert finding.mend
        assert (finding.text + finding.mend).isascii()
    else:
        assert isinstance(found.command, dict)
        assert all(notice.text.isascii() for notice in found.notices)


@given(tricky)
@example(b"%2%35")
@example(b"%%7B%2541%7d%25")
def test_percent_decoding_agrees_with_the_standard_library(raw: bytes) -> None:
    """AM-20: escapes are decoded once, malformed ones stay, exactly as the standard library has it."""
    assert urlencoded.percent_decode(raw) == unquote_to_bytes(raw)
    assert urlencoded.form_decode(raw) == unquote_to_bytes(raw.replace(b"+", b" "))


@given(st.binary(max_size=300))
def test_any_encoded_bytes_come_back(raw: bytes) -> None:
    """AM-20: whatever a client percent-encodes arrives, however many different escapes it needs."""
    everything = "".join(f"%{byte:02x}" for byte in raw).encode()
    assert urlencoded.percent_decode(everything) == raw
    assert urlencoded.percent_decode(quote_from_bytes(raw).encode()) == raw


@given(tricky, tricky)
def test_the_first_parameter_of_the_name_is_found(before: bytes, after: bytes) -> None:
    """TRN-22, TRN-23: the first value of the name is found, wherever it stands."""
    raw = before + b"&data=x" + after
    pairs = [pair.partition(b"=") for pair in raw.split(b"&")]
    expected = next(value for name, _, value in pairs if unquote_to_bytes(name) == PARAMETER.encode())
    found = urlencoded.first_parameter(raw, urlencoded.parameter_pattern(PARAMETER))
    assert found is not None
    assert found.raw == expected
    assert raw[found.at :].startswith(found.raw)
    assert found.cut == (found.at + len(found.raw) < len(raw))


def test_large_bodies_are_read_in_one_pass() -> None:
    """TRN-30, AM-20: ten thousand records arrive unchanged, raw, encoded and malformed at their end."""
    record = {"leadnumber": "1", "name": "R\u00e4m 100%", "mobilenumber": "1234567890"}
    command = {"data": [record] * 10_000}
    text = json.dumps(command, ensure_ascii=False)
    assert post(f"data={text}").command == command
    encoded = urlencode({"data": text})
    assert post(encoded, FORM).command == command
    finding = malformed(encoded[:-3], FORM)
    assert finding.offset == len(encoded) - 3
