"""Where rules, queued wishes, waits, refusals and resets meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.journal import Journal
from mockserver.model import Exchange, Inbound, Pause, Reply
from mockserver.sandbox import Plan
from mockserver.scenarios.model import compiled
from mockserver.service import Service
from mockserver.settings import Settings
from tests.api import NOW, RECORD, Answer, Api, text_of, without
from tests.methods.helpers import printed
from tests.scenarios.helpers import fired, playing, push

if TYPE_CHECKING:
    from mockserver.scenarios.playing import Play

HELD = {"latency": {"fixed": 2, "phase": "before"}}
TEAPOT = {"http_status": {"code": 502, "body": "bad gateway"}}


def begin(api: Api, command: Any, **headers: str) -> Reply | Pause:
    """Send a command that may be held."""
    body = command if isinstance(command, bytes) else f"data={text_of(command)}".encode()
    return api.service.begin(Inbound("POST", api.path, b"", {"content-type": "text/html", **headers}, body))


def answered(outcome: Reply | Pause, *waits: float) -> Answer:
    """Resume a command, which must be held exactly so often and so long, to its answer."""
    for seconds in waits:
        assert isinstance(outcome, Pause)
        assert outcome.seconds == seconds
        outcome = outcome.resume()
    assert isinstance(outcome, Reply)
    return Answer.of(outcome)


@pytest.fixture
def api() -> Api:
    """A client of a new service, in which nothing plays."""
    service = Service.start(Settings(clock="frozen", at=NOW))
    return Api(service, service.registry.create(Plan(clock="frozen", at=NOW), mint=False))


def test_waits_at_several_points_come_one_after_another_and_count_once() -> None:
    """SIM-27: a queued wait, one on arrival and one on the command add up; each rule fires once, and each is told once."""
    api = playing({"then": {"faults": [{"latency": {"fixed": 3, "phase": "before"}}]}})
    rule = {"when": {"method": "ImportProcessData"}, "then": {"faults": [HELD, {"latency": {"fixed": 1}}]}}
    api.sandbox.activate(compiled({"name": "second", "rules": [rule]}))
    api.sandbox.forced.add(None, fault=("latency", {"fixed": 4, "phase": "before"}))
    before = api.counts()
    held = begin(api, without())
    assert api.counts() == before
    answer = answered(held, 4, 3, 2)
    assert answer.all("X-Mock-Fault") == [
        "fault 1: latency 4 s before", "test/rule-1: latency 3 s before",
        "second/rule-1: latency 2 s before", "second/rule-1: latency 1 s after",
    ]  # fmt: skip
    assert (fired(api), fired(api, name="second"), api.counts()["calls"]) == (1, 1, before["calls"] + 1)


def test_the_last_queued_fault_is_not_forgotten_over_its_own_wait(api: Api) -> None:
    """SIM-27: with no scenario and an empty queue after the wait, what was queued with it still happens."""
    api.sandbox.forced.add(None, fault=("latency", {"fixed": 2, "phase": "before"}))
    api.sandbox.forced.add(None, fault=("http_status", {"code": 502, "body": "bad gateway"}))
    answer = answered(begin(api, without()), 2)
    assert (answer.http_status, answer.raw) == (502, b"bad gateway")
    assert api.journal()["faults"] == ["fault 1: latency 2 s before", "fault 2: http_status 502"]


@pytest.mark.parametrize("command", [b"data={", {"method": "nope"}, without("apikey")])
def test_a_refused_request_meets_the_same_harm_after_a_wait(command: Any) -> None:
    """SIM-27: malformed and unknown requests are harmed on arrival, whether they wait first or not."""
    api = playing({"then": {"faults": [HELD, TEAPOT]}})
    answer = answered(begin(api, command), 2)
    assert (answer.http_status, answer.raw, fired(api)) == (502, b"bad gateway", 1)


def test_a_held_command_goes_on_with_the_scenarios_it_met() -> None:
    """SIM-27: a scenario that is defined anew or ended meanwhile neither acts twice on the command nor lets go of it."""
    for meanwhile in ("again", "end"):
        api = playing({"then": {"faults": [HELD, TEAPOT]}})
        held = begin(api, without())
        if meanwhile == "end":
            api.sandbox.deactivate("test")
        else:
            api.sandbox.activate(compiled({"name": "test", "rules": [{"then": {"status": 17}}]}))
        answer = answered(held, 2)
        assert (answer.http_status, answer.all("X-Mock-Fault")[-1]) == (502, "test/rule-1: http_status 502")


def test_a_command_held_over_a_reset_never_takes_effect() -> None:
    """AM-16: after a reset the same commands give the same; one that was still waiting is not among them."""
    api = playing({"then": {"faults": [HELD]}})
    held = begin(api, without())
    api.sandbox.reset()
    created = api.counts()
    answer = answered(held, 2)
    assert answer.http_status == 503
    assert (api.counts(), len(api.sandbox.journal)) == (created, 0)


def test_a_queued_status_for_records_waits_for_a_command_without_a_rule_about_records(api: Api) -> None:
    """SIM-26: a scenario that fails records does not use up, nor lose to, what is queued for records."""
    rule = {
        "when": {"record": {"mobilenumber": "9000000001"}},
        "then": {"status": 43, "level": "record"},
        "times": 1,
    }
    api.sandbox.activate(compiled({"name": "test", "rules": [rule]}))
    api.sandbox.forced.add(49, level="record")

    def codes() -> list[str]:
        records = api.post(push("9000000001", "9000000002")).body["statusdata"]
        return [str(record["statuscode"]) for record in records]

    assert [int(code) for code in codes()] == [43, 1]
    assert len(api.sandbox.forced) == 1
    assert {int(code) for code in codes()} == {49}
    assert len(api.sandbox.forced) == 0


def test_a_record_is_drawn_once_however_often_it_is_asked_about() -> None:
    """SIM-27: userStatus asks twice whether a record fails, and both times gets the answer of one draw."""
    rule = {"when": {"method": "userStatus"}, "probability": 0.5, "then": {"status": 4, "level": "record"}}
    api = playing(rule)
    play: Play = api.sandbox.stage.active[0]
    logins = ["user1", "user2", "user3"]
    failed = [
        [record["status"] for record in api.post(printed("GV-25", loginids=logins)).body["statusdata"]]
        for _ in range(8)
    ]
    assert len({text for row in failed for text in map(str, row)}) > 1, "some fail and some do not"
    attempts = play._attempts["rule-1"].values()
    assert sorted(attempts) == [8, 8, 8, 8], "the command and each of its records"


def test_the_first_status_about_the_command_counts_and_only_that_is_told() -> None:
    """SIM-27: one scenario fails records and another refuses the command: it is refused, and nothing else is claimed."""
    records = {
        "when": {"record": {"mobilenumber": {"present": True}}},
        "then": {"status": 43, "level": "record"},
    }
    api = playing(records)
    whole = {"when": {"method": "ImportProcessData"}, "then": {"status": 17}}
    api.sandbox.activate(compiled({"name": "whole", "rules": [whole]}))
    answer = api.post(without())
    assert (answer.status, answer.all("X-Mock-Fault")) == (17, ["whole/rule-1: status 17"])


def test_a_late_status_stands_over_a_natural_refusal() -> None:
    """SIM-27: a rule that answers a status after the effect answers it also when there was none."""
    api = playing({"when": {"method": "ImportProcessData"}, "then": {"status": 17, "applied": True}})
    before = api.counts()
    refused = api.post(without("media"))
    assert (refused.status, api.counts()) == (17, before)
    accepted = api.post(without())
    assert (accepted.status, api.counts()["calls"]) == (17, before["calls"] + 1)
    assert refused.header("X-Mock-Evidence") == accepted.header("X-Mock-Evidence") == "forced"


def test_a_scenario_that_is_asked_for_twice_acts_once() -> None:
    """AM-13: the header does not double a scenario that plays already, or that it names twice."""
    api = playing({"then": {"reply": {"seen": True}}})
    extra = compiled({"name": "extra", "rules": [{"then": {"reply": {"more": 1}}}]})
    api.sandbox.scenarios = {"test": api.sandbox.stage.active[0].scenario, "extra": extra}
    answer = api.post(without(), headers={"X-Mock-Scenario": "extra, test, extra"})
    assert answer.all("X-Mock-Fault") == ["test/rule-1: reply patched", "extra/rule-1: reply patched"]
    assert fired(api) == 1


def test_what_a_patch_writes_may_be_any_json() -> None:
    """SIM-27: a number that no machine word holds is written as it stands."""
    api = playing({"then": {"reply": {"total": 10**30}}})
    assert api.post(without()).body["total"] == 10**30


def test_a_harm_that_fails_leaves_the_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIM-27: an error inside a fault is kept in the journal; the client gets the reply, and the next one too."""
    from mockserver.faults.kinds.malformed_json import MalformedJson

    def broken(*_: Any) -> Any:
        raise ValueError("no such bracket")

    monkeypatch.setattr(MalformedJson, "distort", broken)
    api = playing({"then": {"faults": ["malformed_json"]}})
    assert api.post(without()).status == 1
    assert "no such bracket" in api.journal()["error"]


def test_the_journal_completes_an_exchange_that_came_out_of_turn() -> None:
    """A command that waited is kept after later ones; how a connection ended is still found for each of them."""
    journal = Journal(10)

    def entry(number: int) -> Exchange:
        inbound = Inbound("POST", "/", b"", {}, b"")
        return Exchange.begin(number=number, sandbox="x", inbound=inbound, received=0.0, now=NOW)

    for number in (2, 3, 1):
        journal.record(entry(number))
    for number in (1, 2, 3, 4):
        journal.complete(number, f"end of {number}")
    assert [(found.number, found.ended) for found in journal.newest_first()] == [
        (1, "end of 1"), (3, "end of 3"), (2, "end of 2"),
    ]  # fmt: skip


def test_the_journal_keeps_no_scenario_alive() -> None:
    """What played is not held by the exchanges it played for; what it did is kept in words."""
    api = playing({"then": {"reply": {"seen": True}}})
    api.post(without())
    kept = next(iter(api.sandbox.journal.newest_first()))
    assert (kept.plays, kept.memo, kept.harm) == ((), None, ("test/rule-1: reply patched",))


def test_long_commands_take_no_more_memory_to_remember() -> None:
    """Attempts are kept by a digest: megabytes that a client sends are not kept for each rule."""
    api = playing({"when": {"method": "ImportProcessData"}, "then": {"nothing": True}})
    api.post(without(data=[{**RECORD, "field1": "x" * 100_000}]))
    play: Play = api.sandbox.stage.active[0]
    keys = [key for attempts in play._attempts.values() for key in attempts]
    assert [len(key) for key in keys] == [20]
