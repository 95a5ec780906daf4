"""The general rules of reading a command, proved on ImportProcessData in both editions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from mockserver.sandbox import Plan
from tests.api import NOW_TEXT, RECORD, Api, without

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITIONS = pytest.mark.parametrize("edition", ["1.0.6", "web"])
BLANKS: list[Any] = [None, "", " \t ", [], {}]


def status(api: Api, edition: str, *drop: str, **changes: Any) -> int:
    """The code that answers an import with other fields."""
    return api.post(without(*drop, **changes), headers={"X-Mock-Edition": edition}).status


def record(**changes: Any) -> list[dict[str, Any]]:
    """One record with other fields."""
    return [{**RECORD, **changes}]


def stored(api: Api, number: str = "8850014998") -> dict[str, Any]:
    """The customer of a number."""
    found = api.sandbox.store.first("customers", tenant="test_org", process="MUMBAI_CRM_OBD", contact1=number)
    assert found is not None
    return found[1]


@EDITIONS
def test_absent_blank_and_invalid_are_three_codes(api: Api, edition: str) -> None:
    """GEN-05, GEN-11: not there, there but blank, there but not acceptable."""
    assert status(api, edition, "media") == 18
    assert [status(api, edition, media=blank) for blank in BLANKS] == [19] * 5
    assert [status(api, edition, media=wrong) for wrong in ("99", "0", 0, "x")] == [17] * 4
    assert status(api, edition, "updateparam") == 24
    assert [status(api, edition, updateparam=blank) for blank in BLANKS] == [25] * 5
    assert status(api, edition, updateparam="emailid") == 26


@EDITIONS
def test_the_first_violated_check_answers_alone(api: Api, edition: str) -> None:
    """GEN-06: whatever else is wrong with a command, the earliest check of the list has the word."""
    wrong: dict[str, Any] = {"media": "99", "updateparam": "x", "data": []}
    seen = [status(api, edition, **wrong)]
    for name in list(wrong):
        del wrong[name]
        seen.append(status(api, edition, **wrong))
    assert seen == [17, 26, 14, 1]


@EDITIONS
def test_a_refused_command_changes_nothing(api: Api, edition: str) -> None:
    """GEN-07: neither rows nor counters, though the fault stands in the last record."""
    dump = api.sandbox.store.dump()
    records = [RECORD, {**RECORD, "mobilenumber": "8850014999", "callDateTime": "2024/10/30"}]
    assert status(api, edition, data=records) == (55 if edition == "1.0.6" else 5)
    assert status(api, edition, media="99") == 17
    assert api.sandbox.store.dump() == dump


def test_a_failed_record_changes_nothing_and_the_others_are_processed(api: Api) -> None:
    """GEN-07, IPD106-27: the numbers of the records that pass follow each other without a gap."""
    numbers = ["8850014998", "12345", "8850014999"]
    answer = api.post(without(data=[{"mobilenumber": number} for number in numbers]))
    rows = answer.body["statusdata"]
    assert [(row["statuscode"], row["customercode"], row["calllistid"]) for row in rows] == [
        ("001", 125, 796), ("043", 0, 0), ("001", 126, 797),
    ]  # fmt: skip
    assert [row["mobilenumber"] for row in rows] == numbers


def test_a_code_of_two_tables_has_a_text_per_level(api: Api) -> None:
    """GEN-04, GEN-02, E-30: 43 in a record reads as the data table prints it, 43 of a request as the other table does."""
    bad = record(mobilenumber="12345")
    single = api.post(without(data=bad))
    whole = api.post(without(data=bad, servicekey="StrictBatch"))
    assert single.body["statusdata"][0]["statusdesc"] == "Invalid Mobilenumber"
    assert (whole.body["status"], whole.body["statusdesc"]) == ("043", "Invalid Mobile Number")


def test_the_generic_failure_of_the_web_edition(api: Api) -> None:
    """GEN-03, GEN-16, GEN-17, E-27: 5 where no table has a code for the fault; edition 1.0.6 has 38 there."""
    faults: list[dict[str, Any]] = [
        {"data": "x"},
        {"data": {"a": 1}},
        {"data": record(calltype="99")},
        {"data": record(calltype=True)},
    ]
    assert [status(api, "web", **fault) for fault in faults] == [5] * 4
    assert [status(api, "1.0.6", **fault) for fault in faults] == [38] * 4
    assert status(api, "web", data=record(userlogin="nobody@avhan.com")) == 5
    assert status(api, "web", data=record(userlogin=5)) == 5


@EDITIONS
@pytest.mark.parametrize("wrong", [True, False, 12.0, ["12"], {"12": "12"}])
def test_a_wrong_type_is_invalid(api: Api, edition: str, wrong: object) -> None:
    """GEN-17, GEN-13: the "invalid" code of the field; neither true nor 12.0 is an id."""
    assert status(api, edition, media=wrong) == 17
    assert status(api, edition, updateparam=wrong) == 26


@EDITIONS
def test_ids_are_numbers_or_digits(api: Api, edition: str) -> None:
    """GEN-13, TRN-29, E-131: both forms are taken, of any length, and stored alike."""
    assert status(api, edition, media=12, data=record(calltype=71, customercode=7)) == 1
    assert status(api, edition, data=record(calltype="71", order=140912183554281005123)) == 1
    assert stored(api)["fields"]["order"] == "140912183554281005123"
    assert status(api, edition, updateparam="customercode", data=record(customercode=125)) == 1
    bad = 44 if edition == "1.0.6" else 26
    for wrong in ("abc", True, 1.5, 0, -1, "0"):
        assert status(api, edition, updateparam="customercode", data=record(customercode=wrong)) == bad


@EDITIONS
def test_table_spellings_are_other_keys(api: Api, edition: str) -> None:
    """GEN-09: of the spellings only the tables use, none but Calltype is taken."""
    assert status(api, edition, "media", Media="12") == 18
    assert status(api, edition, "data", Data=[RECORD]) == (32 if edition == "1.0.6" else 14)
    assert status(api, edition, "method", Method="ImportProcessData") == 2
    assert status(api, edition, data=record(Calltype="99")) == (38 if edition == "1.0.6" else 5)
    odd = {"updateparam": "customercode", "data": record(**{"Customer code": "1"})}
    assert api.post(without(**odd), headers={"X-Mock-Edition": "web"}).status == 24


@EDITIONS
def test_unknown_keys_are_stored_in_records_and_ignored_elsewhere(api: Api, edition: str) -> None:
    """GEN-10: they never make a command fail."""
    answer = api.post(without(strange="x", data=record(emailid="a@b.c", note="n")), edition=edition)
    assert (answer.status, answer.warned) == (1, ["GEN-10"])
    fields = stored(api)["fields"]
    assert (fields["emailid"], fields["note"]) == ("a@b.c", "n")
    assert "strange" not in fields


def test_text_is_trimmed_before_it_is_judged_and_stored(api: Api) -> None:
    """GEN-12, AM-61: an echo is as received; the words that steer a command are taken as they are."""
    padded = " 8850014998 "
    answer = api.post(without(media=" 12 ", data=record(mobilenumber=padded, comments=" hi ")))
    assert answer.body["statusdata"][0]["mobilenumber"] == padded
    assert stored(api)["fields"]["comments"] == "hi"
    assert status(api, "1.0.6", updateparam=" mobilenumber") == 26
    assert status(api, "1.0.6", method="ImportProcessData ") == 2
    assert status(api, "1.0.6", apikey="test_org ") == 1107
    assert status(api, "1.0.6", servicekey=" MUMBAI_CRM_OBD") == 1108


@EDITIONS
@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-10-02 13:55:47", True),
        ("2024-02-29 00:00:00", True),
        (" 2026-10-02 05:07:09 ", True),
        ("2026-10-2 5:7:9", False),
        ("2026-02-29 00:00:00", False),
        ("2026-13-01 00:00:00", False),
        ("2026-10-02 24:00:00", False),
        ("2026-10-02T13:55:47", False),
        ("2026-10-02", False),
        ("2026-10-02 13:55:47.5", False),
        ("٢٠٢٦-10-02 13:55:47", False),
    ],
)
def test_moments_are_zero_padded_calendar_dates(api: Api, edition: str, text: str, good: bool) -> None:
    """GEN-14, AM-15, E-127: a date that cannot be, or is written otherwise, is invalid."""
    bad = 55 if edition == "1.0.6" else 5
    assert status(api, edition, data=record(callDateTime=text)) == (1 if good else bad)


@pytest.fixture
def india(api: Api) -> Iterator[Api]:
    """A sandbox on the real clock."""
    sandbox = api.service.registry.create(Plan(clock="real"), mint=False)
    yield Api(api.service, sandbox)
    api.service.registry.drop(sandbox.key)


def test_answers_have_the_servers_time(api: Api, india: Api) -> None:
    """GEN-15, E-132: the sandbox's clock, in India unless told otherwise, and no echo of the request's time."""
    sent = without(reqdatetime="2017-11-20 10:00:00")
    assert api.post(sent).body["resdatetime"] == NOW_TEXT
    assert api.post({**sent, "media": "x"}).body["timestamp"] == NOW_TEXT
    seen = datetime.fromisoformat(india.post(sent).body["resdatetime"])
    there = datetime.now(UTC).astimezone(ZoneInfo("Asia/Kolkata")).replace(tzinfo=None)
    assert abs((there - seen).total_seconds()) < 60


@EDITIONS
@pytest.mark.parametrize("sent", ["soon", "2026-02-30 10:00:00", "", None, 5, []])
def test_the_request_time_is_only_enforced_when_asked_for(api: Api, edition: str, sent: object) -> None:
    """GEN-18, AM-07, GEN-16, E-16, IPD106-07, IPDWEB-07: by default a warning; with the quirk the generic code, as the last check of all."""
    generic = 38 if edition == "1.0.6" else 5
    enforced: dict[str, Any] = {"edition": edition, "require_reqdatetime": "on"}
    assert api.post(without(reqdatetime=sent), edition=edition).status == 1
    assert api.post(without(reqdatetime=sent), **enforced).status == generic
    assert api.post(without("reqdatetime"), **enforced).status == generic
    assert api.post(without(), **enforced).status == 1
    assert api.post(without(reqdatetime=sent, media="99"), **enforced).status == 17
    late = without(reqdatetime=sent, data=record(callDateTime="x"))
    assert api.post(late, **enforced).status == (55 if edition == "1.0.6" else 5)


@EDITIONS
def test_trunks_choose_the_numbers_that_are_valid(api: Api, edition: str) -> None:
    """AM-53, SIM-11, SIM-10, E-42, E-43, E-58: GSM trunks take a plus, telco trunks 00, domestic ones neither; the web edition takes all."""
    numbers = {"GsmTrunk": "+918850014998", "TelcoTrunk": "00918850014998", "MUMBAI_CRM_OBD": "08850014998"}
    good = {name: [own == name for own in numbers] for name in numbers}
    for name in numbers:
        answer = api.post(
            without(servicekey=name, data=[{"mobilenumber": number} for number in numbers.values()]),
            edition=edition,
        )
        if edition == "web":
            assert answer.status == 1
        else:
            passed = [row["statuscode"] == "001" for row in answer.body["statusdata"]]
            assert passed[:2] == good[name][:2]
            assert passed[2]


@EDITIONS
def test_every_medium_goes_with_every_process(api: Api, edition: str) -> None:
    """REF-01, E-126, IPD106-04, IPDWEB-04: the ten ids, on a process of whatever name; no other number is a medium."""
    ids = [1, 2, 3, 4, 8, 11, 12, 21, 22, 31]
    for servicekey in ("VoiceProcess", "MUMBAI_CRM_OBD"):
        good = [
            number
            for number in range(40)
            if status(api, edition, media=str(number), servicekey=servicekey) == 1
        ]
        assert good == ids


def test_a_login_nobody_has_is_kept_as_text(api: Api) -> None:
    """AM-37: in edition 1.0.6 it is stored with the record, nobody gets the call, and there is a warning."""
    answer = api.post(without(data=record(userlogin="nobody@avhan.com")))
    assert (answer.status, answer.warned) == (1, ["AM-37"])
    assert stored(api)["fields"]["userlogin"] == "nobody@avhan.com"
    found = api.sandbox.store.first("calls", tenant="test_org", calllistid=796)
    assert found is not None
    assert found[1]["login"] is None


def test_magic_numbers_fail_their_record(api: Api) -> None:
    """AM-14: 1110000 and three digits ask for one of the failing record codes, in edition 1.0.6 alone."""
    table = api.service.catalogue.methods["ImportProcessData"]["editions"]["1.0.6"]["statuses"]["record"]
    codes = sorted(f"{int(code):03d}" for code, row in table.items() if not row.get("success"))
    assert codes == ["024", "036", "037", "043", "049", "050", "069"]
    numbers = [f"1110000{code}" for code in codes]
    answer = api.post(without(data=[{"mobilenumber": number} for number in numbers]))
    rows = answer.body["statusdata"]
    assert [row["statuscode"] for row in rows] == codes
    assert [row["mobilenumber"] for row in rows] == numbers
    assert [row["statusdesc"] for row in rows] == [table[str(int(code))]["text"] for code in codes]
    others = ["1110000001", "1110000017", "1110000000", "01110000043"]
    passed = api.post(without(data=[{"mobilenumber": number} for number in others])).body["statusdata"]
    assert [row["statuscode"] for row in passed] == ["001"] * 4
    assert status(api, "web", data=[{"mobilenumber": "1110000043"}]) == 1
