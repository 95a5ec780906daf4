"""Where a record goes: call-list entries, media, trunks, barred numbers, speech, and strict batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import UNTOUCHED
from tests.imports.helpers import GONE, NOW, NUMBER, POLICY, TENANT, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.imports.helpers import Box

BOTH = pytest.mark.parametrize("edition", ["1.0.6", "web"])
PAST, FUTURE = "2018-06-20 09:07:00", "2024-10-30 12:14:47"


@BOTH
def test_an_entry(make: Callable[..., Box], edition: str) -> None:
    """An accepted record makes one entry with everything known of the call (IPD106-79, AM-70)."""
    box = make(edition)
    box.push(record(userlogin="user1", calltype="71", callDateTime=FUTURE))
    assert box.call(796) == {
        "tenant": TENANT,
        "calllistid": 796,
        "process": "VoiceProcess",
        "contact": NUMBER,
        "login": "user1",
        "calltype": 71,
        "due": FUTURE,
        "status": "scheduled",
        "systemcallid": None,
        "media": 12,
        "customercode": 125,
        "storedatetime": NOW,
        **UNTOUCHED,
    }
    box.push(record(name="x"))
    plain = box.call(797)
    assert (plain["login"], plain["calltype"], plain["due"], plain["status"]) == (None, 1001, NOW, "queued")
    assert plain["customercode"] == 125


@BOTH
@pytest.mark.parametrize(
    ("due", "status"),
    [(PAST, "queued"), (NOW, "queued"), (FUTURE, "scheduled"), ("", "queued"), (None, "queued")],
)
def test_due_times(make: Callable[..., Box], edition: str, due: str | None, status: str) -> None:
    """A future time is scheduled, a past one or none is dialled now (SIM-07, IPD106-16, IPDWEB-13)."""
    box = make(edition)
    box.push(record(callDateTime=due))
    assert (box.call(796)["status"], box.call(796)["due"]) == (status, due or NOW)


@BOTH
@pytest.mark.parametrize("media", ["1", "2", "3", "4", "8", "11", "12", "21", "22", "31"])
def test_media(make: Callable[..., Box], edition: str, media: str) -> None:
    """Only voice out is dialled; voice in too if the quirk says so; the rest is stored (SIM-01..SIM-03, IPD106-81, E-57, E-126)."""
    box = make(edition)
    for dial_on_voice_in, dialled in (("off", ("12",)), ("on", ("11", "12"))):
        answer = box.push(
            record(callDateTime=PAST), media=media, quirks={"dial_on_voice_in": dial_on_voice_in}
        )
        assert answer.code == 1
        entry = box.table("calls")[-1]
        assert entry["status"] == ("queued" if media in dialled else "stored")
        assert entry["media"] == int(media)


@BOTH
def test_barred_numbers(make: Callable[..., Box], edition: str) -> None:
    """A number on the tenant's do-not-call list is stored and not dialled (SIM-14, SEED-16)."""
    box = make(edition)
    barred = record(mobilenumber="9000000032", callDateTime=FUTURE)
    assert box.push(barred).code == 1
    assert (box.call(796)["status"], box.customer(contact1="9000000032")["customercode"]) == ("stored", 125)
    assert box.push(barred, servicekey="TtsProcess").code == 1
    assert box.call(797)["status"] == "stored"
    assert box.push(barred, apikey=POLICY, servicekey="process1").code == 1
    assert box.call(5, POLICY)["status"] == "scheduled"


@BOTH
def test_speech(make: Callable[..., Box], edition: str) -> None:
    """Voice out of a speech process waits for its speech first, whenever it is due (SIM-05, REF-05, SEED-11)."""
    box = make(edition)
    for media, status in (("12", "speech"), ("11", "stored"), ("4", "stored")):
        for due in (PAST, FUTURE):
            box.push(record(callDateTime=due), servicekey="TtsProcess", media=media)
            assert box.table("calls")[-1]["status"] == status


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("123", "queued"), ("1234567890123456", "queued"), ("+1234567890", "queued"), ("00918452892308", "queued"),
        ("12", "stored"), ("12345678901234567", "stored"), ("88500A4998", "stored"), ("++123", "stored"),
        ("+", "stored"), ("१२३४५", "stored"), (None, "stored"), ("", "stored"), (GONE, "stored"), (5.5, "stored"),
    ],
)  # fmt: skip
def test_numbers_of_web(web: Box, number: Any, status: str) -> None:
    """A number of 3 to 16 digits is dialled; any other is stored all the same (IPDWEB-10, IPDWEB-31, SIM-10, E-58)."""
    answer = web.push(record(mobilenumber=number, sr_number="1"), updateparam="crmuniquefield")
    assert answer.code == 1
    assert web.call(796)["status"] == status
    assert web.customer(tenant=TENANT, crm="1")["customercode"] == 125


TRUNKS: list[tuple[str, str, str]] = [
    ("VoiceProcess", "8850014998", "001"), ("VoiceProcess", "08850014998", "001"),
    ("VoiceProcess", "+918850014998", "043"), ("VoiceProcess", "00918850014998", "043"),
    ("VoiceProcess", "18850014998", "043"), ("VoiceProcess", "885001499", "043"),
    ("GsmTrunk", "8850014998", "001"), ("GsmTrunk", "+918850014998", "001"), ("GsmTrunk", "+1234567", "001"),
    ("GsmTrunk", "+123456", "043"), ("GsmTrunk", "+0918850014998", "043"), ("GsmTrunk", "+" + "1" * 16, "043"),
    ("GsmTrunk", "00918850014998", "043"),
    ("TelcoTrunk", "8850014998", "001"), ("TelcoTrunk", "00918850014998", "001"), ("TelcoTrunk", "001234567", "001"),
    ("TelcoTrunk", "00123456", "043"), ("TelcoTrunk", "000918850014998", "043"), ("TelcoTrunk", "+918850014998", "043"),
]  # fmt: skip


@pytest.mark.parametrize(("servicekey", "number", "code"), TRUNKS)
def test_trunks(box: Box, servicekey: str, number: str, code: str) -> None:
    """The trunk of the process decides on international prefixes (SIM-11, AM-53, IPD106-13, E-41..E-43)."""
    assert box.push(record(mobilenumber=number), servicekey=servicekey).record_codes == [code]
    if code == "001":
        assert box.call(796)["status"] == "queued"


@pytest.mark.parametrize("servicekey", ["VoiceProcess", "GsmTrunk", "TelcoTrunk"])
@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("strict10", ["8850014998"], ["08850014998", "+918850014998", "00918850014998", "885001499"]),
        ("intl", ["123", "+918850014998", "00918850014998", "1" * 16], ["12", "1" * 17, "88500A4998", "+12"]),
        ("trunk0", ["8850014998", "08850014998"], ["123", "88500A4998"]),
    ],
)
def test_mobile_rule(box: Box, servicekey: str, rule: str, good: list[str], bad: list[str]) -> None:
    """Each value of mobile_rule, on each trunk (IPD106-13, E-41)."""
    batch = [record(mobilenumber=number) for number in (*good, *bad)]
    answer = box.push(*batch, servicekey=servicekey, quirks={"mobile_rule": rule})
    assert answer.record_codes == ["001"] * len(good) + ["043"] * len(bad)


def test_logins(make: Callable[..., Box]) -> None:
    """A known login is assigned in its own spelling; an unknown one is 5 in web, a warning in 1.0.6 (AM-37, IPDWEB-09, SIM-09, SIM-19)."""
    box, web = make(), make("web")
    for one in (box, web):
        for sent, assigned in (
            ("user1", "user1"),
            (" TANMAY.K@dev1 ", "Tanmay.k@dev1"),
            ("", None),
            (None, None),
        ):
            answer = one.push(record(userlogin=sent))
            assert one.table("calls")[-1]["login"] == assigned
            assert "AM-37" not in answer.warned
    unknown: list[Any] = ["nobody@avhan.com", 5, True, ["user1"]]
    for login in unknown:
        answer = box.push(record(userlogin=login))
        assert (answer.code, box.table("calls")[-1]["login"], "AM-37" in answer.warned) == (1, None, True)
        assert web.push(record(userlogin=login)).code == 5
    exact = {"login_match": "exact"}
    assert web.push(record(userlogin="USER1"), quirks=exact).code == 5
    assert web.push(record(userlogin="user1"), quirks=exact).code == 1
    assert web.push(record(userlogin="user1"), servicekey="VoiceInOut").code == 1
    assert web.push(record(userlogin="user1"), apikey=POLICY, servicekey="process1").code == 5


@pytest.mark.parametrize(
    ("fields", "batch", "code", "text"),
    [
        ({}, [record(mobilenumber="1")], "043", "Invalid Mobile Number"),
        ({}, [record(mobilenumber="")], "049", "Mobile Number found blank"),
        ({}, [{"name": "x"}], "050", "Mobile Number not found"),
        ({}, [record(sessionid="x")], "036", "Invalid Session"),
        ({}, [{}], "069", "Field List not found"),
        ({}, [record(mobilenumber="1110000037")], "038", "Error while processing data"),
        ({"updateparam": "mobilenumbers"}, [record()], "024", "Update Parameter not found"),
        ({"updateparam": "customercode"}, [record()], "052", "Customer Code not found"),
        ({"updateparam": "crmuniquefield"}, [record()], "054", "CRM Unique field not found"),
        ({"updateparam": "crmuniquefield"}, [record(mobilenumber="1", sr_number="1"), record()], "043", "Invalid Mobile Number"),
        ({}, [{"name": "x"}, record(mobilenumber="1"), {}], "050", "Mobile Number not found"),
    ],
)  # fmt: skip
def test_strict_batches(box: Box, fields: dict[str, Any], batch: list[Any], code: str, text: str) -> None:
    """When all records fail the first one's code answers with the request table's text (IPD106-28, AM-31, AM-66)."""
    before = box.dump()
    answer = box.push(*batch, servicekey="StrictBatch", **fields)
    assert (answer.body["status"], answer.body["statusdesc"]) == (code, text)
    assert box.dump() == before
    mixed = box.push(
        *batch,
        record(mobilenumbers=NUMBER, customercode=1, sr_number="7"),
        servicekey="StrictBatch",
        **fields,
    )
    assert (mixed.code, mixed.record_codes[-1]) == (1, "001")


def test_promotion_by_quirk(box: Box) -> None:
    """all_failed=promote does the same for any process, 37 as 38; records is the default (IPD106-28, E-32, E-35)."""
    bad = record(mobilenumber="1")
    assert box.push(bad).code == 1
    assert box.push(bad, quirks={"all_failed": "records"}, servicekey="StrictBatch").code == 1
    assert box.push(bad, quirks={"all_failed": "promote"}).code == 43
    script = box.push(record(), quirks={"all_failed": "promote"}, servicekey="NoScriptTemplate")
    assert (script.code, script.body["statusdesc"]) == (38, "Error while processing data")


def test_a_session_may_be_a_call_of_this_sandbox(box: Box) -> None:
    """A call-list id handed out by an import is a session afterwards (SIM-18, IPD106-08)."""
    assert box.push(record(), sessionid="796").code == 36
    assert box.push(record()).records[0]["calllistid"] == 796
    assert box.push(record(), sessionid="796").code == 1
