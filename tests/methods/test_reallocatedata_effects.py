"""reallocatedata: which entries change hands, and when they are due afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api import NOW_TEXT, drop, fresh
from tests.methods.helpers import GONE, exchange, printed, rows

if TYPE_CHECKING:
    from tests.api import Api

NUMBER = "8850014998"
PAST, FUTURE, LATER = "2020-05-05 05:05:05", "2026-06-07 08:09:10", "2027-01-01 10:00:00"


def push(api: Api, servicekey: str = "VoiceProcess", edition: str = "web", **record: Any) -> None:
    """Put an entry for the number on the call list of a process."""
    command = {
        "method": "ImportProcessData",
        "reqdatetime": NOW_TEXT,
        "apikey": "test_org",
        "servicekey": servicekey,
        "media": "12",
        "updateparam": record.pop("by", "mobilenumber"),
        "data": [{"mobilenumber": NUMBER, **record}],
    }
    assert api.post(command, edition=edition).status == 1


def give(api: Api, quirks: dict[str, Any] | None = None, **changes: Any) -> int:
    """Give the number's entries to tanmay.k and return the status; no call time unless it is said."""
    command = printed("GV-13", **{"contactnumber": NUMBER, "calldatetime": GONE, **changes})
    return api.post(command, **(quirks or {})).status


def entries(api: Api, contact: str = NUMBER) -> dict[int, tuple[str | None, str, str]]:
    """Owner, time and state of the entries of a contact, by their ids."""
    return {
        row["calllistid"]: (row["login"], row["due"], row["status"])
        for row in rows(api, "calls", contact=contact)
    }


def others(api: Api, *ids: int) -> list[dict[str, Any]]:
    """Every entry but these."""
    return [row for row in rows(api, "calls") if row["calllistid"] not in ids]


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
def test_open_entries_change_hands(api: Api, edition: str) -> None:
    """RAD-11: the waiting ones and the scheduled ones, all of them, whoever had them; nothing else changes."""
    push(api, edition=edition)
    push(api, edition=edition, callDateTime=FUTURE, userlogin="user1")
    push(api, edition=edition, callDateTime=FUTURE, userlogin="tanmay.k")
    before, people = others(api, 796, 797, 798), rows(api, "customers")
    assert give(api) == 1
    assert entries(api) == {
        796: ("tanmay.k", NOW_TEXT, "queued"),
        797: ("tanmay.k", FUTURE, "scheduled"),
        798: ("tanmay.k", FUTURE, "scheduled"),
    }
    assert exchange(api).changes == {
        "calls": {"inserted": 0, "updated": 2, "removed": 0}
    }  # the third was his
    assert others(api, 796, 797, 798) == before
    assert rows(api, "customers") == people
    assert give(api, login="RUPESH.V@avhan.com") == 1
    assert {entry[0] for entry in entries(api).values()} == {"rupesh.v@avhan.com"}


def test_the_seeded_entry(api: Api) -> None:
    """RAD-11, SEED-16, E-72: the printed number has an open entry of user10, and the printed command hands it over."""
    assert entries(api, "7507959484") == {794: ("user10", "2018-11-10 09:00:00", "scheduled")}
    assert api.post(printed("GV-13", calldatetime=GONE)).status == 1
    assert entries(api, "7507959484") == {794: ("tanmay.k", "2018-11-10 09:00:00", "scheduled")}


@pytest.mark.parametrize(
    ("time", "due", "state"),
    [
        (GONE, FUTURE, "scheduled"),
        ("", FUTURE, "scheduled"),
        (LATER, LATER, "scheduled"),
        (f" {LATER} ", LATER, "scheduled"),
        (PAST, PAST, "queued"),
        (NOW_TEXT, NOW_TEXT, "queued"),
        ("2026-01-02 03:04:06", "2026-01-02 03:04:06", "scheduled"),
    ],
    ids=lambda part: "absent" if part is GONE else None,
)
def test_the_new_time(api: Api, time: object, due: str, state: str) -> None:
    """RAD-12, RAD-06, E-77, SIM-07: a time that is given is the new one; a past one makes the entry wait for its turn at once."""
    push(api, callDateTime=FUTURE)
    assert give(api, calldatetime=time) == 1
    assert entries(api) == {796: ("tanmay.k", due, state)}


def test_a_waiting_entry_is_put_off(api: Api) -> None:
    """RAD-12, SIM-07: a queued entry with a time to come is scheduled again, and the other way round."""
    push(api)
    assert give(api, calldatetime=LATER) == 1
    assert entries(api) == {796: ("tanmay.k", LATER, "scheduled")}
    assert give(api, calldatetime=PAST, login="user1") == 1
    assert entries(api) == {796: ("user1", PAST, "queued")}


def test_the_time_as_a_filter(api: Api) -> None:
    """RAD-12, E-77: with the quirk it selects the entries of exactly that time, keeps it, and 70 is the answer when there are none."""
    quirk = {"rad_calldatetime": "filter"}
    push(api)
    push(api, callDateTime=FUTURE)
    push(api, callDateTime=LATER)
    assert give(api, quirk, calldatetime=FUTURE) == 1
    assert entries(api) == {
        796: (None, NOW_TEXT, "queued"),
        797: ("tanmay.k", FUTURE, "scheduled"),
        798: (None, LATER, "scheduled"),
    }
    before = api.sandbox.store.dump()
    for time in (PAST, "2026-06-07 08:09:11"):
        assert give(api, quirk, calldatetime=time) == 70
    assert give(api, quirk, calldatetime="tomorrow") == 38
    assert api.sandbox.store.dump() == before
    assert give(api, quirk, login="user1") == 1
    assert {entry[0] for entry in entries(api).values()} == {"user1"}


OPEN = {"scheduled", "queued"}
STATES = ["scheduled", "queued", "dialling", "talking", "wrapup", "done", "stored", "speech"]


@pytest.mark.parametrize("state", STATES)
def test_only_open_entries_change_hands(api: Api, state: str) -> None:
    """RAD-11, RAD-17: an entry that is dialled, spoken on, over, only stored or not yet speech stays as it is; alone it is 70."""
    push(api, userlogin="user1", callDateTime=FUTURE)
    api.change("calls", {"tenant": "test_org", "calllistid": 796}, status=state)
    push(api, callDateTime=LATER)
    assert give(api, calldatetime=PAST) == 1
    changed = ("tanmay.k", PAST, "queued")
    assert entries(api) == {796: changed if state in OPEN else ("user1", FUTURE, state), 797: changed}
    api.change("calls", {"tenant": "test_org", "calllistid": 797}, status="done")
    assert give(api, login="user10") == (1 if state in OPEN else 70)


def test_others_keep_their_entries(api: Api) -> None:
    """RAD-11, RAD-02, RAD-03: entries of other contacts, of other processes and of other tenants stay where they are."""
    push(api, userlogin="user1")
    push(api, mobilenumber="8850014999", userlogin="user1")
    push(api, "MUMBAI_CRM_OBD", userlogin="user1")
    policy = {"apikey": "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU=", "servicekey": "Policy"}
    command = {"method": "ImportProcessData", "media": "12", "updateparam": "mobilenumber", **policy}
    assert api.post({**command, "data": [{"mobilenumber": NUMBER}]}).status == 1
    before = others(api, 796)
    assert give(api, calldatetime=LATER) == 1
    assert others(api, 796) == before
    assert entries(api)[796] == ("tanmay.k", LATER, "scheduled")
    assert give(api, servicekey="VoiceInOut") == 70
    assert give(api, servicekey="MUMBAI_CRM_OBD") == 1
    assert entries(api)[798][0] == "tanmay.k"


def test_the_customer_code_narrows(api: Api) -> None:
    """RAD-07, RAD-11, E-74: only that customer's entries of the number; 0, in digits or not, is all of them."""
    push(api, by="crmuniquefield", sr_number="A")
    push(api, by="crmuniquefield", sr_number="B")
    codes = {row["calllistid"]: row["customercode"] for row in rows(api, "calls", contact=NUMBER)}
    assert codes == {796: 125, 797: 126}

    def owners() -> list[str | None]:
        return [entry[0] for entry in entries(api).values()]

    assert give(api, customercode=126) == 1
    assert owners() == [None, "tanmay.k"]
    assert give(api, customercode="0125", login="user1") == 1
    assert owners() == ["user1", "tanmay.k"]
    assert give(api, customercode=127) == 70
    for none, login in ((0, "user10"), ("0", "user1"), ("", "user10"), (GONE, "user1")):
        assert give(api, customercode=none, login=login) == 1
        assert owners() == [login, login]


def test_a_barred_number_has_no_open_entry(api: Api) -> None:
    """RAD-11, RAD-17: what was only stored, of a barred number or of media that are not dialled, cannot be handed over."""
    push(api, mobilenumber="9000000032")
    assert [entry[2] for entry in entries(api, "9000000032").values()] == ["stored"]
    assert give(api, contactnumber="9000000032") == 70


def test_the_tolerated_number_finds_the_same_entries(api: Api) -> None:
    """RAD-04, AM-46: as an integer, with blanks around it; other writings of it are other contacts."""
    push(api)
    push(api, mobilenumber=f"+91{NUMBER}")
    assert give(api, contactnumber=int(NUMBER)) == 1
    assert entries(api)[796][0] == "tanmay.k"
    assert entries(api, f"+91{NUMBER}")[797][0] is None
    assert give(api, contactnumber=f" +91{NUMBER} ", login="user1") == 1
    assert entries(api, f"+91{NUMBER}")[797][0] == "user1"
    assert give(api, contactnumber=f"0{NUMBER}") == 70


entry_plans = st.lists(
    st.tuples(st.sampled_from(["8000000001", "8000000002"]), st.sampled_from(STATES), st.sampled_from([FUTURE, LATER])),
    min_size=1, max_size=6,
)  # fmt: skip
commands = st.tuples(
    st.sampled_from(["8000000001", "8000000002"]),
    st.sampled_from([None, FUTURE, LATER, PAST]),
    st.sampled_from(["reschedule", "filter"]),
    st.sampled_from([0, 125, 126]),
    st.sampled_from(["user1", "tanmay.k"]),
)


@settings(max_examples=50, deadline=None)
@given(entry_plans, st.lists(commands, min_size=1, max_size=5))
def test_random_reallocations(plans: Any, wanted: Any) -> None:
    """RAD-11, RAD-12, RAD-07, RAD-17: random entries and commands; a model of its own says what each entry is afterwards."""
    api = fresh()
    model: dict[int, dict[str, Any]] = {}
    codes: dict[str, int] = {}
    for number, (contact, state, due) in enumerate(plans, start=796):
        push(api, mobilenumber=contact, callDateTime=due)
        api.change("calls", {"tenant": "test_org", "calllistid": number}, status=state)
        code = codes.setdefault(contact, 125 + len(codes))
        model[number] = {"contact": contact, "status": state, "due": due, "login": None, "code": code}
    for contact, due, reading, code, login in wanted:
        chosen = [
            entry
            for entry in model.values()
            if entry["contact"] == contact
            and entry["status"] in OPEN
            and code in (0, entry["code"])
            and (reading == "reschedule" or due in (None, entry["due"]))
        ]
        for entry in chosen:
            entry["login"] = login
            if due is not None and reading == "reschedule":
                entry |= {"due": due, "status": "queued" if due == PAST else "scheduled"}
        answer = give(
            api, {"rad_calldatetime": reading},
            contactnumber=contact, calldatetime=due, customercode=code, login=login,
        )  # fmt: skip
        assert answer == (1 if chosen else 70)
        found = {row["calllistid"]: row for row in rows(api, "calls") if row["calllistid"] in model}
        for number, expected in model.items():
            assert {key: found[number][key] for key in ("contact", "status", "due", "login")} == {
                key: expected[key] for key in ("contact", "status", "due", "login")
            }
    drop(api)


def test_eight_threads_push_and_reallocate(api: Api) -> None:
    """RAD-11, TRN-30: each client's entries end with the user it gave them to; none is lost, none is given twice."""
    logins = ["user1", "user10", "tanmay.k", "test@avhan.com"] * 2

    def work(thread: int) -> None:
        for n in range(30):
            number = f"8{thread}0000{n:04d}"
            push(api, mobilenumber=number, callDateTime=FUTURE)
            assert give(api, contactnumber=number, login=logins[thread], calldatetime=LATER) == 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    mine = [row for row in rows(api, "calls") if row["calllistid"] >= 796]
    assert sorted(row["calllistid"] for row in mine) == list(range(796, 796 + 240))
    assert all(row["login"] == logins[int(row["contact"][1])] for row in mine)
    assert {(row["due"], row["status"]) for row in mine} == {(LATER, "scheduled")}
