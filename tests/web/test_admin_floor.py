"""The floor through the admin API: the dialler as an option, magic numbers, events, calls by hand, incoming calls."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.app import create_app
from mockserver.model import Inbound
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from tests.api import IMPORT, text_of
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from pathlib import Path

NINE = {"mode": "frozen", "now": "2026-01-05 09:00:00"}
AT_ONCE, BUSY, HUNG_UP = "1110001004", "1110001001", "1110001006"
CUSTOMER = "9000100203"


class Home:
    """A sandbox with minted keys and two agents who are ready, at its place in the admin API."""

    def __init__(self, admin: Admin, **body: Any) -> None:
        self.admin = admin
        self.made = admin.ok("POST", "/sandboxes", {"clock": NINE, **body})
        self.path = f"/sandboxes/{self.made['key']}"
        users = self.ok("GET", f"/simulation/users?apikey={self.made['apikey']}")["users"]
        for user in users:
            if user["login"] not in ("user1", "rupesh.v@avhan.com"):
                self.ok("POST", f"/simulation/users/{user['login']}/status", {"status": 0})

    def ok(self, verb: str, path: str, body: Any = None) -> Any:
        return self.admin.ok(verb, self.path + path, body)

    def refused(self, verb: str, path: str, body: Any = None) -> Any:
        return self.admin.refused(verb, self.path + path, body)

    def push(self, number: str, **record: Any) -> int:
        """Push a record with the minted keys and return its call-list id."""
        keys = {"apikey": self.made["apikey"], "servicekey": self.made["servicekeys"]["VoiceProcess"]}
        command = {**IMPORT, **keys, "data": [{"mobilenumber": number, **record}]}
        reply = self.admin.client.post(ENDPOINT, data=f"data={text_of(command)}", content_type="text/html")
        assert reply.json is not None
        assert reply.json["status"] == 1
        events: list[dict[str, Any]] = self.ok("GET", f"/events?contact={number}")["events"]
        return int(events[-1]["calllistid"])

    def incoming(self, number: str = CUSTOMER) -> Any:
        body = {"servicekey": self.made["servicekeys"]["VoiceInOut"], "number": number}
        return self.ok("POST", "/simulation/incoming", body)

    def kinds(self, query: str = "") -> list[str]:
        """Return the kinds of the events that fit, oldest first."""
        return [event["kind"] for event in self.ok("GET", f"/events{query}")["events"]][::-1]


def test_the_dialler_is_an_option_of_a_sandbox(admin: Admin) -> None:
    """AM-09: off unless asked for; GET shows it, PATCH changes it, and a reset goes back to how it was made."""
    assert Home(admin).ok("GET", "")["dialler"] == "off"
    home = Home(admin, dialler="auto")
    assert home.ok("GET", "")["dialler"] == "auto"
    home.push(BUSY)
    assert "call.dialling" in home.kinds()
    assert home.ok("PATCH", "/simulation", {"dialler": "off"})["dialler"] == "off"
    assert home.ok("GET", "")["dialler"] == "off"
    assert home.ok("POST", "/reset")["dialler"] == "auto"
    assert home.kinds() == []


def test_an_unknown_mode_is_refused(admin: Admin) -> None:
    """422 at its place, and nothing is made."""
    before = len(admin.ok("GET", "/sandboxes")["sandboxes"])
    problem = admin.refused("POST", "/sandboxes", {"dialler": "always"})
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/dialler")
    assert len(admin.ok("GET", "/sandboxes")["sandboxes"]) == before


def test_the_server_says_what_is_left_out() -> None:
    """AM-09: --dialler auto is the default of the sandboxes that are made on that server."""
    admin = Admin(create_app(Service.start(Settings(clock="frozen", dialler="auto"))).test_client())
    assert admin.ok("GET", "/sandboxes/default")["dialler"] == "auto"
    assert admin.ok("GET", Home(admin).path)["dialler"] == "auto"
    assert admin.ok("GET", Home(admin, dialler="off").path)["dialler"] == "off"


def test_magic_lists_the_numbers_of_the_telephone(admin: Admin) -> None:
    """AM-54: ten numbers with what a call to each comes to, none of them a magic value of records; and they keep their word."""
    found = admin.ok("GET", "/magic")
    numbers = found["telephony"]["numbers"]
    assert [each["number"][7:] for each in numbers] == [
        "001", "002", "003", "004", "005", "006", "007", "008", "101", "102",
    ]  # fmt: skip
    assert {each["number"][:7] for each in numbers} == {"1110001"}
    assert {each["number"]: each["about"] for each in numbers}["1110001007"] == "talks an hour"
    assert found["telephony"]["ledger"] == "AM-54"
    rest = json.dumps({name: value for name, value in found.items() if name != "telephony"})
    assert not [each for each in numbers if each["number"] in rest]
    home = Home(admin, dialler="auto")
    for each in numbers:
        number = home.push(each["number"])
        home.ok("POST", "/clock/advance", {"seconds": 60})
        told = [event.get("outcome") for event in home.ok("GET", f"/events?call={number}")["events"]]
        assert each["outcome"] in told
        home.ok("POST", "/reset")
        Home.__init__(home, admin, dialler="auto")


def test_a_tick_dials_one_call_for_each_agent(admin: Admin) -> None:
    """AM-01, AM-09: POST …/tick says how many began; the others wait for the next."""
    home = Home(admin)
    for _ in range(3):
        home.push(BUSY)
    ticked = home.ok("POST", "/simulation/tick")
    assert (ticked["begun"], ticked["dialler"], ticked["timers"]) == (2, "off", 2)
    assert home.ok("POST", "/simulation/tick")["begun"] == 0
    assert home.ok("GET", "/simulation/calls")["total"] == 3


def test_an_incoming_call_by_hand(admin: Admin) -> None:
    """SIM-04, SIM-12, AM-01: the answer has the call, its verbs and the pop; each verb answers the call as it is then."""
    home = Home(admin)
    came = home.incoming()
    assert came["screen_pop"] is None
    call = came["call"]
    assert (call["status"], call["verbs"]) == ("dialling", ["answer", "hangup"])
    path = f"/simulation/calls/{call['calllistid']}"
    assert home.ok("POST", f"{path}/answer", {})["call"]["verbs"] == ["hold", "transfer", "hangup", "press"]
    assert home.ok("POST", f"{path}/hold", {})["call"]["verbs"] == ["answer", "transfer", "hangup", "press"]
    other = "user1" if call["agent"] != "user1" else "rupesh.v@avhan.com"
    assert home.ok("POST", f"{path}/transfer", {"to": other})["call"]["agent"] == other
    assert home.ok("POST", f"{path}/press", {"keys": "2"})["call"]["pressed"] == "2"
    assert home.ok("POST", f"{path}/hangup", {"by": "agent"})["call"]["status"] == "wrapup"
    assert home.ok("GET", f"/simulation/calls/{call['systemcallid']}")["call"]["verbs"] == []
    assert home.kinds(f"?call={call['calllistid']}") == [
        "call.incoming", "call.ringing", "call.answered", "call.held", "call.transferred", "key.pressed",
        "call.ended", "recording.stored",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [("hold", {}, 409), ("transfer", {"to": "user1"}, 409), ("press", {"keys": "1"}, 409), ("press", {"keys": "x"}, 422), ("transfer", {}, 422)],
)  # fmt: skip
def test_verbs_that_a_ringing_call_does_not_take(
    admin: Admin, verb: str, body: dict[str, str], status: int
) -> None:
    """SIM-12: 409 names those that it takes, 422 what is wrong with the body; nothing happens."""
    home = Home(admin)
    call = home.incoming()["call"]
    before = home.kinds()
    problem = home.refused("POST", f"/simulation/calls/{call['calllistid']}/{verb}", body)
    assert problem["status"] == status
    if status == 409:
        assert "answer, hangup" in problem["detail"]
    assert home.kinds() == before


def test_unknown_calls_and_processes(admin: Admin) -> None:
    """404 with the calls under way, 422 with the service keys there are."""
    home = Home(admin)
    call = home.incoming()["call"]["calllistid"]
    problem = home.refused("POST", "/simulation/calls/99999/hangup", {})
    assert (problem["status"], str(call) in problem["detail"]) == (404, True)
    problem = home.refused("POST", "/simulation/incoming", {"servicekey": "Nobodys", "number": CUSTOMER})
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, "/servicekey")


def test_events_by_filter(admin: Admin) -> None:
    """Kind (or its first word), login, contact, call, time and id each narrow them; the newest come first."""
    home = Home(admin, dialler="auto")
    first, second = home.push(AT_ONCE), home.push(BUSY)
    home.ok("POST", "/clock/advance", {"seconds": 600})
    every = home.ok("GET", "/events?limit=1000")
    assert every["total"] == len(every["events"])
    assert [event["id"] for event in every["events"]] == sorted(
        (event["id"] for event in every["events"]), reverse=True
    )
    assert set(home.kinds("?kind=agent")) == {"agent.status"}
    assert set(home.kinds("?kind=call.dialling")) == {"call.dialling"}
    assert {event["calllistid"] for event in home.ok("GET", f"/events?call={second}")["events"]} == {second}
    assert {event["contact"] for event in home.ok("GET", f"/events?contact={AT_ONCE}")["events"]} == {AT_ONCE}
    late = home.ok("GET", "/events?since=2026-01-05 09:00:01")["events"]
    assert late
    assert all(event["at"] >= "2026-01-05 09:00:01" for event in late)
    last = every["events"][0]["id"]
    assert home.ok("GET", f"/events?since={last}")["total"] == 0
    assert first != second


@pytest.mark.parametrize(
    ("kind", "near"),
    [("call.anwsered", "call.answered"), ("CALL", "call"), ("agent.status,call", "agent.status")],
)
def test_an_event_that_there_is_not_is_refused(admin: Admin, kind: str, near: str) -> None:
    """Nobody waits in vain for a kind that was misspelt: the answer names the nearest, and all there are."""
    problem = Home(admin).refused("GET", f"/events?kind={kind}&wait=20")
    assert problem["status"] == 400
    assert f"filter kind: expected {near}?" in problem["detail"]


def test_who_waits_for_an_event_gets_it(admin: Admin, service: Service) -> None:
    """A long poll is answered as soon as something of the kind happens, by somebody else's advance."""
    home = Home(admin, dialler="auto")
    number, found = home.push(BUSY), list[Any]()
    another = Admin(create_app(service).test_client())
    path = f"{home.path}/events?kind=call.unanswered&wait=20"
    waiter = threading.Thread(target=lambda: found.append(another.ok("GET", path)))
    waiter.start()
    home.ok("POST", "/clock/advance", {"seconds": 10})
    waiter.join(20)
    assert [event["calllistid"] for event in found[0]["events"]] == [number]


def test_who_waits_on_a_clock_that_runs_gets_what_time_brings(admin: Admin) -> None:
    """A long poll needs nobody else's question: what falls due on a scaled clock meanwhile answers it."""
    home = Home(admin, dialler="auto", clock={"mode": "scaled", "scale": 5})
    home.push(BUSY)
    begun = time.perf_counter()
    found = home.ok("GET", "/events?kind=call.unanswered&wait=40")
    assert (found["total"], time.perf_counter() - begun < 20) == (1, True)


def test_ids_of_events_go_on_after_a_restart(tmp_path: Path) -> None:
    """A client that asks since the last id it has seen gets what happened after a restart, and nothing twice; a reset begins at 1."""
    kept = Settings(clock="frozen", state=str(tmp_path / "state.jsonl"))
    service = Service.start(kept)
    home = Home(Admin(create_app(service).test_client()), dialler="auto")
    home.push(HUNG_UP)
    last = home.ok("GET", "/events")["events"][0]["id"]
    service.close()
    service = Service.start(kept)
    home.admin = Admin(create_app(service).test_client())
    assert home.ok("GET", "/events")["total"] == 0
    home.ok("POST", "/clock/advance", {"seconds": 60})
    after = home.ok("GET", f"/events?since={last}")["events"]
    assert int(after[-1]["id"][1:]) == int(last[1:]) + 1
    assert {event["kind"] for event in after} >= {"call.answered", "call.ended", "recording.stored"}
    home.ok("POST", "/reset")
    service.close()
    service = Service.start(kept)
    home.admin = Admin(create_app(service).test_client())
    assert home.incoming()["call"]["agent"]
    assert home.ok("GET", "/events")["events"][-1]["id"] == "e000001"
    service.close()


def test_a_command_that_a_scenario_undoes_leaves_no_event() -> None:
    """What was undone never happened: no event tells of it later, and so no hook."""
    service = Service.start(Settings(clock="frozen"), wire=True)
    admin = Admin(create_app(service).test_client())
    rule = {"when": {"status": "success"}, "then": {"faults": ["lost_before_applied"]}}
    admin.ok("PUT", "/scenarios/lost", {"rules": [rule]})
    admin.ok("POST", "/scenarios/lost/activate")
    before = admin.ok("GET", "/state/calls")["total"]
    service.begin(Inbound("POST", ENDPOINT, b"", {}, f"data={text_of(IMPORT)}".encode(), 8080))
    admin.ok("POST", "/simulation/tick")
    assert admin.ok("GET", "/requests")["requests"][0]["faults"] != []
    assert admin.ok("GET", "/state/calls")["total"] == before
    assert admin.ok("GET", "/events")["total"] == 0


def test_a_call_is_found_whichever_keys_it_came_in_by(admin: Admin) -> None:
    """A call of the golden keys in a sandbox with keys of its own takes verbs by its id, though both tenants have that id."""
    made = admin.ok("POST", "/sandboxes", {"key": "own"})
    keys = made["servicekeys"]
    pushed = push("9812300001", apikey=made["apikey"], servicekey=keys["VoiceInOut"]) | {"media": "11"}
    assert admin.status(pushed, "own") == 1

    def ring(servicekey: str) -> Any:
        call = {"servicekey": servicekey, "number": "9876500001"}
        return admin.ok("POST", "/sandboxes/own/simulation/incoming", call)["call"]

    golden = ring("VoiceInOut")
    assert (golden["apikey"], golden["calllistid"]) == ("test_org", 796)
    answered = admin.ok("POST", "/sandboxes/own/simulation/calls/796/answer", {})["call"]
    assert (answered["apikey"], answered["status"]) == ("test_org", "talking")
    name = golden["systemcallid"]
    assert (
        admin.ok("POST", f"/sandboxes/own/simulation/calls/{name}/hangup", {})["call"]["status"] == "wrapup"
    )
    ring("VoiceInOut")
    own = ring(keys["VoiceInOut"])
    assert own["calllistid"] == 797
    assert admin.ok("GET", "/sandboxes/own/simulation/calls/797")["call"]["apikey"] == own["apikey"]


def test_a_very_long_call_id_is_not_found(admin: Admin) -> None:
    """Thousands of digits in the path are an unknown call and no failure of the server."""
    assert admin.refused("GET", f"/simulation/calls/{'0' * 40}{'9' * 5000}")["status"] == 404


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("GET", "/simulation/calls/796", None),
        ("POST", "/simulation/calls/796/answer", {}),
        ("POST", "/simulation/users/user1/status", {"status": 1}),
        ("POST", "/simulation/speech", {"calllistid": 796}),
        ("POST", "/clock/advance", {"until": {"call": 796, "status": "talking"}}),
        ("POST", "/clock/advance", {"until": {"login": "user1", "status": 1}}),
    ],
)
def test_a_world_without_anybody_has_no_calls_and_no_agents(
    admin: Admin, verb: str, path: str, body: Any
) -> None:
    """Where a loaded state has no tenant at all, what is asked for is not there, which is no failure."""
    admin.ok("PUT", "/state", {"tables": {}, "counters": {}})
    assert admin.ask(verb, path, body).status_code in (404, 422)
