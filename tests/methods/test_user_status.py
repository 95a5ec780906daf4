"""userStatus: the printed exchange, and what is told of each login."""

from __future__ import annotations

import json
import locale
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.values import change_time
from tests.api import NOW, NOW_TEXT
from tests.methods.disposing import add, put, user
from tests.methods.helpers import examples, printed, rows, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api import Answer, Api

RUPESH = "rupesh.v@avhan.com"
KEYS = ["duration", "currentstatus", "currentstatusdesc", "statuschangetime", "login", "statusdesc", "status"]
TYPES = ["int", "int", "str", "str", "str", "str", "int"]
PRINTED = {
    0: "", 1: "Ready", 2: "Manual CAll", 3: "Preview CAll", 4: "ACD", 5: "Talking", 6: "Hold", 7: "Wrapup",
    8: "Dialling", 9: "Live Stream", 10: "Transfer", 11: "System Sent NA",
}  # fmt: skip


def ask(api: Api, *logins: Any, **quirks: Any) -> Answer:
    """Ask for logins."""
    return api.post(printed("GV-25", loginids=list(logins)), **quirks)


def of(answer: Answer) -> list[dict[str, Any]]:
    """The records of an answer, each checked for its keys and types, in order."""
    found: list[dict[str, Any]] = answer.body["statusdata"]
    for record in found:
        assert list(record) == KEYS
        assert [type(value).__name__ for value in record.values()] == TYPES
    return found


def unknown(login: str, code: int = 4, text: str = "Login not found") -> dict[str, Any]:
    """The record of a login that nobody has, or whose failure was asked for."""
    return dict(zip(KEYS, [0, 0, "", "", login, text, code], strict=True))


def test_the_printed_exchange(api: Api) -> None:
    """GV-25, STAT-01 … STAT-07, STAT-11, STAT-13, E-118, E-119, E-121: byte for byte apart from the values that are free."""
    reply = json.loads(json.dumps(examples()["GV-25"]["reply"]))
    reply["timestamp"] = NOW_TEXT
    first, second = reply["statusdata"]
    first |= {"duration": 252525845, "statuschangetime": "01-Jan-18 09:00:00 AM", "login": RUPESH}
    second |= {"duration": 215319846}
    answer = api.post(printed("GV-25"))
    assert answer.raw == json.dumps(reply, separators=(",", ":")).encode()
    assert (answer.http_status, answer.warned) == (200, [])
    assert told(api, answer) == (3, "STAT-15", "by-example", "Success")
    assert answer.shape == [("statusdata", "list"), ("method", "str"), ("timestamp", "str")]


def test_the_envelope_of_the_output_table(api: Api) -> None:
    """STAT-06, STAT-08, E-117: with the quirk resdatetime, status "001" and statusdesc stand where timestamp did."""
    put(api, RUPESH, 5)
    api.sandbox.clock.advance(timedelta(seconds=10))
    answer = ask(api, RUPESH, stat_envelope="table")
    assert list(answer.body.items())[1:] == [
        ("method", "userStatus"), ("resdatetime", "2026-01-02 03:04:15"), ("status", "001"), ("statusdesc", "success"),
    ]  # fmt: skip
    (record,) = of(answer)
    sample = (record["currentstatus"], record["currentstatusdesc"], record["duration"])
    assert sample == (5, "Talking", 10)
    assert next(iter(answer.body)) == "statusdata"


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_both_editions_answer_alike(api: Api, edition: str) -> None:
    """GEN-19, STAT-06: the edition is no matter of a method that only one document has."""
    assert api.post(printed("GV-25"), edition=edition).raw == api.post(printed("GV-25")).raw


@pytest.mark.parametrize("status", PRINTED)
def test_every_status_with_its_printed_name(api: Api, status: int) -> None:
    """REF-07, REF-08, STAT-11, GEN-02, AM-44, E-119, E-123: spelt as printed; logged out is 0 without a name."""
    put(api, RUPESH, status)
    (record,) = of(ask(api, RUPESH))
    assert (record["currentstatus"], record["currentstatusdesc"]) == (status, PRINTED[status])
    assert (record["status"], record["statusdesc"]) == (3, "Success")


def test_seeded_users(api: Api) -> None:
    """STAT-15, STAT-11, SEED-13, AM-44, AM-50: who is what since when, a logged-out user among them."""
    logins = ["dinesh.s@avhan.com", "user1", "user10", "user12@avhan.com"]
    seen = [(each["currentstatus"], each["statuschangetime"]) for each in of(ask(api, *logins))]
    morning = "01-Jan-18 09:00:00 AM"
    assert seen == [(7, morning), (1, morning), (11, "07-Mar-19 11:59:59 PM"), (0, morning)]


def test_a_new_user_is_logged_out(api: Api) -> None:
    """AM-44, STAT-15: one who was just added has status 0 without a name, since now."""
    assert api.post(printed("GV-20", loginid="fresh@avhan.com")).status == 3
    (record,) = of(ask(api, "fresh@avhan.com"))
    assert list(record.values()) == [0, 0, "", "02-Jan-26 03:04:05 AM", "fresh@avhan.com", "Success", 3]


def test_a_status_the_table_does_not_have(api: Api) -> None:
    """STAT-07, REF-07: a loaded state may hold one, or a user without status or moment; he is told without a name."""
    api.change("users", {"tenant": "test_org", "login_key": "user1"}, status=-14)
    add(api, "users", login="bare", login_key="bare")
    first, second = of(ask(api, "user1", "bare"))
    assert (first["currentstatus"], first["currentstatusdesc"], first["status"]) == (-14, "", 3)
    assert list(second.values()) == [0, 0, "", "", "bare", "Success", 3]


def test_seconds_in_a_status(api: Api) -> None:
    """STAT-10, E-120, AM-15, AM-50: whole seconds since the change, growing with the clock, never negative."""

    def seconds() -> int:
        found: int = of(ask(api, RUPESH))[0]["duration"]
        return found

    put(api, RUPESH, 5)
    seen = [seconds()]
    for step in (1, 58.999, 0.001, 86_400):
        api.sandbox.clock.advance(timedelta(seconds=step))
        seen.append(seconds())
    assert seen == [0, 1, 59, 60, 86_460]
    put(api, RUPESH, 6)
    assert seconds() == 0
    api.sandbox.clock.set("frozen", NOW)
    assert seconds() == 0
    assert user(api, RUPESH)["since"] > NOW_TEXT


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31, 23, 59, 59)))  # noqa: DTZ001
def test_the_time_of_a_change(moment: datetime) -> None:
    """STAT-09, REF-13, E-121: %d-%b-%y %I:%M:%S %p of the C locale, for any moment."""
    before = locale.setlocale(locale.LC_TIME)
    locale.setlocale(locale.LC_TIME, "C")
    try:
        expected = moment.strftime("%d-%b-%y %I:%M:%S %p")
    finally:
        locale.setlocale(locale.LC_TIME, before)
    assert change_time(moment.isoformat(" ", "seconds")) == expected


@pytest.fixture(params=["C", "de_DE.UTF-8", "hi_IN.UTF-8", "tr_TR.UTF-8", "ja_JP.UTF-8", ""])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    """A locale for times, where the machine has it (else the one in force stays)."""
    before = locale.setlocale(locale.LC_TIME)
    with suppress(locale.Error):
        locale.setlocale(locale.LC_TIME, request.param)
    yield request.param
    locale.setlocale(locale.LC_TIME, before)


@pytest.mark.usefixtures("tongue")
def test_months_are_english_in_any_locale(api: Api) -> None:
    """STAT-09, REF-13: English months, two digits everywhere, AM and PM in capitals, midnight and noon as 12."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    hours = {0: "12:05:09 AM", 1: "01:05:09 AM", 11: "11:05:09 AM", 12: "12:05:09 PM", 13: "01:05:09 PM"}
    for month, name in enumerate(months, 1):
        for hour, text in hours.items():
            since = f"2007-{month:02}-03 {hour:02}:05:09"
            api.change("users", {"tenant": "test_org", "login_key": "user1"}, since=since)
            assert of(ask(api, "user1"))[0]["statuschangetime"] == f"03-{name}-07 {text}"


def test_one_record_per_login_in_order(api: Api) -> None:
    """STAT-13, STAT-04, E-118, E-124, GEN-12: as asked, twice if asked twice, each echoed as it was sent."""
    logins = ["user10", RUPESH.upper(), " user1 ", "user10", "t est@avhan.com", "USER10"]
    found = of(ask(api, *logins))
    assert [record["login"] for record in found] == logins
    assert [record["status"] for record in found] == [3, 3, 3, 3, 4, 3]
    assert [record["currentstatus"] for record in found] == [11, 1, 1, 11, 0, 11]
    assert len(of(ask(api, *["user1"] * 2000))) == 2000


def test_logins_with_their_case(api: Api) -> None:
    """RAD-05, STAT-13, DISP-02: compared without it unless login_match=exact, here as in saveDisposition."""
    spellings = ["Tanmay.K@DEV1", "Tanmay.k@dev1"]
    assert [each["status"] for each in of(ask(api, *spellings))] == [3, 3]
    assert [each["status"] for each in of(ask(api, *spellings, login_match="exact"))] == [4, 3]
    upper = printed("GV-15", login="DINESH.S@avhan.com")
    assert [api.post(upper, login_match="exact").status, api.post(upper).status] == [4, 3]


UNKNOWN = ["nobody@avhan.com", "", " ", None, "t est@avhan.com", "force.13@mock.test", "Force.5@mock.test"]


def test_unknown_logins(api: Api) -> None:
    """STAT-12, STAT-16, AM-44, AM-47, AM-14, E-122, E-124: blank, null, another tenant's: all keys, code 4, login as sent."""
    api.change("users", {"tenant": "test_org", "login_key": "user1"}, tenant="expiring_org")
    found = of(ask(api, *UNKNOWN, "user1"))
    assert found == [unknown(login or "") for login in [*UNKNOWN, "user1"]]


def test_unknown_logins_may_be_left_out(api: Api) -> None:
    """STAT-12, E-122: under stat_unknown_login=omit only those who are known are told, if any; forced ones stay."""
    found = of(ask(api, *UNKNOWN, "user1", "force.5@mock.test", stat_unknown_login="omit"))
    assert [record["login"] for record in found] == ["user1", "force.5@mock.test"]
    assert ask(api, *UNKNOWN, stat_unknown_login="omit").body["statusdata"] == []


FORCED = {
    4: "Login not found", 5: "fail", 2: "Wrong format of received request", 48: "API key expired", 67: "Data not found",
    1107: "api key not found", 1108: "Service key not found", 1243: "Service Key API Key Not matching",
}  # fmt: skip


def test_forced_records(api: Api) -> None:
    """SIM-25, AM-14, STAT-12: force.<code>@mock.test has the shape of an unknown login with that code; others go on."""
    logins = [f"force.{code}@mock.test" for code in FORCED]
    found = of(ask(api, "user1", *logins, "user1"))
    assert found[1:-1] == [
        unknown(login, code, text) for login, (code, text) in zip(logins, FORCED.items(), strict=True)
    ]
    assert [found[0]["status"], found[-1]["status"]] == [3, 3]
    for no_code in ("force.3@mock.test", "force.05@mock.test", "force.61@mock.test", "force.x@mock.test"):
        assert of(ask(api, no_code)) == [unknown(no_code)]


def test_a_queued_record_code(api: Api) -> None:
    """SIM-26, STAT-12: a record code queued for the method fails the records of the next command only."""
    api.sandbox.forced.add(4, method="userStatus", level="record")
    assert of(ask(api, "user1", RUPESH)) == [unknown("user1"), unknown(RUPESH)]
    assert [record["status"] for record in of(ask(api, "user1"))] == [3]


def test_it_only_reads(api: Api) -> None:
    """STAT-19, GEN-07: real-time and read-only; a disposition needs no userStatus before it, and shows in the next."""
    before = api.sandbox.store.dump()
    assert len(of(ask(api, *UNKNOWN, RUPESH, "force.5@mock.test"))) == len(UNKNOWN) + 2
    assert api.sandbox.store.dump() == before
    seen = [of(ask(api, "dinesh.s@avhan.com"))[0]["currentstatus"]]
    assert api.post(printed("GV-15")).status == 3
    seen.append(of(ask(api, "dinesh.s@avhan.com"))[0]["currentstatus"])
    assert seen == [7, 1]
    assert len(rows(api, "users", tenant="test_org")) == 10
