"""Corners where two rules meet: each was wrong once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.methods.helpers import exchange, printed, rows

if TYPE_CHECKING:
    from tests.api import Api

CALLBACK = {"disporeasonid": 2, "selecteddatetime": "2026-06-01 10:00:00"}


def foreign(api: Api, **columns: Any) -> None:
    """Put a call of another process under way."""
    row = {
        "tenant": "test_org", "process": "VoiceInOut", "calllistid": 700, "contact": "9000000700", "login": "user1",
        "calltype": 5, "due": "2026-01-01 00:00:00", "status": "talking", "systemcallid": "55512345",
        "media": 12, "customercode": 77, "storedatetime": "2026-01-01 00:00:00", **columns,
    }  # fmt: skip
    api.sandbox.store.insert("calls", row)


def test_a_call_of_another_process_is_left_alone(api: Api) -> None:
    """DISP-17: the contact's own entry of the process is closed, and the callback gets no foreign customer code."""
    foreign(api)
    api.post(printed("GV-15", Uniquesystemcallid="55512345", **CALLBACK))
    found = {row["calllistid"]: row for row in rows(api, "calls", tenant="test_org")}
    assert (found[795]["status"], found[700]["status"]) == ("done", "talking")
    assert (found[796]["process"], found[796]["customercode"]) == ("VoiceProcess", None)


@pytest.mark.parametrize("value", ["", "12", None, [], True, {"a": 1}])
def test_a_number_that_was_sent_is_not_replaced_by_the_call(api: Api, value: Any) -> None:
    """AM-02: only an absent contactvalue stands for the number of the call named; a blank or invalid one is 111."""
    api.change("calls", {"tenant": "test_org", "calllistid": 483}, contact="9000000032")
    api.post(printed("GV-15", Uniquesystemcallid="140912183554281005", contactvalue=value))
    assert exchange(api).status == 111


def test_a_forced_login_is_no_unknown_one(api: Api) -> None:
    """SIM-27: under stat_unknown_login=fail a magic login still fails its own record only."""
    command = printed("GV-25", loginids=["user1", "force.5@mock.test"])
    answer = api.post(command, stat_unknown_login="fail")
    assert [record["status"] for record in answer.body["statusdata"]] == [3, 5]
    api.post(printed("GV-25", loginids=["user1", "nobody"]), stat_unknown_login="fail")
    assert exchange(api).status == 4


def test_folded_keys_reach_into_lists(api: Api) -> None:
    """GEN-09: the spelling Media of the tables is read inside mediadetails too."""
    command = printed("GV-20", mediadetails=[{"Media": "Voice In"}])
    api.post(command, case_insensitive_keys="on")
    assert exchange(api).status == 3


@pytest.mark.parametrize(
    ("example", "status", "match"),
    [("GV-25", 4, {"loginid": "user10"}), ("GV-19", 1111, {"systemcallid": "180717171728015031"})],
)
def test_queued_statuses_match_values_of_a_list(
    api: Api, example: str, status: int, match: dict[str, str]
) -> None:
    """SIM-26: records that are no objects are matched by the name they have as records."""
    api.sandbox.forced.add(status, level="record", match=match)
    answer = api.post(printed(example))
    assert max(record["status"] for record in answer.body["statusdata"]) == max(
        status, 67 if status > 67 else 4
    )
    assert len(api.sandbox.forced) == 0


@pytest.mark.parametrize("method", ["SAVEDISPOSITION", "ADDEDITUSER"])
def test_a_sniffed_method_is_folded_too(api: Api, method: str) -> None:
    """TRN-33: with method_case=ignore a malformed command gets the envelope of the method it names."""
    answer = api.post(f'data={{"method":"{method}",', method_case="ignore")
    assert answer.body["method"] in ("savedisposition", "addEditUser")


def test_one_of_several_criteria_is_enough(api: Api) -> None:
    """GPD-39: under gpd_multi_criteria=or an unknown number is no failure while another criterion finds somebody."""
    command = printed("GV-09", mobilenumber="9999999999", customercode="2")
    answer = api.post(command, gpd_multi_criteria="or", gpd_unknown_key="specific")
    assert [each["leadnumber"] for each in answer.body["data"]] == ["2"]


def test_the_last_of_several_spellings_counts(api: Api) -> None:
    """TRN-27: gate, magic values and handler read the same one of two spellings of a key."""
    base = {"method": "deleteUser", "apikey": "test_org"}
    for first, last, status in (
        ("force.5@mock.test", "user12@avhan.com", 1), ("user12@avhan.com", "force.5@mock.test", 5),
    ):  # fmt: skip
        api.post({**base, "LoginId": first, "LOGINID": last}, case_insensitive_keys="on")
        assert exchange(api).status == status
    api.post(
        {**base, "ApiKey": "test_org", "APIKEY": "nope", "apikey": "test_org"}, case_insensitive_keys="on"
    )
    assert exchange(api).status != 1107


def test_nested_texts_are_trimmed(api: Api) -> None:
    """GEN-12: what stands inside lists of a user is trimmed before it is stored, as everything is."""
    api.post(printed("GV-20", groups=[" a "], contactdetails=[{"contactid": " f ", "contacttype": "x"}]))
    (user,) = rows(api, "users", login="Batman12@avhan.com")
    assert (user["fields"]["groups"], user["fields"]["contactdetails"][0]["contactid"]) == (["a"], "f")
