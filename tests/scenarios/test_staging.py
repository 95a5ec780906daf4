"""Scenarios in a sandbox: several at once, asked for by a header, set up, ended, reset."""

from __future__ import annotations

import pytest

from mockserver.errors import InvalidDocument, UnknownScenario
from mockserver.model import Pause
from mockserver.sandbox import Plan
from mockserver.scenarios.model import compiled
from tests.api import NOW, Api, drop, fresh, shared_service, without
from tests.methods.helpers import printed
from tests.scenarios.helpers import playing, status


def test_several_scenarios_each_contribute_one_rule() -> None:
    """The first that has a status decides it; what both do to the reply adds up."""
    api = playing({"then": {"status": 38}}, name="one")
    other = [{"then": {"status": 48, "reply": {"hint": "busy"}}}]
    api.sandbox.activate(compiled({"name": "two", "rules": other}))
    answer = api.post(without())
    assert status(api) == 38
    assert answer.all("X-Mock-Fault") == ["one/rule-1: status 38", "two/rule-1: reply patched"]
    assert answer.body["hint"] == "busy"
    drop(api)


def test_a_request_asks_for_a_scenario_of_its_own() -> None:
    """X-Mock-Scenario plays for that request alone, and its counts go on from one request to the next."""
    api = fresh()
    rule = {"when": {"call": {"nth": 2}}, "then": {"status": 38}}
    api.sandbox.scenarios["mine"] = compiled({"name": "mine", "rules": [rule]})
    seen = []
    for headers in ({"X-Mock-Scenario": "mine"}, {}, {"X-Mock-Scenario": "mine"}):
        api.post(without(), headers=headers)
        seen.append(status(api))
    assert seen == [1, 1, 38]
    drop(api)


def test_the_request_that_begins_a_scenario_is_not_too_early_for_it() -> None:
    """SIM-27: on a clock that runs too, X-Mock-Scenario counts its seconds from the time of that request on."""
    service = shared_service()
    sandbox = service.registry.create(Plan(clock="real"))
    rule = {"when": {"time": {"for_seconds": 600}}, "then": {"status": 38}}
    sandbox.scenarios["brief"] = compiled({"name": "brief", "rules": [rule]})
    api = Api(service, sandbox)
    for _ in range(2):
        api.post(without(), headers={"X-Mock-Scenario": "brief"})
        assert status(api) == 38
    drop(api)


def test_an_unknown_scenario_is_refused() -> None:
    """AM-13: a header that names what there is not is HTTP 400, journalled."""
    api = fresh()
    answer = api.post(without(), headers={"X-Mock-Scenario": "nosuch"})
    assert (answer.http_status, answer.header("Content-Type")) == (400, "application/problem+json")
    assert "nosuch" in api.journal()["finding"]["text"]
    with pytest.raises(UnknownScenario):
        api.sandbox.scenario("nosuch")
    drop(api)


SETUP = {
    "edition": "web",
    "quirks": {"disp_requestid": "include"},
    "clock": {"mode": "frozen", "now": "2030-05-06 07:08:09"},
    "dnc": ["9874561320"],
    "users": {"rupesh.v@avhan.com": "Wrapup"},
    "callbacks": [{"servicekey": "VoiceProcess", "number": "9000000044", "count": 3}],
    "missing_recordings": "all",
}


def test_a_setup_is_true_at_once() -> None:
    """Numbers barred, agents, callbacks, recordings, clock, edition and quirks are as the setup says."""
    api = playing(setup=SETUP)
    answer = api.post(printed("GV-25", loginids=["rupesh.v@avhan.com"]))
    assert answer.body["statusdata"][0]["currentstatusdesc"] == "Wrapup"
    assert answer.body["timestamp"] == "2030-05-06 07:08:09"
    for change, expected in (
        ({}, 32),
        ({"contactvalue": "9000000044", "disporeasonid": 2, "login": "rupesh.v@avhan.com"}, 33),
        ({"contactvalue": "9000000045", "login": "rupesh.v@avhan.com"}, 3),
    ):
        answer = api.post(printed("GV-15", **change))
        assert status(api) == expected
    assert list(answer.body)[1] == "requestid"
    api.post(printed("GV-17"))
    assert status(api) == 1111
    assert next(iter(api.post(without()).body)) == "method"
    drop(api)


def test_expired_keys_of_a_setup_mean_the_minted_copy_too() -> None:
    """AM-11: the golden name of a key stands for the sandbox's own key as well."""
    service = shared_service()
    sandbox = service.registry.create(Plan(clock="frozen", at=NOW))
    sandbox.activate(compiled({"name": "late", "setup": {"expired": ["test_org"]}, "rules": []}))
    api = Api(service, sandbox)
    for apikey in ("test_org", sandbox.minted["apikey"]):
        api.post(without(apikey=apikey))
        assert status(api) == 48
    drop(api)


def test_a_setup_that_cannot_be_changes_nothing() -> None:
    """Every name the sandbox does not have is told with its place, and the scenario does not play."""
    api = fresh()
    before = api.sandbox.store.dump()
    wrong = {"users": {"nobody": "Ready", "user1": "Asleep"}, "expired": ["no_org"], "dnc": ["9000000001"]}
    with pytest.raises(InvalidDocument) as caught:
        api.sandbox.activate(compiled({"name": "wrong", "setup": wrong, "rules": []}))
    assert [problem.pointer for problem in caught.value.problems] == [
        "/setup/users/nobody", "/setup/users/user1", "/setup/expired",
    ]  # fmt: skip
    assert (api.sandbox.store.dump(), api.sandbox.stage.active) == (before, ())
    drop(api)


def test_a_reset_goes_back_to_the_scenarios_of_the_creation() -> None:
    """AM-16: what was activated later ends, what the sandbox was made with begins anew, counts and setup included."""
    service = shared_service()
    first = compiled(
        {"name": "first", "setup": {"dnc": ["9000000001"]}, "rules": [{"then": {"nothing": True}}]}
    )
    sandbox = service.registry.create(Plan(clock="frozen", at=NOW, scenarios=(first,)), mint=False)
    created = sandbox.store.dump()
    api = Api(service, sandbox)
    api.post(without())
    sandbox.activate(compiled({"name": "second", "setup": {"dnc": ["9000000002"]}, "rules": []}))
    sandbox.reset()
    assert [play.scenario.name for play in sandbox.stage.active] == ["first"]
    assert sandbox.stage.active[0].tallies["rule-1"].asked == 0
    assert sandbox.store.dump() == created
    drop(api)


def test_a_wait_before_the_effect_holds_nothing() -> None:
    """The command comes back as a pause without having done anything, and is carried out when it is resumed."""
    api = playing(
        {
            "when": {"method": "ImportProcessData"},
            "then": {"faults": [{"latency": {"fixed": 2, "phase": "before"}}]},
        }
    )
    before = api.counts()
    from mockserver.model import Inbound

    body = b'data={"method": "ImportProcessData"}'
    paused = api.service.begin(Inbound("POST", api.path, b"", {"content-type": "text/html"}, body))
    assert not isinstance(paused, Pause), "a command that its keys refuse is not held"
    import json

    body = b"data=" + json.dumps(without()).encode()
    paused = api.service.begin(Inbound("POST", api.path, b"", {"content-type": "text/html"}, body))
    assert isinstance(paused, Pause)
    assert (paused.seconds, api.counts()) == (2, before)
    api.post(printed("GV-25"))
    reply = paused.resume()
    assert not isinstance(reply, Pause)
    assert json.loads(reply.body)["status"] == 1
    assert api.counts() == {table: number + 1 for table, number in before.items()}
    play = api.sandbox.stage.get("test")
    assert play is not None
    assert play.tallies["rule-1"].fired == 1
    drop(api)
