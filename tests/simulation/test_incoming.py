"""Calls that come in, and the agents who take them: ring, wait, lost, screen-pop, hold, transfer (SIM-04, SIM-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.simulation.control import IllegalVerb, legal_verbs
from mockserver.simulation.popping import screen_pop
from tests.simulation.floors import HOLD, OUT, PREVIEW, READY, TALKING, TENANT, WRAPUP

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.floors import Shop

    Make = Callable[..., Shop]

NUMBER = "9000100203"
RUPESH = "rupesh.v@avhan.com"


def kinds(floor: Shop, call: int) -> list[str]:
    """Return what happened to a call, without the times."""
    return [kind for _, kind in floor.story(call)]


def test_it_rings_at_a_ready_agent_who_answers(shop: Make) -> None:
    """SIM-04, SIM-12: the agent stays Ready until he answers, talks until somebody hangs up, and wraps up; it is recorded."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    assert (floor.entry(call)["agent"], floor.status("user1")) == ("user1", READY)
    assert legal_verbs(floor.floor, floor.entry(call)) == ("answer", "hangup")
    floor.advance(10)
    floor.verb(call, "answer")
    assert floor.status("user1") == TALKING
    floor.advance(3600)
    floor.verb(call, "hangup", by="customer")
    assert (floor.entry(call)["status"], floor.status("user1")) == ("wrapup", WRAPUP)
    assert floor.story(call) == [
        (0, "call.incoming"), (0, "call.ringing"), (10, "call.answered"), (3610, "call.ended"), (3610, "recording.stored"),
    ]  # fmt: skip
    assert floor.events("recording.stored")[0]["seconds"] == 3600


def test_it_waits_for_an_agent_before_any_other_call(shop: Make) -> None:
    """SIM-04: with nobody ready it waits in the queue, and the first who is gets it, before calls to be dialled."""
    floor = shop()
    dialled, call = floor.push(NUMBER), floor.incoming(NUMBER)
    assert floor.entry(call)["status"] == "queued"
    floor.advance(5)
    floor.put("user1", READY)
    assert (floor.entry(call)["agent"], floor.entry(dialled)["status"]) == ("user1", "queued")
    assert floor.story(call)[-1] == (5, "call.ringing")


@pytest.mark.parametrize("ready", [True, False])
def test_it_is_lost_when_nobody_answers(shop: Make, ready: bool) -> None:
    """SIM-04: after the thirty seconds of `ringing` the caller is gone, and the agent is free for the next."""
    floor = shop(*["user1"] * ready)
    call = floor.incoming(NUMBER)
    floor.advance(29)
    assert floor.entry(call)["status"] in ("queued", "dialling")
    floor.advance(1)
    assert (floor.entry(call)["status"], floor.entry(call)["outcome"]) == ("done", "abandoned")
    assert floor.story(call)[-1] == (30, "call.ended")
    assert not floor.events("recording")
    if ready:
        assert floor.entry(floor.incoming(NUMBER))["agent"] == "user1"


def test_two_calls_ring_at_two_agents_and_a_third_waits(shop: Make) -> None:
    """SIM-04: one call at a time for an agent, also while it only rings."""
    floor = shop("user1", RUPESH)
    calls = [floor.incoming(NUMBER) for _ in range(3)]
    assert [floor.entry(call)["status"] for call in calls] == ["dialling", "dialling", "queued"]
    assert {floor.entry(call)["agent"] for call in calls[:2]} == {"user1", RUPESH}
    floor.verb(calls[0], "hangup")
    assert floor.entry(calls[2])["agent"] == floor.entry(calls[0])["agent"]


@pytest.mark.parametrize("status", [OUT, PREVIEW, 11])
def test_it_rings_at_another_when_its_agent_turns_away(shop: Make, status: int) -> None:
    """SIM-04, SIM-12: a ringing agent who takes a break or logs out does not end the caller's call."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    floor.put(RUPESH, READY)
    floor.put("user1", status)
    assert (floor.entry(call)["status"], floor.entry(call)["agent"]) == ("dialling", RUPESH)
    floor.put(RUPESH, status)
    assert (floor.entry(call)["status"], floor.entry(call)["agent"]) == ("queued", None)
    floor.advance(30)
    assert floor.entry(call)["outcome"] == "abandoned"


def test_ready_again_changes_nothing_for_a_call_that_rings(shop: Make) -> None:
    """SIM-12: to set Ready for an agent who is Ready leaves the call ringing at him."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    floor.put("user1", READY)
    assert floor.entry(call)["handling"] == "user1"


def test_the_pop_shows_the_newest_record(shop: Make) -> None:
    """SIM-04: name, contact, campaign and the other fields of the record stored last; nothing for a stranger, or in another process."""
    floor = shop("user1")
    floor.push(NUMBER, media="11", servicekey="VoiceInOut", name="Asha", campaign_name="NPS")
    floor.advance(60)
    floor.push(NUMBER, media="11", servicekey="VoiceInOut", name="Asha Rao", sr_number="9")
    process = floor.sandbox.process("VoiceInOut")
    assert process is not None
    pop = screen_pop(floor.store, process, NUMBER)
    assert pop is not None
    assert (pop["fields"]["name"], pop["contact"], pop["fields"]["campaign_name"]) == (
        "Asha Rao",
        NUMBER,
        "NPS",
    )
    assert (pop["crm"], pop["storedatetime"]) == ("9", floor.later(60))
    call = floor.incoming(NUMBER)
    assert floor.entry(call)["customercode"] == pop["customercode"]
    (twin,) = floor.store.find("customers", tenant=TENANT, process="VoiceInOut", contact1=NUMBER)
    floor.store.insert("customers", {**twin[1], "customercode": 9999, "storedatetime": floor.later(90)})
    assert floor.entry(floor.incoming(NUMBER))["customercode"] == 9999
    assert screen_pop(floor.store, process, "9000100299") is None
    other = floor.sandbox.process("VoiceProcess")
    assert other is not None
    assert screen_pop(floor.store, other, NUMBER) is None


def test_hold_and_back(shop: Make) -> None:
    """SIM-12: held and taken back, the call's length goes on counting; each tells of itself once."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    floor.verb(call, "answer")
    floor.advance(5)
    floor.verb(call, "hold")
    assert floor.status("user1") == HOLD
    assert legal_verbs(floor.floor, floor.entry(call)) == ("answer", "transfer", "hangup", "press")
    floor.advance(5)
    floor.verb(call, "answer")
    assert (floor.status("user1"), floor.user("user1")["since"]) == (TALKING, floor.later(10))
    floor.advance(5)
    floor.verb(call, "hangup", by="agent")
    assert kinds(floor, call)[2:] == [
        "call.answered", "call.held", "call.retrieved", "call.ended", "recording.stored",
    ]  # fmt: skip
    assert floor.events("recording.stored")[0]["seconds"] == 15


def test_a_transfer(shop: Make) -> None:
    """SIM-12: the second agent talks, the first wraps up and can dispose of nothing that is not his any more."""
    floor = shop("user1", RUPESH)
    call = floor.incoming(NUMBER, "VoiceProcess")
    first = floor.entry(call)["agent"]
    second = RUPESH if first == "user1" else "user1"
    floor.verb(call, "answer")
    floor.verb(call, "transfer", to=second.upper())
    assert (floor.entry(call)["agent"], floor.status(second), floor.status(first)) == (
        second,
        TALKING,
        WRAPUP,
    )
    (event,) = floor.events("call.transferred")
    assert (event["sender"], event["login"]) == (first, second)
    made = floor.entry(call)["systemcallid"]
    assert floor.dispose(first, NUMBER, systemcallid=made) == 3
    assert (floor.entry(call)["status"], floor.status(second), floor.status(first)) == (
        "talking",
        TALKING,
        READY,
    )
    floor.verb(call, "hangup")
    assert floor.dispose(second, NUMBER) == 3
    assert floor.entry(call)["status"] == "done"


@pytest.mark.parametrize(
    ("to", "said"),
    [("nobody", "there is no agent"), (RUPESH, "a call is transferred to an agent who is ready")],
)
def test_a_transfer_to_nobody_is_refused(shop: Make, to: str, said: str) -> None:
    """SIM-12: an unknown login, or one who is not ready, changes nothing."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    floor.verb(call, "answer")
    before = floor.store.dump()
    with pytest.raises(IllegalVerb, match=said):
        floor.verb(call, "transfer", to=to)
    assert floor.store.dump() == before
    assert not floor.floor.untold


@pytest.mark.parametrize("verb", ["hold", "transfer", "press"])
def test_a_call_that_rings_takes_no_such_verb(shop: Make, verb: str) -> None:
    """SIM-12: the refusal names what the call takes."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    with pytest.raises(IllegalVerb, match="what it takes is answer, hangup") as refused:
        floor.verb(call, verb, to=RUPESH, keys="1")
    assert refused.value.legal == ("answer", "hangup")


def test_a_held_call_is_said_to_be_on_hold(shop: Make) -> None:
    """SIM-12: who holds a call twice reads that it is on hold, not that a conversation cannot be held."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    for verb in ("answer", "hold"):
        floor.verb(call, verb)
    with pytest.raises(IllegalVerb, match="is on hold, which takes no hold; what it takes is answer"):
        floor.verb(call, "hold")


def test_an_agent_who_disposes_late_still_has_his_ringing_call(shop: Make) -> None:
    """DISP-16 keeps dispositions to Wrapup: one of an agent at whom a call rings is refused, and it rings on."""
    floor = shop("user1")
    call = floor.incoming(NUMBER)
    assert floor.dispose("user1", "9874561320") != 3
    assert floor.entry(call)["handling"] == "user1"
    assert (
        floor.store.first("dispositions", tenant=TENANT, process="VoiceProcess", contact="9874561320") is None
    )
