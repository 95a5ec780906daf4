"""Storylines: steps of scenarios that happen as time passes, seen through the API and the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.errors import InvalidDocument
from mockserver.scenarios.model import compiled
from tests.api import RECORD, drop, fresh
from tests.scenarios.test_shelf import STORYLINES, Client
from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """One server for all; each test plays in a sandbox of its own."""
    with running("--clock", "frozen", "--at", "2026-03-02 09:00:00") as found:
        yield found


class Floor(Client):
    """A client of a sandbox in which a storyline plays."""

    def advance(self, until: str) -> None:
        assert self.of_sandbox("POST", "/clock/advance", {"until": f"2026-03-02 {until}"})["reached"]

    def events(self, kind: str = "", **filters: str) -> list[dict[str, Any]]:
        """Return the events that fit, oldest first."""
        query = "&".join(f"{name}={value}" for name, value in {"limit": "5000", **filters}.items())
        found = self.of_sandbox("GET", f"/events?{query}" + (f"&kind={kind}" if kind else ""))
        listed: list[dict[str, Any]] = found["events"][::-1]
        return listed

    def calls(self, contact: str) -> list[dict[str, Any]]:
        rows = self.of_sandbox("GET", "/state/calls")["rows"]
        return [row for row in rows if row["contact"] == contact and row["calllistid"] > 795]

    def statuses(self) -> dict[str, int]:
        listed = self.of_sandbox("GET", "/simulation/users")["users"]
        return {each["login"]: each["status"] for each in listed if each["apikey"].startswith("sbx")}


def test_busy_morning(server: Running) -> None:
    """An hour in which all goes as written: the hot lead at once, a call lost, lunch taken, everything closed in the end."""
    floor = Floor(server, "busy-morning")
    floor.advance("09:10:30")
    assert {each["outcome"] for each in floor.calls("1110001004")} == {"answered_at_once"}
    talk = [each["kind"] for each in floor.events(contact="9812300090") if each["kind"].startswith("call")]
    assert talk[1:] == [
        "call.ringing", "call.answered", "call.held", "call.retrieved", "call.ended", "call.done",
    ]  # fmt: skip
    away = floor.statuses()
    assert (away["tanmay.k"], away["user1"]) == (0, 0)
    floor.advance("10:00:00")
    assert floor.statuses()["user1"] != 0
    assert [row["outcome"] for row in floor.calls("9812300091")] == ["abandoned"]
    floor.advance("14:00:00")
    rows = floor.of_sandbox("GET", "/state/calls")["rows"]
    assert {row["status"] for row in rows if row["calllistid"] > 795} == {"done"}
    assert floor.events("story.failed") == floor.events("story.refused") == []
    assert len(floor.events("story.said")) == 9


def test_campaign_with_screen_pop(server: Running) -> None:
    """SIM-04: pushed, not reached, calls back, is answered by an agent; what the campaign adds then is stored."""
    floor = Floor(server, "campaign-with-screen-pop")
    floor.advance("09:05:00")
    pushed, incoming = floor.calls("1110001002")
    assert (pushed["outcome"], pushed["status"]) == ("no_answer", "scheduled")
    # what the agent is shown belongs to the customer of the campaign
    assert incoming["customercode"] == pushed["customercode"]
    floor.advance("12:00:00")
    assert floor.calls("1110001002")[1]["answered"] == "2026-03-02 09:05:08"
    customers = floor.of_sandbox("GET", "/state/customers")["rows"]
    stored = next(row for row in customers if row["contact1"] == "1110001002")
    assert stored["fields"]["comments"] == "Takes the offer"
    assert stored["fields"]["name"] == "Meena Kulkarni"
    assert [each["seconds"] for each in floor.events("recording")] == [82]


def test_tts_reminder(server: Running) -> None:
    """SIM-05: both wait as 10500 for their speech, turn to 1001, are dialled at their times and answered by key press."""
    floor = Floor(server, "tts-reminder")
    floor.advance("09:00:05")
    kinds = [each["kind"] for each in floor.events(process="TtsProcess")]
    assert kinds[:2] == ["call.speech", "call.speech"]
    rows = floor.calls("1110001101") + floor.calls("1110001102")
    assert [row["liststatus"] for row in rows] == [10500, 10500]
    floor.advance("09:30:00")
    first, second = (floor.calls(number)[0] for number in ("1110001101", "1110001102"))
    assert (first["liststatus"], first["status"], first["pressed"]) == (1001, "done", "1")
    assert (second["liststatus"], second["status"], second["due"]) == (
        1001,
        "scheduled",
        "2026-03-02 10:00:05",
    )
    floor.advance("10:30:00")
    assert floor.calls("1110001102")[0]["pressed"] == "2"
    assert floor.events("story")[-1]["text"] == "Both have been reminded."
    assert floor.events("story.failed") == floor.events("story.refused") == []


def test_agent_absent_reallocate(server: Running) -> None:
    """RAD-11: calls booked for an absent agent are given to another and dialled by him alone, one after the other."""
    floor = Floor(server, "agent-absent-reallocate")
    floor.advance("09:10:00")
    numbers = ("9812300021", "9812300022")
    assert {floor.calls(number)[0]["login"] for number in numbers} == {"tanmay.k"}
    floor.advance("11:00:00")
    for number in numbers:
        (row,) = floor.calls(number)
        assert row["login"] == "rupesh.v@avhan.com"
    assert {each["login"] for each in floor.events("call.dialling")} == {"rupesh.v@avhan.com"}
    assert len(floor.events("call.reallocated")) == 2


def test_every_storyline_is_played_here() -> None:
    """A new storyline is tested before it is merged."""
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert tested >= STORYLINES


@pytest.mark.parametrize("name", sorted(STORYLINES))
def test_a_storyline_is_the_same_in_one_go_and_in_many(server: Running, name: str) -> None:
    """Steps happen at their own moments: a day at once and the same day in pieces tell the same events."""
    whole, pieces = Floor(server, name), Floor(server, name)
    whole.advance("13:00:00")
    for until in ("09:00:07", "09:03:00", "09:30:00", "09:59:59", "13:00:00"):
        pieces.advance(until)
    told = [[{**event, "real": "", "apikey": ""} for event in each.events()] for each in (whole, pieces)]
    assert told[0] == told[1]
    assert told[0]


def story(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"rules": [], "story": list(steps)}


def begin(floor: Floor, document: dict[str, Any], name: str = "mine") -> None:
    floor.of_sandbox("PUT", f"/scenarios/{name}", document)
    floor.of_sandbox("POST", f"/scenarios/{name}/activate", {})


PUSH = {
    "method": "ImportProcessData",
    "servicekey": "VoiceProcess",
    "media": "12",
    "updateparam": "mobilenumber",
    "data": [{**RECORD, "mobilenumber": "9812300001", "callDateTime": "{+3600}"}],
}


def test_what_a_story_sends_is_no_traffic_of_the_client(server: Running) -> None:
    """The journal shows it with the step that sent it; coverage, rules, forced statuses and verify leave it alone."""
    floor = Floor(server)
    rule = {"id": "r", "when": {"method": "ImportProcessData"}, "then": {"status": 38}}
    begin(floor, {**story({"at": "+10", "send": PUSH}), "rules": [rule]})
    floor.of_sandbox("POST", "/faults", {"status": 38, "times": 1})
    floor.advance("09:00:10")
    (entry,) = floor.of_sandbox("GET", "/requests")["requests"]
    assert (entry["story"], entry["status"], entry["at"]) == ("mine/1", 1, "2026-03-02 09:00:10")
    (row,) = floor.calls("9812300001")
    assert (row["status"], row["due"]) == ("scheduled", "2026-03-02 10:00:10")
    count = {"match": {"method": "ImportProcessData"}, "count": {"exactly": 0}}
    assert floor.of_sandbox("POST", "/requests/verify", count)["ok"]
    assert floor.of_sandbox("GET", "/scenarios/mine")["active"]["rules"][0]["asked"] == 0
    assert len(floor.of_sandbox("GET", "/faults")["faults"]) == 1
    touched = floor.of_sandbox("GET", "/coverage")
    assert touched["requests"] == 0


def test_a_story_that_switches_the_dialler_on_begins_what_waits(server: Running) -> None:
    """SIM-06: speech that waited while the dialler was off is made, as when the admin API switches it on."""
    floor = Floor(server)
    push = {**PUSH, "servicekey": "TtsProcess", "data": [{**RECORD, "mobilenumber": "9812300001"}]}
    begin(floor, story({"at": "+1", "send": push}, {"at": "+60", "floor": {"dialler": "auto"}}))
    floor.advance("09:00:59")
    assert [row["liststatus"] for row in floor.calls("9812300001")] == [10500]
    floor.advance("09:01:10")
    assert [row["liststatus"] for row in floor.calls("9812300001")] == [1001]


def test_a_story_ends_with_its_scenario(server: Running) -> None:
    """Deactivated, it takes no further step; activated again it begins anew, and only once."""
    floor = Floor(server)
    begin(floor, story({"at": "+10", "say": "one"}, {"at": "+60", "say": "two"}))
    floor.advance("09:00:20")
    floor.of_sandbox("POST", "/scenarios/mine/deactivate", {})
    floor.advance("09:05:00")
    assert [each["text"] for each in floor.events("story")] == ["one"]
    assert floor.of_sandbox("GET", "/simulation")["timers"] == 0
    for _ in range(2):
        floor.of_sandbox("POST", "/scenarios/mine/activate", {})
    floor.advance("09:10:00")
    assert [each["text"] for each in floor.events("story")] == ["one", "one", "two"]


def test_a_story_goes_back_with_the_sandbox(server: Running) -> None:
    """A snapshot holds the steps that are still to come, and a reset begins without them."""
    floor = Floor(server)
    begin(floor, story({"at": "+60", "say": "late"}))
    made = floor.of_sandbox("POST", "/snapshots", {})
    floor.advance("09:02:00")
    floor.of_sandbox("POST", f"/snapshots/{made['id']}/restore", {})
    floor.advance("09:03:00")
    assert len(floor.events("story.said")) == 2
    floor.of_sandbox("POST", "/reset", {})
    floor.advance("09:04:00")
    assert floor.events() == []


def test_a_time_of_day_is_the_next_one(server: Running) -> None:
    """09:30 is today, 08:00 tomorrow when it is nine; +00:01:30 is a minute and a half."""
    floor = Floor(server)
    steps = [{"at": at, "say": at} for at in ("+00:01:30", "09:30", "08:00:05")]
    begin(floor, story(*steps))
    floor.of_sandbox("POST", "/clock/advance", {"seconds": 86400})
    assert [each["at"] for each in floor.events("story")] == [
        "2026-03-02 09:01:30.000", "2026-03-02 09:30:00.000", "2026-03-03 08:00:05.000",
    ]  # fmt: skip


def test_a_step_that_cannot_be_taken_is_told_and_the_story_goes_on(server: Running) -> None:
    """An illegal verb is story.failed with the reason, a refused command story.refused with the status."""
    floor = Floor(server)
    refused = {"method": "saveDisposition", "servicekey": "VoiceProcess", "login": "user1"}
    begin(
        floor,
        story(
            {"at": "+1", "call": {"number": "9812300001", "verb": "answer"}},
            {"at": "+2", "send": refused},
            {"at": "+3", "agent": {"login": "user1", "status": "Wrapup"}},
        ),
    )
    floor.advance("09:00:05")
    failed, sent, answer, moved = floor.events()
    assert (failed["kind"], failed["reason"]) == (
        "story.failed",
        "no call with 9812300001 is under way",
    )
    assert (sent["kind"], answer["kind"], answer["command"]) == (
        "story.sent",
        "story.refused",
        "saveDisposition",
    )
    assert (answer["status"], answer["reason"] != "") == (6, True)
    assert moved["status"] == 7


def test_names_that_the_sandbox_lacks_are_told_at_the_activation() -> None:
    """All at once, each with the place of its step; a login that the story itself makes is not missed."""
    api = fresh()
    document = story(
        {"at": "+1", "incoming": {"servicekey": "VoiceProces", "number": "9812300001"}},
        {"at": "+2", "agent": {"login": "nobody", "status": 1}},
        {"at": "+3", "apikey": "strangers", "say": "hello"},
        {"at": "+4", "send": {"method": "userStatus", "loginids": [{"loginid": "new.one"}]}},
        {"at": "+5", "agent": {"login": "New.One", "status": 1}},
    )
    with pytest.raises(InvalidDocument) as refused:
        api.sandbox.activate(compiled({"name": "mine", **document}))
    places = [problem.pointer for problem in refused.value.problems]
    assert places == ["/story/0/incoming/servicekey", "/story/1/agent/login", "/story/2/apikey"]
    assert refused.value.problems[0].expected.startswith("VoiceProcess? One of ")
    assert api.sandbox.store.count("timers") == 0
    assert api.sandbox.stage.get("mine") is None
    drop(api)
