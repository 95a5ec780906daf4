"""Screen-pops and hooks that go out, what scenarios do to them, and what of them outlives a restart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.deliveries.targets import Policy
from mockserver.simulation.deliveries import Parcel
from tests.deliveries.floor import Floor
from tests.simulation.receiver import receiving, silent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POP = {"servicekey": "VoiceInOut", "number": "9876500001"}
AGENT = "/simulation/users/dinesh.s@avhan.com/status"


def hook(url: str, *events: str) -> list[dict[str, Any]]:
    return [{"url": url, "events": list(events)}]


def test_a_screen_pop_goes_out(floor: Floor) -> None:
    """SIM-04: what Call Guide shows is sent with the call and the agent it rings at; nothing when nobody asked for it."""
    record = {"sr_number": "9", "name": "Meera", "mobilenumber": POP["number"], "campaign_name": "Diwali"}
    command = {
        "method": "ImportProcessData", "servicekey": "VoiceInOut", "apikey": "test_org", "media": "11",
        "updateparam": "mobilenumber", "data": [record],
    }  # fmt: skip
    assert floor.status(command) == 1
    floor.ok("POST", "/simulation/incoming", POP)
    assert floor.ok("GET", "/simulation/deliveries")["total"] == 0
    with receiving() as crm:
        floor.configure(screen_pop={"url": f"{crm.url}/pop"})
        answered = floor.ok("POST", "/simulation/incoming", POP)
        (sent,) = floor.ended()
    (got,) = crm.got
    assert got.body["screen_pop"] == answered["screen_pop"]
    assert got.body["screen_pop"]["fields"]["campaign_name"] == "Diwali"
    assert got.body["call"]["calllistid"] == answered["call"]["calllistid"] == sent["calllistid"]
    assert got.body["call"]["agent"] == answered["call"]["agent"] is not None
    assert (sent["kind"], sent["http_status"], sent["answer"]) == ("screen-pop", 200, "thanks")


def test_hooks_get_the_events_they_want_in_order(floor: Floor) -> None:
    """Events arrive as GET …/events shows them but for the real time; a kind stands for all below it, and for no other."""
    with receiving() as client:
        floor.configure(
            hooks=[*hook(f"{client.url}/all", "agent", "call.ended"), *hook(f"{client.url}/one", "call")]
        )
        for status in ("Talking", "Wrapup", "Ready") * 5:
            floor.ok("POST", AGENT, {"status": status})
        floor.ended(15)
    told = [
        {name: value for name, value in event.items() if name != "real"} for event in floor.events("agent")
    ]
    assert [got.body for got in client.got] == told
    assert set(client.paths()) == {"/all"}


def test_what_is_refused_is_not_told(floor: Floor) -> None:
    """A verb that is not carried out sends nothing, as it leaves no event."""
    with receiving() as client:
        floor.configure(hooks=hook(client.url, "agent"))
        floor.refused("POST", AGENT, {"status": "Talking", "strict": True})
        floor.ok("POST", AGENT, {"status": "Talking"})
        floor.ended(1)
    assert len(client.got) == 1


@pytest.mark.parametrize(
    ("rules", "pointer"),
    [
        ({"screen_pop": {"url": "http://169.254.169.254/"}}, "/screen_pop/url"),
        ({"speech": {"engine": "url", "url": "http://2852039166/"}}, "/speech/url"),
        ({"speech": {"engine": "url"}}, "/speech/url"),
        ({"speech": {"engine": "builtin", "url": "http://127.0.0.1/"}}, "/speech/url"),
        ({"hooks": [{"url": "http://[::ffff:169.254.0.1]/", "events": ["agent"]}]}, "/hooks/0/url"),
        ({"hooks": [{"url": "ftp://127.0.0.1/", "events": ["agent"]}]}, "/hooks/0/url"),
        ({"hooks": [{"url": "http://127.0.0.1/", "events": []}]}, "/hooks/0/events"),
        ({"hooks": [{"url": "http://127.0.0.1/", "events": ["call", "agents"]}]}, "/hooks/0/events/1"),
        ({"screen_pop": {"url": "http://hooks..test/"}}, "/screen_pop/url"),
        ({"screen_pop": {"url": f"http://{'a' * 64}.test/"}}, "/screen_pop/url"),
    ],
)
def test_targets_are_checked_when_they_are_configured(
    floor: Floor, rules: Mapping[str, Any], pointer: str
) -> None:
    """422 with the place, and nothing of the body is in force, neither then nor later."""
    before = floor.ok("GET", "/simulation")
    problem = floor.refused("PATCH", "/simulation", {**rules, "wrapup": 7})
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, pointer)
    assert floor.ok("GET", "/simulation") == before


def test_targets_are_checked_again_when_something_goes(floor: Floor) -> None:
    """What a target became since it was configured counts: it is not connected to, and not tried again."""
    with receiving() as client:
        floor.configure(hooks=hook(client.url, "agent"))
        floor.service.courier.policy = Policy(frozenset({"hooks.test"}))
        floor.ok("POST", AGENT, {"status": "Talking"})
        (denied,) = floor.ended()
        assert (denied["status"], denied["attempts"]) == ("failed", 1)
        assert "--delivery-hosts" in denied["error"]
        assert client.got == []


def test_off_loopback_only_allowed_hosts_are_targets() -> None:
    """SIM-06: a server that others can reach delivers nowhere until --delivery-hosts says where."""
    for hosts, status in ((None, 422), ("127.0.0.1", 200)):
        made = Floor(host="0.0.0.0", admin_token="secret-token", delivery_hosts=hosts)
        body = {"screen_pop": {"url": "http://127.0.0.1:9/"}}
        reply = made.ask("PATCH", "/simulation", body, headers={"Authorization": "Bearer secret-token"})
        assert reply.status_code == status, reply.text
        made.close()


def test_redirects_are_not_followed(floor: Floor) -> None:
    """A target that leads on to the metadata service is a failure with its HTTP status."""
    with receiving((307, {"Location": "http://169.254.169.254/"}, b"")) as client:
        floor.configure(hooks=hook(client.url, "agent"))
        floor.ok("POST", AGENT, {"status": "Talking"})
        (seen,) = floor.settled()
    assert (seen["http_status"], seen["error"]) == (307, "answered HTTP 307, which is not followed")


def test_a_long_answer_is_cut(floor: Floor) -> None:
    """Of an answer the first two kibibytes are kept."""
    with receiving((200, {}, b"x" * 5_000_000)) as client:
        floor.configure(hooks=hook(client.url, "agent"))
        floor.ok("POST", AGENT, {"status": "Talking"})
        (sent,) = floor.ended()
    assert (sent["status"], sent["answer"]) == ("sent", "x" * 2048)


def test_replay_sends_it_again(floor: Floor) -> None:
    """The same id and the next attempt number, so that receivers can tell; an unknown id is 404."""
    with receiving((500, {}, b"")) as client:
        floor.configure(hooks=hook(client.url, "agent"))
        floor.ok("POST", AGENT, {"status": "Talking"})
        floor.settled()
        floor.ok("POST", "/simulation/deliveries/d1/replay")
        (sent,) = floor.ended()
        assert (sent["status"], sent["attempts"]) == ("sent", 2)
        floor.advance(86400)
    assert [
        (got.headers["x-mock-delivery"], got.headers["x-mock-attempt"], got.headers["x-mock-sandbox"])
        for got in client.got
    ] == [("d1", "1", "default"), ("d1", "2", "default")]
    assert floor.refused("POST", "/simulation/deliveries/d2/replay")["status"] == 404
    assert floor.refused("GET", "/simulation/deliveries?status=lost")["status"] == 400


def test_another_target_sends_nothing_a_second_time(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on its way when somebody changes where things go stays on its way: it is handed over once."""
    taken: list[tuple[int, int]] = []
    monkeypatch.setattr(
        floor.service.courier, "take", lambda _, parcels: taken.extend((p.number, p.attempt) for p in parcels)
    )
    floor.configure(hooks=hook("http://127.0.0.1:9/", "agent"))
    floor.ok("POST", AGENT, {"status": "Talking"})
    floor.configure(screen_pop={"url": "http://127.0.0.1:9/pop"})
    assert taken == [(1, 1)]


def test_reset_and_snapshots_follow(floor: Floor) -> None:
    """Where deliveries go is part of a snapshot; a reset sends nowhere; what comes back late is not noted."""
    with silent() as url, receiving() as client:
        floor.configure(hooks=hook(url, "agent"))
        floor.ok("POST", "/snapshots", {"name": "here"})
        floor.ok("POST", AGENT, {"status": "Talking"})
        floor.ok("POST", "/reset")
        assert floor.ok("GET", "/simulation")["hooks"] == []
        floor.ok("POST", "/snapshots/here/restore")
        assert floor.ok("GET", "/simulation")["hooks"] == hook(url, "agent")
        assert floor.ok("GET", "/simulation/deliveries")["total"] == 0
        floor.configure(hooks=hook(client.url, "agent"))
        floor.ok("POST", AGENT, {"status": "Ready"})
        (sent,) = floor.ended()
    assert (sent["id"], sent["status"], len(client.got)) == ("d1", "sent", 1)


def unreliable(count: int) -> tuple[list[str], Counter[str], list[int]]:
    """Return in which order that many events come under unreliable-hooks, how often each, and the attempts made."""
    made = Floor(seed=5)
    with receiving() as client:
        made.ok("POST", "/scenarios/unreliable-hooks/activate")
        made.configure(hooks=hook(client.url, "agent"))
        for number in range(count):
            made.ok("POST", AGENT, {"status": ("Talking", "Wrapup")[number % 2]})
        # One step after the other: what is sent at the same time of the sandbox may arrive in any order.
        listed = made.settled()
        for _ in range(200):
            listed = made.settled()
            if all(each["status"] != "waiting" for each in listed):
                break
            made.ok("POST", "/clock/advance", {"until": "next_event"})
            made.advance(1)
    came = [got.headers["x-mock-delivery"] for got in client.got]
    made.close()
    return list(dict.fromkeys(came)), Counter(came), [each["attempts"] for each in listed]


def test_the_same_seed_harms_the_same_deliveries() -> None:
    """AM-16: what comes twice, late, out of order or at the second attempt follows from the seed."""
    first, second = unreliable(30), unreliable(30)
    assert first == second
    order, times, attempts = first
    assert sorted(order, key=lambda each: int(each[1:])) == [f"d{number}" for number in range(1, 31)] != order
    assert {1, 2} <= set(times.values())
    assert {1, 2} <= set(attempts)


def test_a_restart_sends_again_what_was_on_its_way(tmp_path: Path) -> None:
    """At least once: a delivery that had no answer when the server ended goes out after the next start, under its id."""
    state = str(tmp_path / "state")
    with receiving() as client, silent() as url:
        made = Floor(state=state)
        made.configure(hooks=hook(url, "agent"))
        made.ok("POST", AGENT, {"status": "Talking"})
        made.close()
        text = (tmp_path / "state").read_text(encoding="utf-8")
        assert url in text
        again = Floor(state=state)
        assert again.ok("GET", "/simulation")["hooks"] == hook(url, "agent")
        (waiting,) = again.ok("GET", "/simulation/deliveries")["deliveries"]
        assert (waiting["id"], waiting["status"], waiting["attempts"]) == ("d1", "waiting", 1)
        again.configure(hooks=hook(client.url, "agent"))
        again.ok("POST", AGENT, {"status": "Wrapup"})
        (sent,) = again.ended()
        again.close()
        last = Floor(state=state)
        assert last.ok("GET", f"/simulation/deliveries/{sent['id']}")["status"] == "sent"
        last.close()
    assert [got.headers["x-mock-delivery"] for got in client.got] == [sent["id"]]


def test_what_was_on_its_way_is_sent_again_by_itself(tmp_path: Path) -> None:
    """A server that ended before its delivery was answered needs nothing but a start to send it once more."""
    state = str(tmp_path / "state")
    with receiving() as client:
        made = Floor(state=state)
        made.service.courier.close()
        made.configure(hooks=hook(client.url, "agent"))
        made.ok("POST", AGENT, {"status": "Talking"})
        made.close()
        assert client.got == []
        again = Floor(state=state)
        (sent,) = again.ended()
        again.close()
    assert (sent["attempts"], client.got[0].body["kind"]) == (1, "agent.status")


def test_a_dropped_sandbox_sends_no_more(floor: Floor) -> None:
    """What is still to be sent when a sandbox is dropped is not sent; the others' deliveries are."""
    with receiving() as client:
        floor.ok("POST", "/sandboxes", {"key": "mine"})
        sandbox = floor.service.registry.get("mine")
        floor.ok("DELETE", "/sandboxes/mine")
        floor.service.courier.take(sandbox, [Parcel(1, 1, "hook", f"{client.url}/gone", {})])
        floor.configure(hooks=hook(f"{client.url}/there", "agent"))
        floor.ok("POST", AGENT, {"status": "Talking"})
        floor.ended()
        floor.close()
    assert client.paths() == ["/there"]


def test_a_clock_that_runs_needs_no_questions() -> None:
    """On a running clock a delivery that is due later goes out by itself, though nobody asks for anything."""
    made = Floor(clock="scaled:1000")
    try:
        with receiving((500, {}, b"")) as client:
            made.configure(hooks=hook(client.url, "agent"))
            made.ok("POST", AGENT, {"status": "Talking"})
            (sent,) = made.ended()
        assert (sent["attempts"], len(client.got)) == (2, 2)
    finally:
        made.close()
