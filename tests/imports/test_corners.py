"""Corners where two rules meet: what is decided there, so that it stays decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.journal import describe
from mockserver.model import Inbound
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.imports.helpers import GONE, NUMBER, POLICY, command, record

if TYPE_CHECKING:
    from tests.imports.helpers import Box

SEARCH = {"shared_search_checks": "on", "custom_filter": "on"}


@pytest.mark.parametrize(
    "fields",
    [
        {"searchparam": "customfilter"},
        {"customfilter": [{"field": "sr_number", "value": "1", "operator": "="}]},
        {"searchparam": "customfilter", "customfilter": []},
        {
            "searchparam": "customfilter",
            "customfilter": [{"field": "sr_number", "value": "1", "operator": "~"}],
        },
        {"searchparam": "email"},
    ],
)
def test_search_faults_without_a_code_of_their_own_are_5_in_web(web: Box, fields: dict[str, Any]) -> None:
    """IPDWEB-29: the older table has only 15 and 16 for the shared search checks."""
    assert web.push(record(), quirks=SEARCH, **fields).code == 5
    good = {
        "searchparam": "customfilter",
        "customfilter": [{"field": "sr_number", "value": "1", "operator": "="}],
    }
    assert web.push(record(), quirks=SEARCH, **good).code == 1


def test_blank_optional_fields_do_not_make_a_record_empty(box: Box, web: Box) -> None:
    """IPD106-65, IPD106-70, IPDWEB-25: only an object without any key has no fields."""
    assert box.push({"userlogin": ""}, {"sr_number": " ", "calltype": None}, {}).record_codes == [
        "050",
        "050",
        "069",
    ]
    assert web.push({"userlogin": ""}).code == 24
    assert web.push({}).code == 14


def test_a_server_quirk_edition_is_the_servers_edition() -> None:
    """GEN-20, AM-12: --quirk edition=web says the same as --edition web, and host and port still beat it."""
    service = Service.start(Settings(quirks={"edition": "web"}, edition_map={"8443": "1.0.6"}))
    body = b'data={"method":"ImportProcessData"}'
    web = service.answer(Inbound("POST", ENDPOINT, b"", {}, body, 8080)).body
    newer = service.answer(Inbound("POST", ENDPOINT, b"", {}, body, 8443)).body
    assert (b'"status":1107' in web, b'"status":"1107"' in newer) == (True, True)


@pytest.mark.parametrize("field", ["comments", "sr_number", "crmuniquefield", "anything"])
def test_nested_values_are_stored_as_their_text(box: Box, field: str) -> None:
    """AM-33: whatever field they stand in, with a warning; a printed size still counts for the text."""
    answer = box.push(record(**{field: {"a": [1]}}))
    assert answer.record_codes == ["001"]
    assert "AM-33" in answer.warned
    stored = box.customer(contact1=NUMBER)
    assert '{"a":[1]}' in (stored["crm"], *stored["fields"].values())
    assert box.push(record(feedback_score={"long": "12345678"})).code == 38


def test_long_values_of_known_fields_warn_too(box: Box) -> None:
    """AM-33: over 255 characters a value without a printed size is stored whole, with a warning."""
    assert "AM-33" in box.push(record(crmuniquefield="x" * 300)).warned
    assert box.customer(contact1=NUMBER)["crm"] == "x" * 300


def test_a_record_status_waits_until_a_record_fails_with_it(box: Box) -> None:
    """SIM-26: a refused command, or one without a matching record, does not use it up."""
    box.sandbox.forced.add(43, level="record", match={"mobilenumber": "8850014999"})
    assert box.push(record(mobilenumber="8850014999"), media="99").code == 17
    assert box.push(record()).record_codes == ["001"]
    assert box.push(record(mobilenumber="8850014999")).record_codes == ["043"]
    assert box.push(record(mobilenumber="8850014999")).record_codes == ["001"]


def test_a_match_is_about_one_record_at_a_time(box: Box) -> None:
    """SIM-26: values of two records are not put together; those of the command count with each."""
    match = {"mobilenumber": "8850014999", "name": "A", "media": "12"}
    box.sandbox.forced.add(14, match=match)
    assert box.push(record(name="A"), record(mobilenumber="8850014999")).code == 1
    assert box.push(record(), record(mobilenumber="8850014999", name="A")).code == 14


def test_warnings_stay_short_in_the_header_and_whole_in_the_journal(box: Box) -> None:
    """AM-08: a thousand repairs are one short line; the journal lists every warning."""
    records = ",".join(f'{{"mobilenumber":"{8850010000 + n}" "name":"x"}}' for n in range(1000))
    fields = '"method":"ImportProcessData","servicekey":"VoiceProcess","apikey":"test_org","media":"12",'
    body = f'data={{{fields}"updateparam":"mobilenumber","data":[{records}]}}'.encode()
    answer = box.send(body, headers={"x-mock-quirk": "lenient_json=on"})
    assert answer.code == 1
    assert max(len(value) for name, value in answer.reply.headers if name == "X-Mock-Warning") < 200
    answer = box.push(*[record(customercode=n) for n in range(150)])
    assert len(describe(answer.exchange)["warnings"]) == 151


def test_pointers_escape_what_a_key_may_hold(box: Box) -> None:
    """AM-08: a slash or tilde in a key is written as RFC 6901 says."""
    answer = box.push(record(**{"a/b~c": {"x": 1}}))
    assert "/data/0/a~1b~0c" in {notice.pointer for notice in answer.exchange.notices}


def test_the_gate_points_at_the_key_as_it_was_sent(box: Box) -> None:
    """GEN-09: with keys of any case the journal names the client's own spelling."""
    sent = {**command(record(), apikey=GONE), "APIKEY": "no_such_org"}
    answer = box.command(sent, case_insensitive_keys="on")
    assert answer.code == 1107
    assert answer.exchange.violation is not None
    assert (answer.exchange.violation.pointer, answer.exchange.violation.got) == ("/APIKEY", '"no_such_org"')


@pytest.mark.parametrize("order", [("media", "Media"), ("Media", "media")])
def test_the_exact_spelling_of_a_key_wins(box: Box, order: tuple[str, str]) -> None:
    """GEN-09: whatever stands first, `media` is the field and `Media` is not, once both are there."""
    values = {"media": "12", "Media": "99"}
    sent = {**command(record(), media=GONE), **{name: values[name] for name in order}}
    assert box.command(sent, case_insensitive_keys="on").code == 1


def test_the_crm_value_has_one_place(web: Box) -> None:
    """IPDWEB-12, AM-52: a literal crmuniquefield is stored as the process's own field, and a blank one is not sent."""
    keys: dict[str, Any] = {"apikey": POLICY, "servicekey": "Policy"}
    web.push(record(crmuniquefield="K8"), **keys)
    assert web.customer(contact1=NUMBER)["fields"] == {"leadnumber": "K8"}
    web.push(record(crmuniquefield="", leadnumber="L5"), **keys)
    row = web.customer(contact1=NUMBER)
    assert (row["crm"], row["fields"]) == ("L5", {"leadnumber": "L5"})


def test_a_refused_query_can_be_found_in_the_journal(box: Box) -> None:
    """AM-21, TRN-38: HTTP 400 without a body still says which exchange it was, to pages of any origin too."""
    answer = box.send(b"", query=b'data={"method":"x"}', headers={"x-mock-quirk": "raw_query=reject400"})
    assert (answer.reply.http_status, answer.reply.body) == (400, b"")
    assert answer.header("X-Mock-Request-Id").startswith("r")
    assert answer.header("Access-Control-Allow-Origin") == "*"


def test_customer_codes_of_any_length_are_numbers(box: Box) -> None:
    """IPD106-14: a positive integer that no customer has inserts, however long it is."""
    answer = box.push(record(customercode="9" * 40), updateparam="customercode")
    assert answer.record_codes == ["001"]
