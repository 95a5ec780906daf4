"""Agents while calls are under way: what the API shows of them, and what becomes of their calls (SIM-12, SIM-09, STAT-10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mockserver.simulation.agents import IllegalMove, check_move
from tests.api import NOW
from tests.methods.helpers import printed
from tests.simulation.floors import (
    AT_ONCE,
    BUSY,
    DIALLING,
    HOLD,
    LATE,
    LONG,
    NO_ANSWER,
    OUT,
    READY,
    TALKING,
    TENANT,
    TRANSFER,
    WRAPUP,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.floors import (
        Shop,
    )

    Make = Callable[..., Shop]

RUPESH, TEST = "rupesh.v@avhan.com", "test@avhan.com"


def told(floor: Shop, login: str) -> tuple[int, str, str, int]:
    """Return what userStatus says of an agent: status, its name, since when, and for how many seconds."""
    (record,) = floor.api.post(printed("GV-25", loginids=[login])).body["statusdata"]
    return (
        record["currentstatus"],
        record["currentstatusdesc"],
        record["statuschangetime"],
        record["duration"],
    )


def test_user_status_is_right_to_the_second_all_through_a_call(shop: Make) -> None:
    """SIM-12: status, its name, statuschangetime and duration at every second of a call and of its wrap-up."""
    floor = shop(RUPESH)
    call = floor.push(LATE)
    steps = [(0, DIALLING, "Dialling"), (30, TALKING, "Talking")]
    for second in range(290):
        if len(steps) == 2 and floor.entry(call)["status"] == "wrapup":
            steps.append((second, WRAPUP, "Wrapup"))
        since, status, name = [each for each in steps if each[0] <= second][-1]
        began = (NOW + timedelta(seconds=since)).strftime("%d-%b-%y %I:%M:%S %p")
        assert told(floor, RUPESH) == (status, name, began, second - since)
        floor.advance(1)
    assert len(steps) == 3


def test_the_list_of_active_users_shows_it(shop: Make) -> None:
    """SIM-12: getActiveUserList gives every user's status as it stands at that moment of a call."""
    floor = shop(RUPESH)
    command = {"method": "getActiveUserList", "apikey": TENANT, "servicekey": "VoiceProcess"}

    def current() -> int:
        users = floor.api.post(command).body["activeuserlist"]
        (found,) = [each["currentstatusid"] for each in users if each["username"] == "Rupesh"]
        return int(found)

    assert current() == READY
    floor.push(LATE)
    assert current() == DIALLING
    floor.advance(30)
    assert current() == TALKING
    floor.advance(300)
    assert current() == WRAPUP


@pytest.mark.parametrize(
    ("status", "stands", "agent"),
    [
        (TALKING, "talking", TALKING), (HOLD, "talking", HOLD), (TRANSFER, "talking", TRANSFER),
        (WRAPUP, "done", WRAPUP), (OUT, "done", OUT), (11, "done", 11), (DIALLING, "dialling", DIALLING),
    ],
)  # fmt: skip
def test_a_status_set_while_the_call_is_dialled(shop: Make, status: int, stands: str, agent: int) -> None:
    """SIM-12: the call follows: answered, given up, or left dialling; never left behind."""
    floor = shop("user1")
    call = floor.push(NO_ANSWER)
    floor.put("user1", status)
    assert (floor.entry(call)["status"], floor.status("user1")) == (stands, agent)
    floor.advance(20)
    assert (floor.entry(call)["status"], floor.status("user1")) == (stands, agent)


@pytest.mark.parametrize(
    ("status", "stands", "recorded"),
    [(HOLD, "talking", 0), (WRAPUP, "wrapup", 1), (READY, "done", 1), (OUT, "done", 1), (11, "done", 1)],
)
def test_a_status_set_during_a_conversation(shop: Make, status: int, stands: str, recorded: int) -> None:
    """SIM-12: Wrapup hangs up, Hold holds, and an agent who goes leaves a call that is over and recorded."""
    floor = shop("user1")
    call = floor.push(LONG)
    floor.advance(60)
    floor.put("user1", status)
    assert (floor.entry(call)["status"], floor.status("user1")) == (stands, status)
    assert len(floor.events("recording.stored")) == recorded


def test_only_legal_moves_are_taken_strictly(shop: Make) -> None:
    """SIM-12: an agent in a call does not get to Ready by himself; the refusal names where he gets to."""
    floor = shop("user1")
    floor.push(LONG)
    floor.advance(60)
    with pytest.raises(IllegalMove, match=r"what may follow is 6 \(Hold\), 7 \(Wrapup\), 10 \(Transfer\)"):
        check_move(floor.floor.book.statuses, floor.status("user1"), READY)


@pytest.mark.parametrize(("number", "stands"), [(NO_ANSWER, "queued"), (LONG, "done")])
def test_deleting_an_agent_in_a_call(shop: Make, number: str, stands: str) -> None:
    """DEL-08: what was not answered waits again under his name; a conversation ends and is recorded; nothing dials for nobody."""
    floor = shop(RUPESH)
    call = floor.push(number, userlogin=RUPESH)
    floor.advance(20)
    assert floor.command("GV-23", loginid=RUPESH) in (1, 411, 416, 417, 419)
    assert floor.floor.user(TENANT, RUPESH) is None
    entry = floor.entry(call)
    assert (entry["status"], entry["handling"], entry["login"]) == (stands, None, RUPESH)
    assert len(floor.events("recording.stored")) == (stands == "done")
    floor.advance(7200)
    assert floor.entry(call)["status"] == stands
    assert len(floor.dialled()) == 1


def test_deleting_an_agent_at_whom_a_call_rings(shop: Make) -> None:
    """DEL-08, SIM-04: the caller is rung through to the next who is ready."""
    floor = shop(RUPESH)
    call = floor.incoming("9000100203")
    floor.put(TEST, READY)
    floor.command("GV-23", loginid=RUPESH)
    assert floor.entry(call)["agent"] == TEST


def test_editing_an_agent_in_a_call_changes_nothing_of_it(shop: Make) -> None:
    """USR-23, SIM-12: another user name, in the middle of a call: he goes on talking, and it ends in its time."""
    floor = shop(RUPESH)
    call = floor.push(AT_ONCE)
    floor.advance(1)
    floor.command("GV-20", loginid=RUPESH, username="Another name", action="edit")
    assert floor.user(RUPESH)["username"] == "Another name"
    assert (floor.status(RUPESH), floor.entry(call)["status"]) == (TALKING, "talking")
    floor.advance(600)
    assert (floor.status(RUPESH), floor.entry(call)["status"]) == (WRAPUP, "wrapup")


def test_reallocation_moves_what_waits(shop: Make) -> None:
    """SIM-09, RAD-11: a queued and a scheduled entry of an absent agent go to another, who dials each at its time."""
    floor = shop("user1")
    now, later = (
        floor.push(BUSY, userlogin=TEST),
        floor.push(NO_ANSWER, userlogin=TEST, callDateTime=floor.later(900)),
    )
    floor.advance(60)
    assert floor.dialled() == []
    for number in (BUSY, NO_ANSWER):
        floor.command(
            "GV-13",
            contactnumber=number,
            login="user1",
            calldatetime=floor.later(900 if number == NO_ANSWER else 60),
        )
    assert floor.dialled() == [(now, "user1")]
    floor.advance(839)
    assert (later, "user1") not in floor.dialled()
    floor.advance(1)
    assert floor.story(later)[-1] == (900, "call.dialling")
    assert [event["before"] for event in floor.events("call.reallocated")] == [TEST, TEST]


def test_a_conversation_that_its_agent_leaves_has_ended(shop: Make) -> None:
    """SIM-12: the call of an agent who is logged out while he talks is told as ended, as if he had hung up, and recorded."""
    floor = shop("user1")
    call = floor.push(LONG, userlogin="user1")
    floor.advance(100)
    floor.put("user1", OUT)
    ended, stored, done = floor.events(call=call)[-3:]
    assert (ended["kind"], ended["by"]) == ("call.ended", "agent")
    assert (stored["kind"], stored["seconds"]) == ("recording.stored", ended["seconds"])
    assert done["kind"] == "call.done"


def test_a_reallocated_call_is_told_under_its_new_agent(shop: Make) -> None:
    """RAD-11: after an attempt of another agent the events name whose the entry is now."""
    floor = shop("user1", RUPESH)
    call = floor.push(BUSY, userlogin="user1")
    floor.advance(10)
    floor.command("GV-13", contactnumber=BUSY, login=RUPESH, calldatetime=floor.later(60))
    floor.advance(50)
    told = [(event["kind"], event["login"]) for event in floor.events(call=call)][-3:]
    assert told == [("call.reallocated", RUPESH), ("call.queued", RUPESH), ("call.dialling", RUPESH)]


def test_a_call_that_came_in_is_not_reallocated(shop: Make) -> None:
    """RAD-11, SIM-04: a caller who waits for an agent is nothing to be dialled; he hangs up when nobody answers in time."""
    floor = shop()
    call = floor.incoming(BUSY, "VoiceProcess")
    before = floor.entry(call)
    floor.command("GV-13", contactnumber=BUSY, login=RUPESH, calldatetime=floor.later(3600))
    assert floor.entry(call) == before
    floor.advance(60)
    assert (floor.entry(call)["status"], floor.entry(call)["outcome"]) == ("done", "abandoned")


@pytest.mark.parametrize("seconds", [0, 60])
def test_reallocation_leaves_a_call_under_way(shop: Make, seconds: int) -> None:
    """RAD-11: an entry that is dialled or talked about is not open: the command is refused and its agent keeps it."""
    floor = shop("user1", RUPESH)
    call = floor.push(LONG, userlogin="user1")
    floor.advance(seconds)
    before = floor.entry(call)
    floor.command("GV-13", contactnumber=LONG, login=RUPESH, calldatetime=floor.later(0))
    assert floor.entry(call) == before
    assert not floor.events("call.reallocated")


def test_the_day_of_an_agent(shop: Make) -> None:
    """SIM-12: logged in, on a break, back and logged out: calls reach him between, and each change is told once, in order."""
    floor = shop()
    call = floor.push(BUSY, userlogin="user1")
    for status in (READY, 11, READY, OUT):
        floor.put("user1", status)
        floor.advance(10)
    moves = [(event["before"], event["status"]) for event in floor.events("agent.status")]
    assert moves[:3] == [(OUT, READY), (READY, DIALLING), (DIALLING, READY)]
    assert moves[-3:] == [(READY, 11), (11, READY), (READY, OUT)]
    assert floor.entry(call)["attempts"] == 1


def test_a_scenario_that_sets_an_agents_status_takes_his_call_along(shop: Make) -> None:
    """SIM-12: what its setup makes of an agent in a call happens to the call too, and is told; a free agent is served."""
    floor = shop("user1")
    first = floor.push(LONG)
    floor.advance(60)
    second = floor.push(BUSY)
    setup = {"users": {"user1": "Wrapup", RUPESH: "Ready"}}
    document = {"name": "change-of-shift", "description": "One goes, one comes.", "setup": setup, "rules": []}
    floor.sandbox.activate(floor.api.service.shelf.defined("change-of-shift", document))
    assert (floor.entry(first)["status"], floor.status("user1")) == ("wrapup", WRAPUP)
    assert floor.dialled()[-1] == (second, RUPESH)
    assert len(floor.events("recording.stored")) == 1


def test_a_wrap_up_by_hand_ends_by_itself_too(shop: Make) -> None:
    """SIM-12: with ``wrapup`` set, an agent who was put into wrap-up without having talked is ready again after that time."""
    floor = shop(RUPESH, TEST)
    floor.floor.rules.chosen = {"wrapup": 20}
    call = floor.push(LONG, userlogin=TEST)
    assert floor.status(TEST) == DIALLING
    for login in (RUPESH, TEST):
        floor.put(login, WRAPUP)
    assert floor.entry(call)["status"] == "done"
    floor.advance(19)
    floor.put(TEST, WRAPUP)
    assert [floor.status(login) for login in (RUPESH, TEST)] == [WRAPUP, WRAPUP]
    floor.advance(1)
    assert [floor.status(login) for login in (RUPESH, TEST)] == [READY, READY]
