"""What the journal says of a command that the state refuses: what was expected, and what there is instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.methods.explaining import WHY
from mockserver.methods.rules import RULES
from tests.api import without
from tests.methods.disposing import CALL, CALLBACK, add, dispose
from tests.methods.helpers import GONE, exchange, printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Api

USER = "the login of a user of the organisation"
AGENT = "a login, or a system call that an agent had"
DUE = "selecteddatetime to be there, since master 1 with reason 2 asks for a callback"
NUMBER = "contactvalue to be there, since master 1 with reason 2 asks for a callback"
RANGE = "a time from 2000-01-01 00:00:00 to 2099-12-31 23:59:59"
DNC = "9000000032 is on the organisation's list of numbers not to be called"
SYSTEM_CALL = "the system call id of a call of the organisation"


def told(api: Api) -> tuple[str, str, str]:
    """Return rule, expected and got of the latest violation."""
    violation = api.journal()["violations"][0]
    return violation["keyword"], violation["expected"], violation["got"]


def test_every_rule_has_an_explanation() -> None:
    """GEN-06: no rule refuses without words of its own, and no words outlive their rule."""
    assert WHY.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"login": "user10"}, ("agent_in_wrapup", "the agent to be in Wrapup", "user10 is 11 (System Sent NA)")),
        ({"login": "user100"}, ("agent_known", f"{USER} (did you mean user10?)", "user100")),
        ({"login": "zzz"}, ("agent_known", USER, "zzz")),
        ({"login": GONE}, ("agent_known", AGENT, "neither")),
        ({"login": GONE, "Uniquesystemcallid": "5"}, ("agent_known", AGENT, "call 5 is none of the organisation")),
        ({**CALLBACK, "selecteddatetime": None}, ("callback_time_given", DUE, "nothing")),
        ({"selecteddatetime": "1999-12-31 23:59:59"}, ("due_in_range", RANGE, "1999-12-31 23:59:59")),
        (
            {"dispomasterid": 9},
            (
                "disposition_known", "a disposition of the process",
                "master 9 with reason 1; masters of VoiceProcess: 1, 2",
            ),
        ),
        (
            {"disporeasonid": 9},
            (
                "disposition_known", "a disposition of the process",
                "master 1 with reason 9; reasons of master 1: 1, 2",
            ),
        ),
        ({"contactvalue": "9000000032"}, ("number_allowed", "a number that may be called", DNC)),
        (
            {**CALLBACK, "contactvalue": "9000000033"},
            (
                "callbacks_left", "fewer than 3 callbacks of the number in VoiceProcess",
                "9000000033 has 3 of 3",
            ),
        ),
        ({**CALLBACK, "contactvalue": GONE}, ("callback_number_given", NUMBER, "nothing")),
    ],
)  # fmt: skip
def test_a_disposition(api: Api, changes: Mapping[str, Any], wanted: tuple[str, str, str]) -> None:
    """DISP-21 … DISP-28, AM-02: the state that refuses a disposition is told, with what would have done."""
    dispose(api, **changes)
    assert told(api) == wanted


def test_a_call_without_an_agent(api: Api) -> None:
    """AM-02: a system call that is known but led to nobody is told apart from one that nobody knows."""
    add(api, "calls", calllistid=1, process="VoiceProcess", status="done", systemcallid="77")
    dispose(api, login=GONE, Uniquesystemcallid="77")
    assert told(api)[2] == "call 77 had no agent"


def test_the_pointer_of_a_disposition_nobody_has(api: Api) -> None:
    """DISP-25: the violation points at the master, since it can only be asked once master and reason are there."""
    dispose(api, dispomasterid=9)
    assert api.journal()["violations"][0]["pointer"] == "/dispomasterid"


@pytest.mark.parametrize(
    ("changes", "pointer", "expected", "got"),
    [
        (
            {"contactnumber": "9999999999"}, "/contactnumber",
            "an open call-list entry of the number", "none for 9999999999 in VoiceProcess",
        ),
        (
            {"customercode": 77}, "/contactnumber",
            "an open call-list entry of the number and of customer 77",
            "none for 7507959484 in VoiceProcess; there are 794 scheduled due 2018-11-10 09:00:00",
        ),
        ({"login": "user100"}, "/login", f"{USER} (did you mean user10?)", "user100"),
    ],
)  # fmt: skip
def test_a_reallocation(api: Api, changes: Mapping[str, Any], pointer: str, expected: str, got: str) -> None:
    """RAD-11, RAD-17, RAD-19: which entries the number has, and whose login was probably meant."""
    api.post(printed("GV-13", **changes))
    assert told(api)[1:] == (expected, got)
    assert api.journal()["violations"][0]["pointer"] == pointer


def test_a_time_that_selects_entries(api: Api) -> None:
    """RAD-12: where the time narrows the entries, it is part of what was expected."""
    api.post(printed("GV-13", calldatetime="2030-01-01 00:00:00"), rad_calldatetime="filter")
    assert told(api)[1] == "an open call-list entry of the number, due 2030-01-01 00:00:00"


@pytest.mark.parametrize(
    ("criteria", "quirk", "rule", "got"),
    [
        ({"searchparam": "customercode", "customercode": 99}, "14", "customers_found", "customercode 99"),
        ({"searchparam": "customercode", "customercode": 99}, "specific", "criterion_matches", "customercode 99"),
        ({"searchparam": "mobilenumber", "mobilenumber": ["1111", "2222"]}, "14", "customers_found", "mobilenumber 1111, 2222"),
        (
            {"searchparam": "daterange", "fromdate": "2001-01-01 00:00:00", "todate": "2001-01-02 00:00:00"},
            "14", "customers_found", "fromdate 2001-01-01 00:00:00 and todate 2001-01-02 00:00:00",
        ),
        (
            {"searchparam": "customercode", "customercode": 99, "mobilenumber": ["1111"]}, "14",
            "customers_found", "customercode 99 and mobilenumber 1111",
        ),
    ],
)  # fmt: skip
def test_a_search(api: Api, criteria: Mapping[str, Any], quirk: str, rule: str, got: str) -> None:
    """GPD-39, GPD-12: every criterion that counted is named as the client spelt it, with its value."""
    gone = {"searchparam": GONE, "mobilenumber": GONE}
    api.post(printed("GV-09", **{**gone, **criteria}), gpd_unknown_key=quirk)
    found = told(api)
    assert (found[0], found[2]) == (rule, f"no customer of Policy for {got}")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"sessionid": 99999}, ("session_known", "a call-list id of the organisation", "99999 is none")),
        ({"systemcallid": "5"}, ("call_known", SYSTEM_CALL, "5 is none")),
        (
            {"sessionid": 8},
            ("session_owns_call", "the session that the call belongs to", f"8; call {CALL} is of session 483"),
        ),
        (
            {"sessionid": 9, "systemcallid": "180717171728015999"},
            (
                "recording_there", "a call whose recording is there",
                "call 180717171728015999 was recorded, but the file is missing",
            ),
        ),
    ],
)  # fmt: skip
def test_a_recording(api: Api, changes: Mapping[str, Any], wanted: tuple[str, str, str]) -> None:
    """REC-15, REC-16, REC-18, REC-19: which of session, call and recording is missing, and whose call it is."""
    api.post(printed("GV-17", **changes))
    assert told(api) == wanted


def test_recordings_one_by_one(api: Api) -> None:
    """MREC-24: each failed record is told by its own id."""
    api.post(printed("GV-19", systemcallids=["5", "6"]))
    found = [(each["pointer"], each["got"]) for each in api.journal()["violations"]]
    assert found == [("/systemcallids/0", "5 is none"), ("/systemcallids/1", "6 is none")]


def test_a_call_that_was_not_recorded(api: Api) -> None:
    """MREC-23: a call without a recording is told apart from a recording that was lost."""
    add(api, "calls", calllistid=1, process="VoiceProcess", status="done", systemcallid="77")
    api.post(printed("GV-19", systemcallids=["77"]))
    assert told(api)[2] == "call 77 was not recorded"


@pytest.mark.parametrize(
    ("example", "changes", "wanted"),
    [
        (
            "GV-20", {"loginid": "test@avhan.com"},
            ("login_free", "a login that no user of the organisation has yet", "test@avhan.com is user 105 (Test)"),
        ),
        (
            "GV-22", {"action": "edit", "loginid": "tst@avhan.com"},
            ("login_known", f"{USER} (did you mean test@avhan.com?)", "tst@avhan.com"),
        ),
        (
            "GV-23", {"loginid": "orphan@avhan.com"},
            ("client_login_mapped", "a user who has a client login", "orphan@avhan.com has none"),
        ),
    ],
)  # fmt: skip
def test_a_user(api: Api, example: str, changes: Mapping[str, Any], wanted: tuple[str, str, str]) -> None:
    """USR-24, AM-40, DEL-16: who has the login already, or who was probably meant."""
    api.post(printed(example, **changes))
    assert told(api) == wanted


def test_an_image(api: Api) -> None:
    """AM-41: the images there are."""
    api.post(printed("GV-20", userimage="x.jpg"), image_store="strict")
    stored = "c2c_clicktocall_201601051003844.jpg"
    assert told(api) == ("image_stored", "an image of the organisation's store", f"x.jpg; stored: {stored}")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (
            {"servicekey": "NoFieldList"},
            ("field_list_defined", "a process that has a field list", "NoFieldList has none"),
        ),
        (
            {"servicekey": "NoScriptTemplate"},
            ("script_template_defined", "a process that has a script template", "NoScriptTemplate has none"),
        ),
        (
            {"sessionid": "99999"},
            ("session_known", "a call-list id of the organisation", "99999 is none"),
        ),
        (
            {"updateparam": "customercode", "data": [{"customercode": "9999", "mobilenumber": "8850014998"}]},
            (
                "customer_code_known", "a customer of the process",
                "no customer of MUMBAI_CRM_OBD for customercode 9999",
            ),
        ),
    ],
)  # fmt: skip
def test_an_import(api: Api, changes: Mapping[str, Any], wanted: tuple[str, str, str]) -> None:
    """IPD106-42, IPD106-63, IPD106-71, IPD106-76: what process, call list or customers lack."""
    api.post(without(**changes), unknown_customercode="reject14")
    assert told(api) == wanted


def test_hints_have_an_end(api: Api) -> None:
    """AM-37: a batch of unknown logins is hinted at for its first logins only, so that it stays quick."""
    logins = [f"user1{number}@avha.com" for number in range(60)]
    api.post(printed("GV-25", loginids=logins))
    expected = [each["expected"] for each in api.journal()["violations"]]
    assert len(expected) == 60
    assert sum("did you mean" in each for each in expected) == 4


@pytest.mark.parametrize("login", ["a\nb", " ", "x" * 300, "“ü”", 5, True, [], {"a": [1]}, 1.5])
@pytest.mark.parametrize(
    "field", ["login", "dispomasterid", "disporeasonid", "contactvalue", "Uniquesystemcallid"]
)
def test_an_explanation_never_raises(api: Api, field: str, login: object) -> None:
    """GEN-16: rules are asked before the schema, and whatever stands in a field their words are one short line."""
    gone = {"login": GONE} if field == "Uniquesystemcallid" else {}
    dispose(api, **{**gone, field: login})
    assert exchange(api).error == ""
    for violation in api.journal()["violations"]:
        assert (violation["expected"] + violation["got"]).isprintable()
        assert len(violation["got"]) < 250


def test_the_answer_stays_as_it_is(api: Api) -> None:
    """AM-08, TRN-38: nothing of an explanation stands in the reply or its headers."""
    answer = dispose(api, login="user100")
    assert b"did you mean" not in answer.raw
    assert not any("user10" in value for _, value in answer.headers)


def test_the_words_for_a_medium(api: Api) -> None:
    """DISP-10, REF-01: the printed names come first, then the ids; a shorter list would hide the likeliest."""
    dispose(api, media="Vioce In")
    expected = told(api)[1]
    names, _, ids = expected.partition("; or ")
    assert names.startswith("one of Email In, Email Out, ")
    assert names.endswith("Voice In, Voice Out, Social-Twitter, Social-Facebook, Video")
    assert ids == "1, 2, 3, 4, 8, 11, 12, 21, 22, 31"


def test_the_words_for_a_kind_of_user(api: Api) -> None:
    """USR-08: words that are read whatever their spelling are all listed, not cut short."""
    api.post(printed("GV-20", usertype="boss"))
    words = told(api)[1]
    assert words.startswith("one of Super Admin, Administrator, ")
    assert "…" not in words
