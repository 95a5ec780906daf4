"""What happened in a sandbox happens again when its reproduction is played, and what does not is found."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.replay import play
from mockserver.reproduction import problems_of
from mockserver.settings import Settings
from tests.replay.recorded import Recorded
from tests.simulation.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = st.lists(
    st.sampled_from(["9000100200", "9000100201", "12345", "8850014998", "०१२"]), min_size=1, max_size=3
)
SLOW = {"fault": "latency", "fixed": 3, "phase": "before"}
STEPS: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("push"), NUMBERS),
    st.tuples(st.just("push as web"), NUMBERS),
    st.tuples(st.just("search"), st.sampled_from(["9000100200", "8850014998"])),
    st.tuples(st.just("user"), st.sampled_from(["asha", "user1", "ASHA"])),
    st.tuples(st.just("raw"), st.sampled_from([b"", b"data={", b"\xff\xfe", b"data=%7B%7D", b"data={}&x"])),
    st.tuples(st.just("query"), st.sampled_from([b"data={}", b"data=\xff", b"x=1"])),
    st.tuples(st.just("asks for"), st.sampled_from(["wrong-types", "flaky-network", "nonsense"])),
    st.just(("go on",)),
    st.tuples(
        st.just("admin"),
        st.sampled_from(
            [
                ("PATCH", "/settings", {"edition": "web"}),
                ("PATCH", "/settings", {"quirks": {"overlong": "accept"}, "edition": None}),
                ("POST", "/clock/advance", {"seconds": 90.25}),
                ("PUT", "/clock", {"mode": "frozen"}),
                ("PUT", "/clock", {"mode": "real", "now": "2030-01-01 10:00:00"}),
                ("PUT", "/clock", {"mode": "real"}),
                ("POST", "/faults", {"status": 38, "times": 2, "ttl": 60}),
                ("POST", "/faults", {"status": 43, "level": "record"}),
                ("POST", "/faults", SLOW),
                ("POST", "/faults", {"fault": "truncated_body"}),
                ("POST", "/faults", {"fault": "stale_reply"}),
                ("POST", "/faults", {"fault": "connection_reset"}),
                ("DELETE", "/faults", None),
                ("POST", "/scenarios/partial-batch/activate", None),
                ("POST", "/scenarios/retry-storm/activate", None),
                ("DELETE", "/scenarios/partial-batch", None),
                ("PUT", "/scenarios/own", {"rules": [{"when": {"call": 2}, "then": {"faults": [{"latency": {"phase": "before"}}]}}]}),
                ("PUT", "/scenarios/partial-batch", {"rules": [{"probability": 0.5, "then": {"status": 38}}]}),
                ("POST", "/simulation/users/user1/status", {"status": "Wrapup", "apikey": "test_org"}),
                ("DELETE", "/requests", None),
                ("POST", "/snapshots", {}),
                ("POST", "/snapshots", {"name": "before"}),
                ("POST", "/snapshots/s1/restore", None),
                ("POST", "/snapshots/before/restore", None),
                ("DELETE", "/snapshots/before", None),
                ("POST", "/reset", None),
            ]
        ),
    ),
)  # fmt: skip


def do(recorded: Recorded, step: tuple[Any, ...]) -> None:
    """Take one step, whatever comes of it."""
    kind, *rest = step
    doing: dict[str, Callable[..., Any]] = {
        "push": lambda numbers: recorded.push(*numbers),
        "push as web": lambda numbers: recorded.push(*numbers, x_mock_edition="web"),
        "search": lambda number: recorded.command(
            "getProcessData", searchparam="mobilenumber", mobilenumber=[number]
        ),
        "user": lambda login: recorded.command(
            "addEditUser",
            action="add",
            loginid=login,
            username="A",
            usertype="user",
            mediadetails=[{"media": "12"}],
        ),
        "raw": recorded.send,
        "query": lambda query: recorded.send(query=query),
        "asks for": lambda name: recorded.push("9000100200", x_mock_scenario=name),
        "go on": lambda: recorded.waiting and recorded.go_on(),
        "admin": lambda asked: recorded.admin.ask(asked[0], f"/sandboxes/{recorded.key}{asked[1]}", asked[2]),
    }
    doing[kind](*rest)


@settings(deadline=None, max_examples=30)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=14),
    key=st.sampled_from(["one", "default"]),
    clock=st.sampled_from(["real", "frozen", "scaled:4"]),
    dialler=st.sampled_from(["off", "auto"]),
    more=st.sampled_from(
        [
            {},
            {"scenarios": ["flaky-network"]},
            {"seed": 7, "preset": "demo", "customers": 3, "quirks": {"overlong": "accept"}},
        ]
    ),
)
def test_what_happened_happens_again(
    steps: list[Any], key: str, clock: str, dialler: str, more: dict[str, Any]
) -> None:
    """Any sequence of commands and admin steps, with faults, waits and scenarios, is answered the same again (AM-16)."""
    recorded = Recorded(Settings(clock=clock, dialler=dialler), key, **(more if key == "one" else {}))
    for step in steps:
        do(recorded, step)
    document = json.loads(json.dumps(recorded.document()))
    assert problems_of(document, "file") == []
    if any("before the last reset" in reason for reason in document["reasons"]):
        assert not document["complete"]
        return
    assert (document["complete"], document["reasons"]) == (True, [])
    outcome = play(document)
    assert outcome.lines()[0].endswith("no difference"), outcome.lines()
    assert outcome.played == len(document["steps"])


@settings(deadline=None, max_examples=10)
@given(numbers=st.lists(NUMBERS, min_size=1, max_size=5), data=st.data())
def test_a_changed_reply_is_found(numbers: list[list[str]], data: st.DataObject) -> None:
    """Whichever reply of the file is another, the replay names its step, its request and the place in its body."""
    recorded = Recorded()
    for each in numbers:
        recorded.push(*each)
    document = recorded.document()
    number = data.draw(st.integers(0, len(numbers) - 1))
    step = document["steps"][number]
    body = json.loads(step["reply"]["body"])
    body["status"] = f"{body['status']}0"
    step["reply"]["body"] = json.dumps(body, separators=(",", ":"))
    found = play(document).difference
    assert found is not None
    assert (found.step, found.id) == (number + 1, f"r{number + 1:06d}")
    assert (found.title, found.what, found.pointer) == ("ImportProcessData", "body", "/status")
    assert json.loads(found.expected) == body["status"] != json.loads(found.got)


def test_requests_that_wait_take_effect_in_their_order() -> None:
    """A request held back by a fault meets what was done meanwhile, in the replay as it did; one never goes on."""
    recorded = Recorded()
    recorded.ok("POST", "/faults", {**SLOW, "times": 2})
    assert recorded.push("9000100200") is None
    assert recorded.push("9000100201") is None
    recorded.push("9000100202")
    recorded.ok("PATCH", "/settings", {"edition": "web"})
    recorded.go_on()
    document = recorded.document()
    assert [step["do"] for step in document["steps"]] == [
        "admin",
        "hold",
        "hold",
        "answer",
        "admin",
        "answer",
    ]
    assert [step.get("id") for step in document["steps"][1:]] == [
        "r000001",
        "r000002",
        "r000003",
        None,
        "r000001",
    ]
    assert "request" not in document["steps"][-1]
    assert play(document).difference is None
    swapped = copy.deepcopy(document)
    swapped["steps"][3:6] = [document["steps"][number] for number in (5, 3, 4)]
    assert play(swapped).difference is not None


def test_time_is_the_recorded_one() -> None:
    """What was over after an advance of a real clock is over in the replay, and only then (SIM-26)."""
    recorded = Recorded()
    recorded.ok("POST", "/faults", {"status": 38, "ttl": 60, "times": 9})
    recorded.push("9000100200")
    recorded.ok("POST", "/clock/advance", {"seconds": 61})
    recorded.push("9000100200")
    document = recorded.document()
    refused, taken = (step["status"] for step in document["steps"] if step["do"] == "answer")
    assert refused != taken
    assert play(document).difference is None
    document["steps"][-1]["at"] = document["steps"][1]["at"]
    found = play(document).difference
    assert found is not None
    assert (found.step, found.pointer, int(json.loads(found.got))) == (4, "/status", refused)


@pytest.mark.parametrize("way", ["chosen", "activated", "asked for"])
def test_a_scenario_is_played_from_the_document(way: str, tmp_path: Any) -> None:
    """A scenario file may be gone by then: the reproduction has what stood in it when it played (SIM-27)."""
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nrules:\n  - then: {status: 38}\n", encoding="utf-8")
    recorded = Recorded(Settings(scenarios=(str(file if way == "chosen" else tmp_path),)), key="default")
    if way == "activated":
        recorded.ok("POST", "/scenarios/mine/activate")
        recorded.ok("DELETE", "/scenarios/mine")
        recorded.ok("POST", "/scenarios/mine/activate")
    recorded.push("9000100200", **({"x_mock_scenario": "mine"} if way == "asked for" else {}))
    document = recorded.document()
    place = document["sandbox"]["scenarios"] if way == "chosen" else document["scenarios"]
    assert [each["name"] for each in place] == ["mine"]
    assert document["steps"][-1]["status"] == 38
    assert play(document).difference is None
    place[0]["rules"] = [{"then": {"status": 9999}}]
    with pytest.raises(InvalidDocument, match=r"reproduction: .*/scenarios/0/rules/0/then/status"):
        play(document)


def test_an_admin_step_that_is_refused_is_a_difference() -> None:
    """What this version does not take any more is told with its reason."""
    recorded = Recorded()
    recorded.ok("POST", "/faults", {"status": 38})
    document = recorded.document()
    document["steps"][0]["admin"]["body"]["status"] = 4711
    found = play(document).difference
    assert found is not None
    assert (found.title, found.what, found.expected) == ("POST /faults", "HTTP status", "201")
    assert found.got.startswith("422 /status: ")


def test_nothing_is_sent_while_a_run_is_played_again() -> None:
    """Hooks of the run are configured again and ring nowhere: whoever plays it is somebody else."""
    with receiving() as client:
        recorded = Recorded(clock={"mode": "frozen", "now": "2026-01-02 09:00:00"})
        recorded.ok("PATCH", "/simulation", {"hooks": [{"url": client.url, "events": ["call"]}]})
        recorded.push("8850014998")
        recorded.ok("GET", "/simulation/deliveries?status=sent&wait=10")
        came = len(client.got)
        outcome = play(recorded.document(), "run.json")
        assert (outcome.difference, outcome.played, came) == (None, 2, 1)
        # The next delivery to the same place comes after all that would have gone there before.
        recorded.push("8850014997")
        recorded.ok("GET", "/simulation/deliveries?status=sent&limit=2&wait=10")
        recorded.service.close()
        assert [got.headers["x-mock-delivery"] for got in client.got][:came] == ["d1"]
        assert len(client.got) <= came + 1


def test_what_happens_on_the_floor_happens_again() -> None:
    """The document tells the events; one that goes another way is named, though every reply is the same."""
    recorded = Recorded(clock={"mode": "frozen", "now": "2026-01-02 09:00:00"}, dialler="auto")
    recorded.push("8850014998", "1110001006")
    recorded.ok("POST", "/clock/advance", {"seconds": 7200})
    document = recorded.document()
    kinds = [event["kind"] for event in document["events"]]
    assert {"call.queued", "call.dialling", "call.ended", "recording.stored"} <= set(kinds)
    assert all("real" not in event for event in document["events"])
    assert play(document, "run.json").difference is None
    other = copy.deepcopy(document)
    changed = next(event for event in other["events"] if event["kind"] == "call.ended")
    changed["contact"] = "9999999999"
    difference = play(other, "run.json").difference
    assert difference is not None
    assert (difference.id, difference.what) == (changed["id"], "what happened")
    assert "contact 9999999999" in difference.expected
    other = copy.deepcopy(document)
    del other["events"][-1]
    difference = play(other, "run.json").difference
    assert difference is not None
    assert difference.expected == "nothing"


def test_the_server_counts_too() -> None:
    """Settings of the server that change its answers are played with: quirks, editions by port, base of links."""
    chosen = Settings(
        quirks={"overlong": "truncate"}, edition_map={"8080": "web"}, recording_base="self", diagnostics="off"
    )
    recorded = Recorded(chosen, key="default")
    recorded.push("9000100200", "12345")
    recorded.command("customer_recording", sessionid=8, systemcallid="180717171728015031")
    document = recorded.document()
    assert play(document).difference is None
    document["settings"]["edition_map"] = {}
    found = play(document).difference
    assert found is not None
    assert found.step == 1
