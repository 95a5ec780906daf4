"""Which entry is dialled, when, and for whom (SIM-01, SIM-03, SIM-07, SIM-08, SIM-09, SIM-11, SIM-14, AM-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api import IMPORT, NOW
from tests.simulation.floors import (
    AT_ONCE,
    BUSY,
    HUNG_UP,
    NO_ANSWER,
    OUT,
    PREVIEW,
    READY,
    TENANT,
    WRAPUP,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.floors import (
        Shop,
    )

    Make = Callable[..., Shop]

RUPESH = "rupesh.v@avhan.com"
HOT, FRESH, PREVIEW_CALL, PREVIEW_CALLBACK = "5", "1001", "71", "31"


def test_hot_leads_first_then_the_oldest(shop: Make) -> None:
    """SIM-08, SIM-01: with one agent, hot leads go before all others, and of the same kind the older before the newer."""
    floor = shop("user1")
    floor.put("user1", OUT)
    old, new = floor.push(BUSY), floor.push(BUSY)
    floor.advance(1)
    cold, hot, hotter = floor.push(BUSY), floor.push(BUSY, call_type=HOT), floor.push(BUSY, call_type=HOT)
    floor.put("user1", READY)
    floor.advance(200)
    assert floor.dialled()[:5] == [(number, "user1") for number in (hot, hotter, old, new, cold)]


def test_a_hot_lead_goes_first_among_those_of_one_moment(shop: Make) -> None:
    """SIM-08, SIM-07: of entries scheduled for the same second the hot leads are dialled first, the others by age."""
    floor = shop("user1")
    noon = floor.later(60)
    old, new = floor.push(BUSY, callDateTime=noon), floor.push(BUSY, callDateTime=noon)
    hot = floor.push(BUSY, callDateTime=noon, call_type=HOT)
    cold = floor.push(BUSY, callDateTime=noon)
    floor.advance(60)
    assert floor.dialled() == [(hot, "user1")]
    floor.advance(60)
    assert floor.dialled() == [(number, "user1") for number in (hot, old, new, cold)]


def test_entries_of_one_moment_go_to_all_who_are_ready(shop: Make) -> None:
    """SIM-07, SIM-09: what stands back for hot leads is dialled in the same second when somebody is left for it."""
    floor = shop("user1", RUPESH)
    noon = floor.later(60)
    his, anybodys = floor.push(BUSY, callDateTime=noon, userlogin=RUPESH), floor.push(BUSY, callDateTime=noon)
    later = floor.push(BUSY, callDateTime=noon)
    floor.advance(60)
    assert sorted(floor.dialled()) == [(his, RUPESH), (anybodys, "user1")]
    assert floor.entry(later)["status"] == "queued"


def test_an_entry_of_somebody_waits_for_him(shop: Make) -> None:
    """SIM-09: userlogin's entry goes to that agent alone, however long others are free; anybody's goes to whoever is."""
    floor = shop("user1", RUPESH)
    floor.put(RUPESH, OUT)
    his, anybodys = floor.push(BUSY, userlogin=RUPESH), floor.push(BUSY)
    floor.advance(60)
    assert floor.dialled() == [(anybodys, "user1")]
    assert floor.entry(his)["status"] == "queued"
    floor.put(RUPESH, READY)
    assert floor.dialled()[1:] == [(his, RUPESH)]


def test_an_agent_gets_his_own_and_anybodys_by_age(shop: Make) -> None:
    """SIM-08, SIM-09: what is his and what is anybody's stand in one order for him; another's are not in it."""
    floor = shop("user1")
    floor.put("user1", OUT)
    anybodys, his, others = (
        floor.push(BUSY),
        floor.push(BUSY, userlogin="user1"),
        floor.push(BUSY, userlogin=RUPESH),
    )
    hot = floor.push(BUSY, userlogin="user1", call_type=HOT)
    floor.put("user1", READY)
    floor.advance(30)
    assert [number for number, _ in floor.dialled()] == [hot, anybodys, his]
    assert floor.entry(others)["attempts"] is None


def test_the_agent_who_has_been_ready_for_longest_is_taken(shop: Make) -> None:
    """SIM-01: of two who are ready the one who became so first."""
    floor = shop("user1", RUPESH)
    floor.put("user1", WRAPUP)
    floor.advance(5)
    floor.put("user1", READY)
    numbers = floor.push(BUSY), floor.push(BUSY)
    assert floor.dialled() == [(numbers[0], RUPESH), (numbers[1], "user1")]


@pytest.mark.parametrize("kind", [PREVIEW_CALL, PREVIEW_CALLBACK])
def test_previews_wait_for_an_agent_who_asks_for_them(shop: Make, kind: str) -> None:
    """SIM-08: types 71 and 31 are dialled for an agent in status 3 alone, who gets nothing else meanwhile."""
    floor = shop("user1")
    preview, plain = floor.push(BUSY, call_type=kind), floor.push(BUSY)
    floor.advance(60)
    assert floor.dialled() == [(plain, "user1")]
    floor.put("user1", PREVIEW)
    assert floor.dialled() == [(plain, "user1"), (preview, "user1")]
    another = floor.push(BUSY)
    floor.put("user1", PREVIEW)
    floor.advance(20)
    assert floor.entry(another)["attempts"] is None


@pytest.mark.parametrize("kind", ["21", "41", "1001"])
def test_other_types_are_labels(shop: Make, kind: str) -> None:
    """SIM-08: callbacks and fresh calls are dialled like any other."""
    floor = shop("user1")
    number = floor.push(BUSY, call_type=kind)
    assert floor.dialled() == [(number, "user1")]


@pytest.mark.parametrize("before", [True, False])
def test_barred_numbers_are_never_dialled(shop: Make, before: bool) -> None:
    """SIM-14: a number of the DNC list is stored; one that comes onto it while it is queued is taken off the list."""
    floor = shop("user1")
    floor.put("user1", OUT)
    numbers = [] if before else [floor.push(HUNG_UP)]
    with floor.store.unit():
        floor.store.insert("dnc", {"tenant": TENANT, "number": HUNG_UP})
    numbers += [floor.push(HUNG_UP)] if before else []
    floor.put("user1", READY)
    floor.advance(86400)
    assert floor.dialled() == []
    assert floor.entry(numbers[0])["status"] == "stored"
    assert [event["kind"] for event in floor.events("call.barred")] == ["call.barred"] * (not before)
    assert floor.status("user1") == READY


@pytest.mark.parametrize("edition", ["1.0.6", "web"])
@pytest.mark.parametrize(
    ("process", "number"),
    [("GsmTrunk", "+918850014998"), ("TelcoTrunk", "00918850014998"), ("TelcoTrunk", "08850014998")],
)
def test_numbers_of_the_trunk_are_dialled_as_they_came(
    shop: Make, process: str, number: str, edition: str
) -> None:
    """SIM-11, SIM-01: + on a GSM trunk and 00 on a TELCO trunk are dialled in both editions, prefix and all."""
    floor = shop("user1")
    data = [{"sr_number": "1", "mobilenumber": number}]
    assert floor.api.post({**IMPORT, "servicekey": process, "data": data}, edition=edition).status == 1
    assert [event["contact"] for event in floor.events("call.dialling")] == [number]


@pytest.mark.parametrize("number", ["+918850014998", "00918850014998", "88500"])
def test_what_the_trunk_does_not_take_is_not_dialled(shop: Make, number: str) -> None:
    """SIM-11, SIM-10: a number that the edition refuses comes to no call at all."""
    floor = shop("user1")
    command = {**IMPORT, "data": [{"sr_number": "1", "mobilenumber": number}]}
    floor.api.post(command, edition="1.0.6")
    floor.advance(60)
    assert floor.events() == []


@pytest.mark.parametrize("number", ["88-500", "12"])
def test_an_invalid_number_is_stored_and_not_dialled(shop: Make, number: str) -> None:
    """SIM-10, SIM-01: where the edition stores any text, what is no number stays on the list as stored."""
    floor = shop("user1")
    command = {**IMPORT, "servicekey": "VoiceProcess", "data": [{"sr_number": "1", "mobilenumber": number}]}
    assert floor.api.post(command, edition="web").status == 1
    floor.advance(60)
    assert floor.dialled() == []
    assert [row["status"] for _, row in floor.store.rows("calls") if row["contact"] == number] == ["stored"]


@pytest.mark.parametrize("media", ["2", "4"])
def test_other_media_are_noted_and_nothing_is_sent(shop: Make, media: str) -> None:
    """SIM-03: an SMS or e-mail entry is stored, one event tells of it, and time brings nothing more."""
    floor = shop("user1")
    number = floor.push(HUNG_UP, media=media)
    floor.advance(86400)
    assert floor.entry(number)["status"] == "stored"
    (event,) = floor.events()
    assert (event["kind"], event["media"], event["calllistid"]) == ("media.stored", int(media), number)


def test_a_call_of_later_is_dialled_at_its_time(shop: Make) -> None:
    """SIM-07: scheduled, then queued and dialled to the second when the clock passes callDateTime."""
    floor = shop("user1")
    number = floor.push(AT_ONCE, callDateTime=floor.later(90))
    floor.advance(89)
    assert floor.story(number) == [(0, "call.scheduled")]
    floor.advance(1)
    assert floor.story(number)[1:3] == [(90, "call.queued"), (90, "call.dialling")]


def test_switched_off_nothing_is_dialled_until_ticked(shop: Make) -> None:
    """AM-09, SIM-01: scheduled calls fall due and stay queued whatever the clock does; a tick dials one for each agent."""
    floor = shop("user1", dialler="off")
    first, second = floor.push(NO_ANSWER), floor.push(BUSY, callDateTime=floor.later(60))
    floor.advance(7 * 86400)
    floor.sandbox.clock.set("frozen", NOW, 1)
    floor.sandbox.settle()
    assert [floor.entry(number)["status"] for number in (first, second)] == ["queued", "queued"]
    assert floor.dialled() == []
    assert floor.sandbox.tick() == 1
    assert floor.dialled() == [(first, "user1")]
    floor.advance(3600)
    assert floor.dialled() == [(first, "user1")]
    assert floor.sandbox.tick() == 1
    assert floor.dialled() == [(first, "user1"), (second, "user1")]


def test_agents_of_the_process_own_tenant_alone(shop: Make) -> None:
    """SIM-01: an entry of another tenant is not dialled by these agents."""
    floor = shop("user1")
    command = {
        **IMPORT,
        "apikey": "e763f560e120b316ea7ea4f2de646d780e64457c160c",
        "servicekey": "clicktocall_457_23122019105710",
    }
    assert floor.api.post(command).status == 1
    floor.advance(60)
    assert floor.dialled() == []
