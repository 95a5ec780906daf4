"""How calls go: outcomes by draw and by number, retries, wrap-up, dispositions, recordings (SIM-01, AM-54, AM-70, MREC-11)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.methods.helpers import printed
from tests.simulation.floors import (
    AT_ONCE,
    BUSY,
    DIALLING,
    HUNG_UP,
    LATE,
    LONG,
    MACHINE,
    NO_ANSWER,
    PRESSES_1,
    PRESSES_2,
    READY,
    SWITCHED_OFF,
    TALKING,
    TENANT,
    WRAPUP,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.floors import (
        Shop,
    )

    Make = Callable[..., Shop]


def choose(floor: Shop, **chosen: int | None) -> None:
    """Change times of the floor."""
    floor.floor.rules = replace(floor.floor.rules, chosen=chosen)


@pytest.mark.parametrize(
    ("number", "outcome", "ring", "retry"),
    [(BUSY, "busy", (2, 4), 300), (NO_ANSWER, "no_answer", (25, 35), 1800), (SWITCHED_OFF, "switched_off", (3, 6), 3600)],
)  # fmt: skip
def test_numbers_nobody_answers(
    shop: Make, number: str, outcome: str, ring: tuple[int, int], retry: int
) -> None:
    """AM-54, AM-70: 001 is busy, 002 no answer, 003 switched off, each tried again after its time, three times in all."""
    floor = shop("user1")
    call = floor.push(number)
    assert (floor.status("user1"), floor.entry(call)["status"]) == (DIALLING, "dialling")
    floor.advance(3 * 3600)
    dialled = [second for second, kind in floor.story(call) if kind == "call.dialling"]
    ended = [second for second, kind in floor.story(call) if kind == "call.unanswered"]
    assert [ring[0] <= end - start <= ring[1] for start, end in zip(dialled, ended, strict=True)] == [
        True
    ] * 3
    assert [start - end for start, end in zip(dialled[1:], ended, strict=False)] == [retry] * 2
    assert [event["outcome"] for event in floor.events("call.unanswered")] == [outcome] * 3
    assert len({event["systemcallid"] for event in floor.events("call.dialling")}) == 3
    entry = floor.entry(call)
    assert (entry["status"], entry["attempts"], entry["outcome"]) == ("done", 3, outcome)
    assert floor.status("user1") == READY
    assert not floor.store.exists("recordings", tenant=TENANT, systemcallid=entry["systemcallid"])


@pytest.mark.parametrize(
    ("number", "ring", "talk"),
    [
        (AT_ONCE, (0, 0), (20, 240)),
        (LATE, (30, 30), (20, 240)),
        (HUNG_UP, (4, 20), (5, 5)),
        (LONG, (4, 20), (3600, 3600)),
        (MACHINE, (15, 20), (8, 8)),
    ],
)
@pytest.mark.parametrize("prefix", ["", "0"])
def test_numbers_that_are_answered(
    shop: Make, number: str, ring: tuple[int, int], talk: tuple[int, int], prefix: str
) -> None:
    """AM-54, AM-70, SIM-01: 004 at once, 005 after 30 s, 006 for 5 s, 007 an hour, 008 a machine; Talking, then Wrapup."""
    floor = shop("user1")
    call = floor.push(prefix + number)
    floor.advance(7200)
    story = {kind: second for second, kind in floor.story(call)}
    assert ring[0] <= story["call.answered"] - story["call.dialling"] <= ring[1]
    assert talk[0] <= story["call.ended"] - story["call.answered"] <= talk[1]
    assert story["recording.stored"] == story["call.ended"]
    assert (floor.entry(call)["status"], floor.status("user1")) == ("wrapup", WRAPUP)
    moves = [(event["before"], event["status"]) for event in floor.events("agent.status")]
    assert moves == [(READY, DIALLING), (DIALLING, TALKING), (TALKING, WRAPUP)]
    assert floor.user("user1")["since"] == floor.later(story["call.ended"])


@pytest.mark.parametrize(("number", "keys"), [(PRESSES_1, "1"), (PRESSES_2, "2")])
def test_numbers_that_press_a_key(shop: Make, number: str, keys: str) -> None:
    """AM-54: 101 presses 1 and 102 presses 2, six seconds into the conversation."""
    floor = shop("user1")
    call = floor.push(number)
    floor.advance(300)
    story = {kind: second for second, kind in floor.story(call)}
    assert story["key.pressed"] - story["call.answered"] == 6
    (event,) = floor.events("key.pressed")
    assert (event["keys"], floor.entry(call)["pressed"]) == (keys, keys)


def test_without_a_magic_number_the_seed_decides(shop: Make) -> None:
    """SIM-01: the same seed gives the same outcomes, another seed others; connected, no answer and busy all occur."""

    def outcomes(seed: int) -> list[str]:
        floor = shop("user1", seed=seed)
        choose(floor, attempts=1, wrapup=0)
        for number in range(60):
            floor.push(f"{9_100_000_000 + number}")
        floor.advance(86400)
        return [str(floor.entry(796 + number)["outcome"]) for number in range(60)]

    first = outcomes(7)
    assert outcomes(7) == first
    assert outcomes(8) != first
    seen = Counter(first)
    assert {"answered", "busy", "no_answer"} <= seen.keys()
    assert seen["answered"] > 20


@pytest.mark.parametrize(("most", "dialled"), [(1, 1), (2, 2), (5, 5)])
def test_the_limit_of_retries_is_a_rule(shop: Make, most: int, dialled: int) -> None:
    """SIM-01: a call is given up after as many attempts as the floor's rules say."""
    floor = shop("user1")
    choose(floor, attempts=most)
    call = floor.push(BUSY)
    floor.advance(86400)
    assert len(floor.dialled()) == dialled
    assert floor.story(call)[-1][1] == "call.done"


@pytest.mark.parametrize(("seconds", "status"), [(None, WRAPUP), (30, READY), (0, READY)])
def test_a_wrap_up_ends_by_itself_if_the_rules_say_so(shop: Make, seconds: int | None, status: int) -> None:
    """SIM-12: it waits for saveDisposition, or ends after its seconds; the entry is done then."""
    floor = shop("user1")
    choose(floor, wrapup=seconds)
    call = floor.push(HUNG_UP)
    floor.advance(3600)
    assert floor.status("user1") == status
    story = {kind: second for second, kind in floor.story(call)}
    assert story.get("call.done") == (None if seconds is None else story["call.ended"] + seconds)


def test_a_disposition_ends_the_call_and_books_the_next(shop: Make) -> None:
    """SIM-01, SIM-07, AM-70: saveDisposition closes the entry, readies the agent, and its callback is dialled in its turn."""
    floor = shop("user1", "rupesh.v@avhan.com")
    call = floor.push(HUNG_UP, userlogin="user1")
    floor.advance(60)
    due = floor.later(86400)
    assert floor.dispose("user1", HUNG_UP, disporeasonid=2, selecteddatetime=due) == 3
    assert (floor.entry(call)["status"], floor.status("user1")) == ("done", READY)
    booked = floor.entry(call + 1)
    assert (booked["status"], booked["calltype"], booked["login"]) == ("scheduled", 21, "user1")
    floor.advance(86400 - 61)
    assert floor.entry(call + 1)["status"] == "scheduled"
    floor.advance(1)
    assert floor.dialled() == [(call, "user1"), (call + 1, "user1")]
    assert floor.story(call + 1)[-1] == (86400, "call.dialling")


def test_a_disposition_may_leave_the_agent_where_he_is(shop: Make) -> None:
    """SIM-12: with disp_auto_ready=off the entry is closed and the agent goes on wrapping up."""
    floor = shop("user1")
    call = floor.push(HUNG_UP)
    floor.advance(60)
    assert floor.dispose("user1", HUNG_UP, quirks={"disp_auto_ready": "off"}) == 3
    assert (floor.entry(call)["status"], floor.status("user1")) == ("done", WRAPUP)


def test_the_recording_of_a_call_is_there_for_the_api(shop: Make) -> None:
    """MREC-11, SIM-18, SIM-01: both recording methods return its documented address with single slashes, and it plays for as long as the call was."""
    floor = shop("user1")
    call = floor.push(HUNG_UP)
    floor.advance(60)
    made = floor.entry(call)["systemcallid"]
    year, month, day, hour = f"20{made[:2]}", made[2:4], made[4:6], made[6:8]
    stored = f"http://192.168.2.127/recordings/1/1/{year}/{month}/{day}/{hour}/{made}_0000.MP3"
    one = printed("GV-17", servicekey="VoiceProcess", sessionid=call, systemcallid=made)
    several = printed("GV-19", servicekey="VoiceProcess", systemcallids=[made])
    answers = [floor.api.post(command) for command in (one, several)]
    links = [link for answer in answers for link in _links(answer.body)]
    assert [link.split("/recordings/")[1] for link in links] == [stored.split("/recordings/")[1]] * 2
    (row,) = [row for _, row in floor.store.rows("recordings") if row["systemcallid"] == made]
    assert (row["url"], row["seconds"], row["sessionid"]) == (stored, 5, call)


def _links(value: Any) -> list[str]:
    """Return every text with a link in a document."""
    if isinstance(value, dict):
        return [link for each in value.values() for link in _links(each)]
    if isinstance(value, list):
        return [link for each in value for link in _links(each)]
    return [value] if isinstance(value, str) and "/recordings/" in value else []


def test_a_wrong_session_is_no_recording(shop: Make) -> None:
    """SIM-18: the session of a generated system call id is its call-list id, and no other."""
    floor = shop("user1")
    call = floor.push(HUNG_UP)
    floor.advance(60)
    made = floor.entry(call)["systemcallid"]
    answers = [
        floor.api.post(printed("GV-17", servicekey="VoiceProcess", sessionid=session, systemcallid=made))
        for session in (call, call + 1)
    ]
    assert len(_links(answers[0].body)) == 1
    assert _links(answers[1].body) == []


def test_an_entry_stands_where_its_call_does(shop: Make) -> None:
    """AM-70: scheduled, queued, dialling, talking, wrapup and done, one after the other, as the state dump shows them."""
    floor = shop()
    call, stood = floor.push(LATE, callDateTime=floor.later(60)), []

    def look() -> None:
        rows = floor.store.dump()["tables"]["calls"]
        stood.append(next(row["status"] for row in rows if row["calllistid"] == call))

    look()
    floor.advance(60)
    look()
    floor.put("user1", READY)
    for seconds in (0, 30, 600):
        floor.advance(seconds)
        look()
    assert floor.dispose("user1", LATE) == 3
    look()
    assert stood == ["scheduled", "queued", "dialling", "talking", "wrapup", "done"]
