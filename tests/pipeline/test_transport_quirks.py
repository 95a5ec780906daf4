"""Every quirk that acts before the process is known, or around the reply, on its default and otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api import FORM, HTML, IMPORT, RECORD, text_of, without

if TYPE_CHECKING:
    from tests.api import Api

GOOD = text_of(IMPORT)


def test_lenient_json(api: Api) -> None:
    """TRN-28: ``lenient_json`` repairs before parsing, and says so; by default nothing is repaired."""
    broken = f"data={GOOD}".replace('"media":"12",', 'media":"12"')
    refused = api.post(broken)
    assert (refused.status, refused.warned) == (2, [])
    mended = api.post(broken, lenient_json="on")
    assert (mended.status, mended.warned) == (1, ["TRN-28"])
    assert api.post(IMPORT, lenient_json="on").warned == []


def test_bare_json_body(api: Api) -> None:
    """TRN-24: JSON without ``data=`` is read only with ``bare_json_body=accept``."""
    assert api.post(GOOD).status == 2
    assert api.journal()["finding"]["ledger"] == "TRN-24"
    for content_type in (HTML, FORM, "application/json"):
        assert api.post(GOOD, content_type=content_type, bare_json_body="accept").status == 1


def test_body_decode(api: Api) -> None:
    """AM-20, TRN-17, TRN-18, TRN-20: a form body is decoded like a form, or read raw first if the quirk says so."""
    marks = without(data=[{**RECORD, "comments": "a+b 100% c&d=e %41"}])
    assert api.post(marks, content_type=FORM).status == 2
    assert api.post(marks, content_type=FORM, body_decode="raw-first").status == 1
    assert comments(api) == "a+b 100% c&d=e %41"
    no_cut = without(data=[{**RECORD, "comments": "a+b 100% %41"}])
    answer = api.post(no_cut, content_type=FORM)
    assert (answer.status, answer.warned) == (1, ["TRN-17", "TRN-20"])
    assert comments(api) == "a b 100% A"
    raw = api.post(no_cut)
    assert (raw.status, raw.warned, comments(api)) == (1, [], "a+b 100% %41")


def comments(api: Api) -> str:
    """What is stored of the one customer made here."""
    found = api.sandbox.store.first(
        "customers", tenant="test_org", process="MUMBAI_CRM_OBD", contact1=RECORD["mobilenumber"]
    )
    assert found is not None
    text: str = found[1]["fields"]["comments"]
    return text


def test_outside_a_form_nothing_is_decoded_unless_it_begins_encoded(api: Api) -> None:
    """AM-60, TRN-16: under text/html a plus is a plus, and ``%7B`` is decoded once."""
    record = without(data=[{**RECORD, "comments": "a+b%20c"}])
    assert (api.post(record).status, comments(api)) == (1, "a+b%20c")
    encoded = text_of(record).replace("%", "%25").replace("{", "%7B").replace('"', "%22")
    assert (api.post(f"data={encoded}").status, comments(api)) == (1, "a+b%20c")


def test_raw_query(api: Api) -> None:
    """AM-21, TRN-06, TRN-22: raw braces and quotes in a query warn, or are HTTP 400 with an empty body."""
    query = f"data={GOOD}".replace(" ", "%20").encode()
    accepted = api.get(query)
    assert (accepted.status, accepted.warned) == (1, ["AM-21"])
    refused = api.get(query, raw_query="reject400")
    assert (refused.http_status, refused.raw) == (400, b"")
    assert api.journal()["finding"]["offset"] == len("data=")
    assert api.get(IMPORT, raw_query="reject400").status == 1


def test_method_case(api: Api) -> None:
    """TRN-32: another case is another method, unless ``method_case=ignore``; the answer has the method's own."""
    shouted = without(method="IMPORTPROCESSDATA", media="99")
    assert api.post(shouted).status == 2
    answer = api.post(shouted, method_case="ignore")
    assert (answer.status, answer.body["method"]) == (17, "ImportProcessData")


def test_case_insensitive_keys(api: Api) -> None:
    """GEN-09: keys are matched with their case, unless the quirk says otherwise."""
    capitals = {name.capitalize(): value for name, value in IMPORT.items()}
    capitals["Data"] = [{name.upper(): value for name, value in RECORD.items()}]
    assert api.post(capitals).status == 2
    half = {**without("media"), "Media": "12"}
    assert api.post(half).status == 18
    answer = api.post(capitals, case_insensitive_keys="on")
    assert answer.status == 1
    assert answer.body["statusdata"][0]["statuscode"] == "001"
    assert api.post(half, case_insensitive_keys="on").warned == []


def test_servicekey_case(api: Api) -> None:
    """AUTH-11, E-101: service keys are compared with their case; the seeded alias is a key of its own."""
    assert api.post(without(servicekey="VoiceProcess")).status == 1
    assert api.post(without(servicekey="voiceprocess")).status == 1
    assert api.post(without(servicekey="VOICEPROCESS")).status == 1108
    assert api.post(without(servicekey="VOICEPROCESS"), servicekey_case="ignore").status == 1
    assert api.post(without(apikey="TEST_ORG"), servicekey_case="ignore").status == 1107


@pytest.mark.parametrize(
    ("changes", "mapped"),
    [
        ({}, 200),
        ({"method": "nonesuch"}, 400),
        ({"apikey": "no_such_org"}, 401),
        ({"apikey": "expired_org", "servicekey": "ExpiredProcess"}, 401),
        ({"servicekey": "NoSuchProcess"}, 403),
        ({"servicekey": "process1"}, 403),
        ({"servicekey": "UnmappedProcess"}, 403),
        ({"media": "99"}, 422),
        ({"data": [{}]}, 200),
    ],
)
def test_http_status(api: Api, changes: dict[str, object], mapped: int) -> None:
    """TRN-34, E-13: HTTP 200 for every answer; with ``http_status=mapped`` a failure also shows there."""
    plain, shown = api.post(without(**changes)), api.post(without(**changes), http_status="mapped")
    assert (plain.http_status, shown.http_status) == (200, mapped)
    assert shown.status == plain.status
    assert shown.shape == plain.shape


def test_response_content_type(api: Api) -> None:
    """TRN-36, E-07: JSON by default; the quirk calls the same bytes text/html."""
    plain = api.post(without(media="99"))
    other = api.post(without(media="99"), response_content_type="text/html")
    assert plain.header("Content-Type") == "application/json; charset=utf-8"
    assert other.header("Content-Type") == "text/html; charset=utf-8"
    assert other.raw == plain.raw


def test_every_quirk_of_transport_and_edge_has_its_test_here(api: Api) -> None:
    """GEN-20: no quirk before the process or around the reply is left without a test of this file."""
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    known = {quirk.name for quirk in api.service.catalogue.quirks if quirk.stage in ("transport", "edge")}
    assert known - tested == set()
