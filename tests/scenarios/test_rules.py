"""Rules of scenarios: what they fit, when they fire and what they do to a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api import drop, without
from tests.methods.helpers import printed, rows
from tests.scenarios.helpers import fired, playing, push, status

if TYPE_CHECKING:
    from collections.abc import Mapping

WEB = {"edition": "web"}

FITS: list[tuple[str, Mapping[str, Any], bool]] = [
    ("a method", {"method": "ImportProcessData"}, True),
    ("another method", {"method": "userStatus"}, False),
    ("one of two methods", {"method": ["userStatus", "ImportProcessData"]}, True),
    ("the edition", {"edition": "1.0.6"}, True),
    ("another edition", {"edition": "web"}, False),
    ("the API key", {"apikey": "test_org"}, True),
    ("another API key", {"apikey": "expired_org"}, False),
    ("the service key", {"servicekey": "MUMBAI_CRM_OBD"}, True),
    ("a field's value", {"fields": {"media": "12"}}, True),
    ("a number for its digits", {"fields": {"media": 12}}, True),
    ("true for its digit", {"fields": {"media": True}}, False),
    ("one of several values", {"fields": {"media": ["11", "12"]}}, True),
    ("none of several values", {"fields": {"media": ["11", "99"]}}, False),
    ("a field that is there", {"fields": {"media": {"present": True}}}, True),
    ("a field that is not there", {"fields": {"sessionid": {"present": False}}}, True),
    ("a pattern", {"fields": {"updateparam": {"regex": "^mobile"}}}, True),
    ("a pattern that is not found", {"fields": {"updateparam": {"regex": "^code"}}}, False),
    ("a pattern of a field that is no text", {"fields": {"data": {"regex": "."}}}, False),
    ("a subset", {"fields": {"data": {"contains": {"campaign_name": "NPS"}}}}, True),
    ("no subset", {"fields": {"data": {"contains": {"campaign_name": "other"}}}}, False),
    ("a record", {"record": {"mobilenumber": "8850014998", "campaign_name": "NPS"}}, True),
    ("two records between them", {"record": {"mobilenumber": "8850014998", "campaign_name": "other"}}, False),
    ("a blank record field", {"record": {"campaign_name": {"blank": True}}}, False),
    ("a JSONPath", {"jsonpath": "$.data[?@.mobilenumber == '8850014998']"}, True),
    ("a JSONPath that finds nothing", {"jsonpath": "$.data[?@.mobilenumber == '1']"}, False),
    ("success", {"status": "success"}, True),
    ("failure", {"status": "failure"}, False),
    ("a status", {"status": [1, 17]}, True),
    ("the time", {"time": {"from": "2026-01-02 03:04:05", "until": "2026-01-02 03:04:06"}}, True),
    ("too late", {"time": {"until": "2026-01-02 03:04:05"}}, False),
    ("too early", {"time": {"after_seconds": 1}}, False),
    ("both of two conditions", {"method": "ImportProcessData", "fields": {"media": "99"}}, False),
]


@pytest.mark.parametrize(("when", "fits"), [row[1:] for row in FITS], ids=[row[0] for row in FITS])
def test_a_rule_fires_when_all_of_its_conditions_hold(when: Mapping[str, Any], fits: bool) -> None:
    """Each condition alone decides whether the rule forces its status; nothing is stored when it does (GEN-07)."""
    api = playing({"when": when, "then": {"status": 38}})
    before = api.counts()
    api.post(without())
    assert (status(api), fired(api)) == ((38, 1) if fits else (1, 0))
    assert (api.counts() == before) == fits
    drop(api)


def test_a_regular_expression_that_takes_too_long_does_not_fit() -> None:
    """A pattern that backtracks for ever is given up after its time, and the command goes on."""
    api = playing(
        {"when": {"fields": {"remarks": {"regex": "^(a|a)*(a|a)*(a|a)*$"}}}, "then": {"status": 111}}
    )
    api.post(printed("GV-15", remarks="a" * 5000 + "b"))
    assert status(api) == 3
    drop(api)


COUNTS = [
    ({"nth": 2}, [1, 38, 1, 1]),
    ({"first": 2}, [38, 38, 1, 1]),
    ({"every": 2}, [1, 38, 1, 38]),
    ({"after": 2}, [1, 1, 38, 38]),
]


@pytest.mark.parametrize(("count", "statuses"), COUNTS)
def test_calls_are_counted_among_those_that_fit(count: dict[str, int], statuses: list[int]) -> None:
    """Calls that the other conditions leave out are not counted."""
    api = playing({"when": {"method": "ImportProcessData", "call": count}, "then": {"status": 38}})
    seen = []
    for _ in statuses:
        api.post(printed("GV-25"))
        api.post(without())
        seen.append(status(api))
    assert seen == statuses
    drop(api)


def test_attempts_are_counted_for_each_command_by_itself() -> None:
    """The first attempt of every push is refused, its retry is not, in whatever order the pushes come."""
    api = playing({"when": {"method": "ImportProcessData", "attempt": {"first": 1}}, "then": {"status": 38}})
    first, second = push("9100000001"), push("9100000002")
    seen: list[int | None] = []
    for command in (first, second, first, second, first):
        api.post({**command, "reqdatetime": f"2026-01-02 03:04:0{len(seen)}"})
        seen.append(status(api))
    assert seen == [38, 38, 1, 1, 1]
    drop(api)


def test_a_rule_fires_no_more_often_than_it_may() -> None:
    """``times`` is an upper bound, and the tally says why it stopped."""
    api = playing({"then": {"status": 38}, "times": 2})
    seen = []
    for _ in range(4):
        api.post(without())
        seen.append(status(api))
    play = api.sandbox.stage.get("test")
    assert play is not None
    assert (seen, play.tallies["rule-1"].unmet) == ([38, 38, 1, 1], {"it has fired as often as it may": 2})
    drop(api)


def test_states_lead_from_rule_to_rule() -> None:
    """The scenario is in one state at a time and begins in ``started``."""
    api = playing(
        {"state": "started", "then": {"state": "broken"}},
        {"state": "broken", "then": {"status": 38, "state": "mended"}},
    )
    seen = []
    for _ in range(3):
        api.post(without())
        seen.append(status(api))
    assert seen == [1, 38, 1]
    drop(api)


def test_the_first_rule_that_fires_acts_and_no_other() -> None:
    """A rule that does nothing shields a command from those behind it."""
    api = playing(
        {"when": {"record": {"mobilenumber": "9100000001"}}, "then": {"nothing": True}},
        {"when": {"method": "ImportProcessData"}, "then": {"status": 38}},
    )
    seen = []
    for number in ("9100000001", "9100000002"):
        api.post(push(number))
        seen.append(status(api))
    assert seen == [1, 38]
    drop(api)


def test_an_outage_also_hits_what_cannot_be_read() -> None:
    """A rule without conditions on the command meets malformed and unauthenticated requests as well."""
    api = playing({"then": {"faults": ["html_error_page"]}})
    for body in (without(), b"data={", without(apikey="nobody"), {"method": "noSuchMethod"}):
        answer = api.post(body)
        assert answer.raw.startswith(b"<"), answer.raw
    assert fired(api) == 4
    drop(api)


def test_rules_about_fields_come_after_the_gate() -> None:
    """SIM-27: a command that its keys refuse is refused for them, not by a rule about its fields."""
    api = playing({"when": {"method": "ImportProcessData"}, "then": {"status": 38}})
    api.post(without(apikey="nobody"))
    assert (status(api), fired(api)) == (1107, 0)
    drop(api)


def test_an_applied_status_keeps_what_the_command_did() -> None:
    """With ``applied`` the refusal is a lie: the customer is stored and on the call list."""
    api = playing({"then": {"status": 38, "applied": True}})
    before = api.counts()
    api.post(without())
    assert status(api) == 38
    assert api.counts() == {table: number + 1 for table, number in before.items()}
    drop(api)


def test_a_status_on_the_answer_undoes_the_command() -> None:
    """GEN-07: a rule that looked at the answer refuses it, and nothing is stored."""
    api = playing({"when": {"status": "success"}, "then": {"status": 38}})
    before = api.sandbox.store.dump()
    api.post(without())
    assert (status(api), api.sandbox.store.dump()) == (38, before)
    drop(api)


def test_a_rule_may_replace_a_refusal() -> None:
    """A refusal is an answer too: its status is seen and changed."""
    api = playing({"when": {"status": 17}, "then": {"status": 38}})
    api.post(without(media="99"))
    assert status(api) == 38
    drop(api)


def test_a_status_the_method_does_not_have_is_not_forced() -> None:
    """AM-14: a rule for any method leaves alone those whose tables lack its status, and says so."""
    api = playing({"then": {"status": 421}})
    api.post(without())
    assert status(api) == 1
    api.post(printed("GV-15"))
    assert status(api) == 421
    play = api.sandbox.stage.get("test")
    assert play is not None
    assert play.tallies["rule-1"].unmet == {"ImportProcessData has no status 421": 1}
    drop(api)


def test_single_records_fail() -> None:
    """At record level only the records that fit fail; the others are stored (AM-30)."""
    rule = {"when": {"record": {"mobilenumber": {"regex": "^91"}}}, "then": {"status": 43, "level": "record"}}
    api = playing(rule)
    answer = api.post(push("9100000001", "9200000002", "9100000003"))
    assert [record["statuscode"] for record in answer.body["statusdata"]] == ["043", "001", "043"]
    assert len(rows(api, "customers", process="MUMBAI_CRM_OBD")) == 1
    drop(api)


def test_values_of_a_list_are_records_by_their_name() -> None:
    """Ids of recordings and logins are tested under the name their records have."""
    rule = {"when": {"record": {"loginid": "user10"}}, "then": {"status": 4, "level": "record"}}
    api = playing(rule)
    answer = api.post(printed("GV-25"))
    assert [record["status"] for record in answer.body["statusdata"]] == [3, 4]
    drop(api)


def test_members_of_a_reply_are_changed() -> None:
    """A patch adds, replaces and takes away, and leaves the order of what stays."""
    api = playing({"then": {"reply": {"status": 7, "statusdata": None, "hint": "busy"}}})
    answer = api.post(without())
    assert list(answer.body) == ["resdatetime", "method", "status", "hint"]
    assert answer.body["status"] == 7
    drop(api)


def test_settings_hold_from_the_next_command_on() -> None:
    """A rule may change edition and quirks while the scenario is active; ending it takes them back (AM-13)."""
    api = playing({"when": {"call": {"nth": 2}}, "then": {"edition": "web"}})
    seen = [next(iter(api.post(without()).body)) for _ in range(3)]
    api.sandbox.deactivate("test")
    seen.append(next(iter(api.post(without()).body)))
    assert seen == ["resdatetime", "resdatetime", "method", "resdatetime"]
    drop(api)


def test_what_was_done_is_told() -> None:
    """X-Mock-Fault and the journal name scenario, rule and fault."""
    api = playing({"id": "cut", "then": {"faults": ["malformed_json"]}}, name="shears")
    answer = api.post(without())
    (told,) = answer.all("X-Mock-Fault")
    assert told.startswith("shears/cut: malformed_json")
    drop(api)
