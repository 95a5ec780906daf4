"""What an import does to the customers: inserts, updates, counters, and nothing when it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.imports.helpers import GONE, NOW, NUMBER, POLICY, TENANT, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Answer, Box

BOTH = pytest.mark.parametrize("edition", ["1.0.6", "web"])


def codes(answer: Answer) -> list[int]:
    """The customer code of each record."""
    return [found["customercode"] for found in answer.records]


@BOTH
def test_an_insert(make: Callable[..., Box], edition: str) -> None:
    """A new number makes a customer with the next code, its fields as text, stored now (IPD106-74..IPD106-79, IPDWEB-33)."""
    box = make(edition)
    answer = box.push(record(name=" Ram ", age=7, rate=1.5, vip=True, sr_number="A1", nothing=None))
    assert box.customer(contact1=NUMBER) == {
        "tenant": TENANT,
        "process": "VoiceProcess",
        "customercode": 125,
        "contact1": NUMBER,
        "crm": "A1",
        "fields": {"name": "Ram", "age": "7", "rate": "1.5", "vip": "true", "sr_number": "A1", "nothing": ""},
        "storedatetime": NOW,
    }
    assert answer.inserted == {"customers": 1, "calls": 1}


@BOTH
def test_an_update_by_mobile_number(make: Callable[..., Box], edition: str) -> None:
    """A known number changes the fields given and keeps the others and the code (IPD106-74, IPD106-77)."""
    box = make(edition)
    box.push(record(name="Ram", city="Pune", sr_number="A1"))
    box.sandbox.clock.set("frozen", box.sandbox.clock.now().replace(hour=20))
    box.push(record(name="Sita", extra="x"))
    row = box.customer(contact1=NUMBER)
    assert row["fields"] == {"name": "Sita", "city": "Pune", "sr_number": "A1", "extra": "x"}
    assert (row["customercode"], row["crm"]) == (125, "A1")
    assert row["storedatetime"] == "2024-10-30 20:14:46"


def test_counters_of_the_golden_tenant(box: Box) -> None:
    """Codes count inserts from 125, call-list ids count accepted records from 796 (IPD106-77, IPD106-78, AM-51)."""
    answer = box.push(
        record(), record(), record(mobilenumber="1"), record(mobilenumber="8850014999"), record(sessionid="x")
    )
    found = [(entry["customercode"], entry["calllistid"]) for entry in answer.records]
    assert found == [(125, 796), (125, 797), (0, 0), (126, 798), (0, 0)]
    assert [entry["info"] for entry in answer.records] == [
        "##NEW_CUSTOMER",
        "##EXISTING_CUSTOMER",
        "",
        "##NEW_CUSTOMER",
        "",
    ]
    again = box.push(record(mobilenumber="8850015000"))
    assert (codes(again), again.records[0]["calllistid"]) == ([127], 799)


def test_counters_are_the_tenants_own(box: Box) -> None:
    """All processes of a tenant share its counters; another tenant has its own (IPD106-77, SEED-02, SEED-03)."""
    assert codes(box.push(record(), servicekey="VoiceInOut")) == [125]
    assert codes(box.push(record(), servicekey="VoiceProcess")) == [126]
    other = box.push(record(), apikey=POLICY, servicekey="process1")
    assert (codes(other), other.records[0]["calllistid"]) == ([5], 5)


def test_customers_belong_to_a_process(box: Box) -> None:
    """The look-up is in the process: the same number elsewhere is another customer (IPD106-74)."""
    box.push(record(), servicekey="VoiceInOut")
    answer = box.push(record(), servicekey="voiceprocess")
    assert answer.records[0]["info"] == "##NEW_CUSTOMER"
    assert box.push(record()).records[0]["info"] == "##EXISTING_CUSTOMER"
    assert {row["process"] for row in box.table("customers", contact1=NUMBER)} == {
        "VoiceInOut",
        "VoiceProcess",
    }


def test_numbers_are_compared_as_text(box: Box) -> None:
    """With and without trunk zero are two customers; blanks around and JSON type do not matter (IPD106-80, GEN-12)."""
    answer = box.push(
        record(mobilenumber="08852245996"),
        record(mobilenumber="8852245996"),
        record(mobilenumber=8852245996),
        record(mobilenumber=" 8852245996\n"),
    )
    assert codes(answer) == [125, 126, 126, 126]


@BOTH
def test_both_spellings_find_one_customer(make: Callable[..., Box], edition: str) -> None:
    """mobilenumber and mobilenumbers both are the first contact (E-18, E-19, AM-52)."""
    box = make(edition)
    box.push({"mobilenumbers": NUMBER}, updateparam="mobilenumbers")
    box.push(record(), updateparam="Mobilenumber")
    row = box.customer(process="VoiceProcess", tenant=TENANT)
    assert (row["customercode"], row["contact1"], row["fields"]) == (125, NUMBER, {})


@BOTH
def test_update_by_customer_code(make: Callable[..., Box], edition: str) -> None:
    """A known code updates the customer, its number included, as number or digits (IPD106-74, GEN-13)."""
    box = make(edition)
    box.push(record(name="Ram"))
    for number, code in (("8850014999", "125"), ("8850015000", 125), ("8850015001", " 0125 ")):
        box.push(record(mobilenumber=number, customercode=code), updateparam="customercode")
        assert box.customer(customercode=125)["contact1"] == number
    row = box.customer(customercode=125)
    assert row["fields"] == {"name": "Ram"}
    assert box.sandbox.store.counter(f"{TENANT}/customercode") == 126


@BOTH
def test_an_unknown_customer_code(make: Callable[..., Box], edition: str) -> None:
    """An unknown code inserts under a new one, or is 14 by quirk and then changes nothing (IPD106-76, E-50)."""
    box = make(edition)
    before = box.dump()
    fields: dict[str, Any] = {"updateparam": "customercode"}
    refused = box.push(record(customercode="99"), **fields, quirks={"unknown_customercode": "reject14"})
    assert (refused.code, box.dump()) == (14, before)
    assert box.push(record(customercode="99"), **fields, quirks={"unknown_customercode": "insert"}).code == 1
    assert box.customer(contact1=NUMBER)["customercode"] == 125
    assert not box.table("customers", customercode=99)
    known = box.push(record(customercode="125"), **fields, quirks={"unknown_customercode": "reject14"})
    assert known.code == 1


@BOTH
def test_a_code_that_is_not_the_key(make: Callable[..., Box], edition: str) -> None:
    """A code sent beside another key is never the customer's and earns a warning (AM-38, IPDWEB-11)."""
    box = make(edition)
    answer = box.push(record(customercode="77"))
    assert "AM-38" in answer.warned
    assert box.customer(contact1=NUMBER)["customercode"] == 125
    keyed = box.push(record(customercode="125"), updateparam="customercode")
    assert "AM-38" not in keyed.warned


@BOTH
@pytest.mark.parametrize("field", ["crmuniquefield", "leadnumber"])
def test_update_by_crm_field(make: Callable[..., Box], edition: str, field: str) -> None:
    """The process's own unique field is the key, or a literal crmuniquefield (IPDWEB-12, IPD106-15, E-52)."""
    box = make(edition)
    keys: dict[str, Any] = {"apikey": POLICY, "servicekey": "Policy", "updateparam": "crmuniquefield"}
    box.push(record(**{field: "1"}, name="Avhan"), **keys)
    row = box.customer(process="Policy", customercode=1)
    assert (row["contact1"], row["crm"], row["fields"]["name"]) == (NUMBER, "1", "Avhan")
    assert (row["fields"]["emailid"], row["fields"]["leadnumber"]) == ("v@avhan.com", "1")
    box.push(record(**{field: 55}), **keys)
    assert box.customer(process="Policy", customercode=5)["fields"]["leadnumber"] == "55"


@BOTH
def test_the_literal_crm_key_wins(make: Callable[..., Box], edition: str) -> None:
    """With both keys in a record crmuniquefield is the one looked up (IPDWEB-12)."""
    box = make(edition)
    keys: dict[str, Any] = {"apikey": POLICY, "servicekey": "Policy", "updateparam": "crmuniquefield"}
    box.push(record(crmuniquefield="2", leadnumber="1"), **keys)
    assert box.customer(process="Policy", customercode=2)["contact1"] == NUMBER
    assert box.customer(process="Policy", customercode=1)["contact1"] == "1234567890"


@BOTH
def test_a_later_crm_value_is_the_customers(make: Callable[..., Box], edition: str) -> None:
    """An update that brings a CRM value changes it, in the unique field of the process too (IPD106-74, IPDWEB-12)."""
    box = make(edition)
    box.push(record(crmuniquefield="A1"))
    box.push(record(crmuniquefield="B2"))
    row = box.customer(contact1=NUMBER)
    assert (row["crm"], row["fields"]["sr_number"]) == ("B2", "B2")
    box.push(record(name="Ram", sr_number="B2"), updateparam="crmuniquefield")
    assert box.customer(contact1=NUMBER)["fields"]["name"] == "Ram"


@BOTH
def test_one_number_twice_in_a_batch(make: Callable[..., Box], edition: str) -> None:
    """The first record inserts, the second updates, both are on the call list (IPD106-75, IPDWEB-32, E-56, E-51)."""
    box = make(edition)
    answer = box.push(record(a="1", b="1"), record(b="2"))
    assert box.customer(contact1=NUMBER)["fields"] == {"a": "1", "b": "2"}
    assert [row["calllistid"] for row in box.table("calls", contact=NUMBER)] == [796, 797]
    assert answer.inserted == {"customers": 1, "calls": 2}
    if edition == "1.0.6":
        assert codes(answer) == [125, 125]


@pytest.mark.parametrize(
    "limit", [("sr_number", 15), ("campaign_name", 100), ("comments", 200), ("feedback_score", 10)]
)
def test_sizes(box: Box, limit: tuple[str, int]) -> None:
    """A value over its printed size is refused, cut or stored whole (IPD106-09..IPD106-12, IPD106-43, AM-33, E-45)."""
    field, size = limit
    fits, over = "é" * size, "é" * (size + 1)
    before = box.dump()
    assert box.push(record(**{field: over})).code == 38
    assert box.push(record(**{field: over}), quirks={"overlong": "reject"}).code == 38
    assert box.dump() == before
    for overlong, sent, kept in (("reject", fits, fits), ("truncate", over, fits), ("accept", over, over)):
        assert box.push(record(**{field: sent}), quirks={"overlong": overlong}).code == 1
        assert box.customer(contact1=NUMBER)["fields"][field] == kept
    assert box.push(record(**{field: f"  {fits}  "})).code == 1


def test_other_values_are_stored_whole(box: Box, make: Callable[..., Box]) -> None:
    """Long and nested values of other fields are stored, as compact JSON where nested, and warned of (AM-33, IPD106-18)."""
    nested = {"a": [1, {"b": None}], "big": 2**70, "é": 1.5}
    answer = box.push(record(long="x" * 256, nested=nested, list=[], object={}))
    fields = box.customer(contact1=NUMBER)["fields"]
    assert fields["long"] == "x" * 256
    assert fields["nested"] == f'{{"a":[1,{{"b":null}}],"big":{2**70},"é":1.5}}'
    assert (fields["list"], fields["object"]) == ("[]", "{}")
    assert {notice.pointer for notice in answer.exchange.notices if notice.ledger == "AM-33"} == {
        "/data/0/long",
        "/data/0/nested",
    }
    assert box.push(record(long="x" * 255)).warned == {"GEN-18"}
    assert make("web").push(record(comments="x" * 201, sr_number="1" * 16)).code == 1


@BOTH
def test_only_the_update_key_is_mandatory(make: Callable[..., Box], edition: str) -> None:
    """Neither name nor e-mail is asked for, and the fields of the samples are kept as sent (IPD106-05, IPDWEB-05, IPDWEB-14, E-44)."""
    box = make(edition)
    assert box.push(record()).code == 1
    assert box.customer(contact1=NUMBER)["fields"] == {}
    sample = {
        "leadnumber": "1", "name": "Ram", "emailid": "no address", "fname": "a", "lname": "b", "extra_params": "xyz",
        "dateofleadcreation": "2012-13-45", "timeofleadcreation": "25:00:00", "extrafield1": "1", "extrafield2": "",
    }  # fmt: skip
    assert box.push(record(**sample)).code == 1
    assert box.customer(contact1=NUMBER)["fields"] == sample


@BOTH
def test_names_are_stored_under_the_canonical_key(make: Callable[..., Box], edition: str) -> None:
    """Spelling variants of a field are one field (AM-52, E-53, E-55)."""
    box = make(edition)
    box.push(record(call_type="5", calldatetime=NOW, Data="x"))
    assert box.customer(contact1=NUMBER)["fields"] == {"calltype": "5", "callDateTime": NOW, "Data": "x"}


@BOTH
@pytest.mark.parametrize(
    "fields",
    [{"media": "99"}, {"calltype": "99"}, {"callDateTime": "x"}, {"apikey": "x"}, {"servicekey": "FORCE_14"}],
)
def test_a_refused_command_changes_nothing(
    make: Callable[..., Box], edition: str, fields: dict[str, Any]
) -> None:
    """No request-level failure leaves a trace: not the good records, not a counter (GEN-07, IPDWEB-30)."""
    box = make(edition)
    box.push(record())
    before = box.dump()
    inside = {key: value for key, value in fields.items() if key.startswith("call")}
    outside = {key: value for key, value in fields.items() if key not in inside}
    answer = box.push(record(mobilenumber="8850014999"), record(**inside), **outside)
    assert answer.code != 1
    assert (box.dump(), answer.exchange.changes) == (before, {})


def test_a_failed_record_changes_nothing(box: Box) -> None:
    """A batch of failing records leaves the state as it was; a good one among them is applied (GEN-07)."""
    bad = [
        record(mobilenumber=GONE),
        record(mobilenumber=""),
        record(mobilenumber="1"),
        {},
        record(sessionid="9" * 18),
    ]
    before = box.dump()
    answer = box.push(*bad, record(mobilenumber="1110000049"))
    assert answer.record_codes == ["069", "049", "043", "069", "036", "049"]
    assert box.dump() == before
    box.push(*bad, record(), *bad)
    assert [row["contact1"] for row in box.table("customers", tenant=TENANT)] == [NUMBER]


def test_own_and_foreign_sessions(box: Box) -> None:
    """A session is a call-list id of the tenant, in the command or a record; blank is none (IPD106-08, IPD106-69)."""
    assert [box.push(record(), sessionid=value).code for value in (483, "8", " 8 ", "", None)] == [1] * 5
    assert [box.push(record(), sessionid=value).code for value in (1, True, 8.0, "9" * 19, -8)] == [36] * 5
    assert box.push(record(sessionid="796"), record(sessionid=483)).record_codes == ["001", "001"]
    foreign = box.push(record(sessionid=483), apikey=POLICY, servicekey="process1")
    assert foreign.record_codes == ["036"]
