"""Status 2 through the whole pipeline: every way to be malformed, in the envelope the method would have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.api import FORM, HTML, IMPORT, NOW_TEXT, text_of, without

if TYPE_CHECKING:
    from tests.api import Api

GOOD = text_of(IMPORT)
EDITIONS = ["1.0.6", "web"]


def refusal(edition: str, method: str) -> dict[str, Any]:
    """What status 2 looks like (TRN-33)."""
    if edition == "1.0.6":
        text = "Wrong format of received request"
        return {"method": method, "statusdesc": text, "status": "002", "timestamp": NOW_TEXT}
    return {
        "method": method, "revisionno": "1", "status": 2, "statusdesc": "fail", "resdatetime": NOW_TEXT,
    }  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("body", "content_type", "method"),
    [
        pytest.param(b"", HTML, "", id="absent body TRN-31"),
        pytest.param(b"   \r\n", FORM, "", id="blank body TRN-31"),
        pytest.param(b"data=", HTML, "", id="empty data TRN-31"),
        pytest.param(b"other=1&more=2", FORM, "", id="no data TRN-31"),
        pytest.param(b"data=[1,2]", HTML, "", id="an array TRN-27 TRN-31"),
        pytest.param(b'data="ImportProcessData"', FORM, "", id="a string TRN-31"),
        pytest.param(b"data=null", HTML, "", id="null TRN-31"),
        pytest.param(b"data=12", HTML, "", id="a number TRN-31"),
        pytest.param(f"data={GOOD[:-1]}", HTML, "ImportProcessData", id="cut off TRN-27"),
        pytest.param(f"data={GOOD[:-1]},}}", FORM, "ImportProcessData", id="trailing comma TRN-27"),
        pytest.param(f"data={GOOD}{GOOD}", HTML, "ImportProcessData", id="two objects TRN-27"),
        pytest.param('data={"method":“ImportProcessData”}', HTML, "ImportProcessData", id="curly TRN-33"),
        pytest.param('data={method:"ImportProcessData"', HTML, "ImportProcessData", id="bare key TRN-33"),
        pytest.param('data={"method" : "nonesuch",', HTML, "nonesuch", id="unknown sniffed TRN-33"),
        pytest.param("data={method:ImportProcessData}", FORM, "", id="quotes lost TRN-11"),
        pytest.param('data="method":"ImportProcessData"', HTML, "ImportProcessData", id="braces lost TRN-12"),
        pytest.param('data={"n":NaN,"method":"ImportProcessData"}', HTML, "ImportProcessData", id="NaN TRN-27"),
        pytest.param('data={"a":"\t","method":"ImportProcessData"}', HTML, "ImportProcessData", id="tab TRN-27"),
        pytest.param("data=" + '{"a":' * 2000 + "1" + "}" * 2000, HTML, "", id="too deep TRN-27"),
        pytest.param(b'data={"method":"ImportProcessData\xff"}', HTML, "ImportProcessData", id="UTF-8 TRN-15"),
        pytest.param(GOOD, HTML, "ImportProcessData", id="bare JSON TRN-24"),
        pytest.param("data={JSON request}", FORM, "", id="the placeholder TRN-65"),
        pytest.param(
            f"--x\r\n\r\ndata={GOOD}\r\n--x--", "multipart/form-data; boundary=x", "ImportProcessData",
            id="multipart TRN-25",
        ),
        pytest.param(
            b"<soapenv:Envelope><soapenv:Body/></soapenv:Envelope>", "text/xml", "", id="SOAP TRN-09"
        ),
    ],
)  # fmt: skip
def test_a_malformed_request_is_status_2_in_the_envelope_of_its_method(
    api: Api, edition: str, body: bytes | str, content_type: str, method: str
) -> None:
    """TRN-31, TRN-33, E-14: known or sniffed method, else what could be read of it; keys in printed order."""
    before = api.counts()
    answer = api.post(body, content_type=content_type, headers={"X-Mock-Edition": edition})
    assert answer.http_status == 200
    assert list(answer.body.items()) == list(refusal(edition, method).items())
    assert (answer.rule, answer.header("X-Mock-Evidence")) == ("TRN-31", "inferred")
    assert answer.header("X-Mock-Status-Description") == "Wrong format of received request"
    assert api.counts() == before
    entry = api.journal()
    finding = entry["finding"]
    assert (entry["method"], entry["status"]) == (method, 2)
    assert finding["mend"]
    assert (finding["offset"] is None) or 0 <= finding["offset"] <= len(body)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        (None, ""),
        ("", ""),
        ("   ", "   "),
        (5, ""),
        (["ImportProcessData"], ""),
        ("importprocessdata", "importprocessdata"),
        (" ImportProcessData", " ImportProcessData"),
        ("addUser", "addUser"),
        ("savedisposition", "savedisposition"),
        ("customer_recordings", "customer_recordings"),
    ],
)
def test_a_method_that_is_not_exactly_one_of_the_api_is_status_2(
    api: Api, edition: str, sent: object, echoed: str
) -> None:
    """TRN-32, TRN-33, AM-61, E-15, IPD106-01, IPDWEB-01: absent, blank, no text, unknown, another case or only an answer's word."""
    answer = api.post(without(method=sent), headers={"X-Mock-Edition": edition})
    assert answer.body == refusal(edition, echoed)
    assert api.journal()["finding"]["ledger"] == "TRN-32"


def test_an_absent_method_is_status_2(api: Api) -> None:
    """TRN-32: without the key there is nothing to dispatch by."""
    assert api.post(without("method")).body == refusal("1.0.6", "")


def test_there_is_no_wsdl(api: Api) -> None:
    """TRN-09: asking for a description is a request without data."""
    assert api.get(b"wsdl").body == refusal("1.0.6", "")


@pytest.mark.parametrize(
    ("body", "content_type", "query", "place"),
    [
        (f"data={GOOD}".replace("NPS", "A&B"), FORM, b"", ("TRN-18", len("data=") + GOOD.find("NPS") + 1)),
        (b"data=%7B%22a%22%3A1%2C%7D", FORM, b"", ("TRN-27", None)),
        (b"data={\"a\":1e+5}", FORM, b"", ("TRN-17", 12)),
        (b"data={\"a\":+1}", HTML, b"", ("TRN-27", 10)),
        (b"", HTML, b"data={\"a\":1e+5}", ("TRN-22", 12)),
        (b"data=%7B%7D&junk", HTML, b"", ("AM-60", 11)),
    ],
)  # fmt: skip
def test_the_journal_names_byte_and_mend(
    api: Api, body: bytes | str, content_type: str, query: bytes, place: tuple[str, int | None]
) -> None:
    """AM-20, AM-60, TRN-17, TRN-18, TRN-22, TRN-31: where the bytes went wrong, and what to send instead."""
    assert api.post(body, content_type=content_type, query=query).status == 2
    finding = api.journal()["finding"]
    code, offset = place
    assert finding["ledger"] == code
    assert isinstance(finding["offset"], int)
    assert offset is None or finding["offset"] == offset
    assert str(finding["offset"]) in finding["text"]
    assert finding["mend"]


def test_every_documented_way_reaches_the_method(api: Api) -> None:
    """TRN-01, TRN-03, TRN-06, TRN-07, TRN-08, TRN-14, TRN-26: one path, JSON in, JSON out, whichever way it came."""
    ways = [
        api.post(IMPORT),
        api.post(f"data={GOOD}\n"),
        api.post(IMPORT, content_type=FORM),
        api.post(f"data={quote(GOOD)}", content_type=FORM),
        api.post(f"data={quote(GOOD)}"),
        api.post(IMPORT, content_type=None),
        api.get(IMPORT),
        api.post(b"", query=f"data={quote(GOOD)}".encode()),
        api.get(f"data={GOOD[:-1]} }}".encode()),
    ]
    assert [answer.status for answer in ways] == [1] * len(ways)
    assert {answer.header("Content-Type") for answer in ways} == {"application/json; charset=utf-8"}


def test_query_beats_body_and_first_beats_later(api: Api) -> None:
    """TRN-23: parameters of the query come before those of the body, as in a servlet container."""
    other = text_of(without(media="99"))
    assert api.post(f"data={other}", query=f"data={quote(GOOD)}".encode()).status == 1
    assert api.post(f"data={quote(GOOD)}&data={quote(other)}", content_type=FORM).status == 1
    assert api.post(f"data={quote(other)}&data={quote(GOOD)}", content_type=FORM).status == 17


def test_keys_with_slash_equals_and_plus(api: Api) -> None:
    r"""TRN-19, TRN-21: base64 keys survive; ``\/`` is ``/``; a raw ``+`` is lost in a form body only."""
    base64 = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
    command = without(apikey=base64, servicekey="process1")
    assert api.post(command).status == 1
    assert api.post(command, content_type=FORM).status == 1
    assert api.post(f"data={text_of(command)}".replace("/g", "\\/g")).status == 1
    api.change("tenants", {"apikey": "test_org"}, apikey="test+org")
    api.process(tenant="test+org")
    plus = without(apikey="test+org")
    assert [api.post(plus).status, api.get(plus).status] == [1, 1]
    lost = api.post(plus, content_type=FORM)
    assert (lost.status, lost.warned) == (1107, ["TRN-17"])
    assert api.post(plus, content_type=FORM, body_decode="raw-first").status == 1


def test_answers_are_utf8_in_printed_order(api: Api) -> None:
    """TRN-37, GEN-01: neither sorted nor escaped."""
    answer = api.post(without(method="Ünbekannt–你好"))
    assert answer.raw.decode().startswith('{"method":"Ünbekannt–你好","statusdesc":')
    assert api.post(IMPORT).raw.startswith(b'{"resdatetime":')
