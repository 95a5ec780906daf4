"""Of two faults in one command the earlier one answers, for every pair that can stand in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.imports.helpers import GONE, NOW, command, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.imports.helpers import Box


class Fault(NamedTuple):
    """One fault: the code and field it answers with, and what it does to the command and its record."""

    code: int
    field: str
    head: Mapping[str, Any] = {}
    record: Mapping[str, Any] = {}


QUIRKS = {
    "shared_search_checks": "on",
    "custom_filter": "on",
    "unknown_customercode": "reject14",
    "require_reqdatetime": "on",
}
GOOD = {"searchparam": "daterange", "reqdatetime": NOW}
ENTRY = {"field": "sr_number", "value": "1", "operator": "="}
BY_CODE: dict[str, Any] = {"updateparam": "customercode"}
BY_CRM = {"updateparam": "crmuniquefield"}
BACKWARDS = {"fromdate": "2024-02-02 00:00:00", "todate": "2024-02-01 00:00:00"}

GATE = [
    Fault(1107, "apikey", {"apikey": "no_such_org"}),
    Fault(48, "apikey", {"apikey": "expired_org"}),
    Fault(1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    Fault(1243, "servicekey", {"servicekey": "Policy"}),
]
MEDIA = [
    Fault(18, "media", {"media": GONE}),
    Fault(19, "media", {"media": ""}),
    Fault(17, "media", {"media": "99"}),
]
UPDATE = [
    Fault(24, "updateparam", {"updateparam": GONE}),
    Fault(25, "updateparam", {"updateparam": ""}),
    Fault(26, "updateparam", {"updateparam": "emailid"}),
]

ORDER_106 = [
    *GATE,
    Fault(61, "servicekey", {"servicekey": "UnmappedProcess"}),
    Fault(38, "apikey", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Fault(1108, "servicekey", {"servicekey": "DisabledProcess"}),
    Fault(62, "", {"servicekey": "FORCE_62"}),
    *MEDIA,
    *UPDATE,
    Fault(32, "data", {"data": GONE}),
    Fault(14, "data", {"data": []}),
    Fault(38, "data", {"data": "text"}),
    Fault(69, "", {"servicekey": "NoFieldList"}),
    Fault(36, "sessionid", {"sessionid": "777777"}),
    Fault(40, "searchparam", {"searchparam": GONE, "customfilter": [ENTRY]}),
    Fault(42, "searchparam", {"searchparam": "email"}),
    Fault(46, "fromdate", {"fromdate": "x"}),
    Fault(16, "todate", {"todate": "x"}),
    Fault(15, "", BACKWARDS),
    Fault(62, "customfilter", {"searchparam": "customfilter", "customfilter": GONE}),
    Fault(63, "customfilter", {"customfilter": []}),
    Fault(66, "customfilter", {"customfilter": [{**ENTRY, "field": "nobody"}]}),
    Fault(67, "customfilter", {"customfilter": [{**ENTRY, "operator": "~"}]}),
    Fault(51, "customercode", BY_CODE, {"customercode": ""}),
    Fault(44, "customercode", BY_CODE, {"customercode": "abc"}),
    Fault(53, "crmuniquefield", BY_CRM, {"crmuniquefield": ""}),
    Fault(45, "crmuniquefield", BY_CRM, {"crmuniquefield": "@@"}),
    Fault(55, "callDateTime", {}, {"callDateTime": "x"}),
    Fault(38, "calltype", {}, {"calltype": "99"}),
    Fault(14, "customercode", BY_CODE, {"customercode": "99999"}),
    Fault(38, "reqdatetime", {"reqdatetime": "x"}),
]
"""IPD106-72 with the gate of AUTH-08 in front, for commands under QUIRKS."""

ORDER_WEB = [
    *GATE,
    Fault(1243, "servicekey", {"servicekey": "UnmappedProcess"}),
    Fault(5, "apikey", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Fault(1108, "servicekey", {"servicekey": "DisabledProcess"}),
    Fault(15, "", {"servicekey": "FORCE_15"}),
    *MEDIA,
    *UPDATE,
    Fault(14, "data", {"data": GONE}),
    Fault(14, "data", {"data": {}}),
    Fault(5, "data", {"data": "text"}),
    Fault(5, "fromdate", {"fromdate": "x"}),
    Fault(16, "todate", {"todate": "x"}),
    Fault(15, "", BACKWARDS),
    Fault(24, "customercode", BY_CODE, {"customercode": GONE}),
    Fault(25, "customercode", BY_CODE, {"customercode": " "}),
    Fault(26, "customercode", BY_CODE, {"customercode": "0"}),
    Fault(24, "mobilenumber", {}, {"mobilenumber": GONE, "name": "x"}),
    Fault(25, "mobilenumber", {}, {"mobilenumber": None}),
    Fault(5, "userlogin", {}, {"userlogin": "nobody@avhan.com"}),
    Fault(5, "calltype", {}, {"calltype": "99"}),
    Fault(5, "callDateTime", {}, {"callDateTime": "x"}),
    Fault(14, "customercode", BY_CODE, {"customercode": "99999"}),
    Fault(5, "reqdatetime", {"reqdatetime": "x"}),
]
"""IPDWEB-29 with the gate in front, for commands under QUIRKS."""

RECORD_ORDER = [
    Fault(37, "", {"servicekey": "NoScriptTemplate"}),
    Fault(36, "mobilenumber", {}, {"mobilenumber": "1110000036"}),
    Fault(50, "", {}, {"mobilenumber": GONE, "name": "x"}),
    Fault(49, "mobilenumber", {}, {"mobilenumber": ""}),
    Fault(43, "mobilenumber", {}, {"mobilenumber": "12345"}),
    Fault(24, "mobilenumbers", {"updateparam": "mobilenumbers"}),
    Fault(36, "sessionid", {}, {"sessionid": "777777"}),
]
"""IPD106-73; ``{}`` (069) stands in a test of its own, since nothing can stand beside it in the record."""


def _compatible(first: Fault, second: Fault) -> bool:
    for one, other in ((first.head, second.head), (first.record, second.record)):
        if any(one[name] != other[name] for name in one.keys() & other.keys()):
            return False
    if (first.record and "data" in second.head) or (second.record and "data" in first.head):
        return False
    # The field of a mobile fault is the update key only as long as nothing else is.
    both = {**first.head, **second.head}
    return not ("updateparam" in both and {first.field, second.field} & {"mobilenumber"})


def _with(*faults: Fault) -> dict[str, Any]:
    head: dict[str, Any] = dict(GOOD)
    fields: dict[str, Any] = {}
    for fault in faults:
        head.update(fault.head)
        fields.update(fault.record)
    return command(record(**fields), **head)


def _pairs(order: list[Fault], first: Fault) -> Iterator[Fault]:
    later = order[order.index(first) + 1 :]
    return (fault for fault in later if _compatible(first, fault))


def _check_pairs(box: Box, order: list[Fault], first: Fault) -> None:
    before = box.dump()
    for faults in [(first,), *((first, second) for second in _pairs(order, first))]:
        answer = box.command(_with(*faults), **QUIRKS)
        violation = answer.exchange.violation
        assert violation is not None, faults
        assert (answer.code, violation.field) == (first.code, first.field), faults
        assert not answer.exchange.error
    assert box.dump() == before


def _names(fault: Fault) -> str:
    return f"{fault.code}-{fault.field}"


@pytest.mark.parametrize("first", ORDER_106, ids=_names)
def test_order_of_106(box: Box, first: Fault) -> None:
    """With any later fault in the same command this one answers, and nothing changes (IPD106-72, GEN-06, AUTH-08)."""
    _check_pairs(box, ORDER_106, first)


@pytest.mark.parametrize("first", ORDER_WEB, ids=_names)
def test_order_of_web(web: Box, first: Fault) -> None:
    """With any later fault in the same command this one answers, and nothing changes (IPDWEB-29, GEN-06)."""
    _check_pairs(web, ORDER_WEB, first)


def test_the_pairs_are_many() -> None:
    """The orders above make several hundred commands, so the tests above are not empty (GEN-06)."""
    pairs = {
        name: sum(1 for first in order for _ in _pairs(order, first))
        for name, order in (("106", ORDER_106), ("web", ORDER_WEB), ("record", RECORD_ORDER))
    }
    assert pairs["106"] > 300
    assert pairs["web"] > 150
    assert pairs["record"] >= 12


@pytest.mark.parametrize("first", RECORD_ORDER, ids=_names)
def test_order_within_a_record(box: Box, first: Fault) -> None:
    """A record with several faults fails with the one that comes first in the printed table (IPD106-73)."""
    later = RECORD_ORDER[RECORD_ORDER.index(first) + 1 :]
    for fault in [None, *later]:
        if fault is not None and fault.record.keys() & first.record.keys():
            continue
        answer = box.command(_with(first, *([] if fault is None else [fault])), **QUIRKS)
        assert answer.record_codes == [f"{first.code:03d}"], fault


def test_empty_records(box: Box) -> None:
    """A record without fields is 069, but 037 of its process comes first (IPD106-70, IPD106-73)."""
    assert box.push({}).record_codes == ["069"]
    assert box.push({}, servicekey="NoScriptTemplate").record_codes == ["037"]
    assert box.push({}, updateparam="mobilenumbers").record_codes == ["069"]


def test_records_without_fields_are_skipped_by_the_request_checks(box: Box) -> None:
    """Neither `{}` nor a record that is no object refuses the command; a later record may (IPD106-73)."""
    answer = box.push(
        {}, "text", record(customercode="1"), **BY_CODE, quirks={"unknown_customercode": "reject14"}
    )
    assert answer.code == 14
    assert box.push({}, 5, record(callDateTime="x")).code == 55
    assert box.push({}, None, record()).record_codes == ["069", "069", "001"]


@pytest.mark.parametrize(
    ("edition", "records", "codes"),
    [
        ("1.0.6", [{"calltype": "99"}, {"callDateTime": "x"}], (38, 55)),
        ("1.0.6", [{"callDateTime": "x"}, {"customercode": ""}], (55, 51)),
        ("web", [{"callDateTime": "x"}, {"customercode": "abc"}], (5, 26)),
        ("web", [{"userlogin": "nobody"}, {"customercode": ""}], (5, 25)),
    ],
)
def test_the_first_record_answers(
    make: Callable[..., Box], edition: str, records: list[dict[str, Any]], codes: tuple[int, int]
) -> None:
    """Records are judged in array order: the first one's fault answers, whatever the next one's is (IPD106-72)."""
    batch = [record(**{"customercode": "7", **fields}) for fields in records]
    answers = [make(edition).push(*pair, **BY_CODE) for pair in (batch, batch[::-1])]
    assert tuple(answer.code for answer in answers) == codes
    assert all(answer.exchange.violation and answer.exchange.violation.record == 0 for answer in answers)


def test_request_level_faults_come_before_any_record_fails(box: Box) -> None:
    """A refused last record keeps the first ones from being applied or failed (AM-30, GEN-07)."""
    before = box.dump()
    answer = box.push(record(), record(mobilenumber="12345"), record(calltype="99"))
    assert answer.code == 38
    assert box.dump() == before
