"""Speech before a call: from 10500 to a key press, with the built-in engine and with one of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.values import moment
from tests.deliveries.floor import NUMBER, Floor
from tests.simulation.receiver import receiving, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

SAID = "Dear Asha Rao, this is a message from TtsProcess. Press 1 for sales, press 2 for support."


def test_with_the_dialler_off_nothing_is_made(floor: Floor) -> None:
    """REF-05, SIM-06: the record waits as 10500 for as long as time passes; the verb has it made within seconds."""
    floor.push()
    floor.advance(86400)
    assert (floor.entry()["status"], floor.entry()["liststatus"]) == ("speech", 10500)
    assert floor.events("speech") == []
    assert floor.ok("POST", "/simulation/speech", {}) == {"requested": [796], "waiting": 1}
    assert floor.ok("POST", "/simulation/speech", {}) == {"requested": [], "waiting": 1}
    floor.advance(1)
    assert floor.entry()["liststatus"] == 10500
    floor.advance(6)
    assert (floor.entry()["status"], floor.entry()["liststatus"]) == ("queued", 1001)
    asked, done = floor.events("speech")
    assert (asked["kind"], asked["engine"]) == ("speech.requested", "builtin")
    assert (done["kind"], done["utterance"], done["language"]) == ("speech.converted", SAID, "en-IN")


@pytest.mark.parametrize(("ending", "key"), [("101", "1"), ("102", "2")])
def test_from_10500_to_a_key_press(auto: Floor, ending: str, key: str) -> None:
    """SIM-05, REF-05, AM-54: converted at once, dialled at the scheduled time, the message played, the key pressed."""
    number = f"1110001{ending}"
    auto.ok("POST", "/simulation/users/user1/status", {"status": "Ready"})
    due = auto.now.replace(microsecond=0).isoformat(" ")[:10] + " 23:59:59"
    auto.push(number, callDateTime=due)
    auto.advance(10)
    assert (auto.entry(number)["status"], auto.entry(number)["liststatus"]) == ("scheduled", 1001)
    auto.ok("POST", "/clock/advance", {"until": {"call": 796, "status": "talking", "within": 90000}})
    dialled = auto.events("call.dialling")[0]
    assert dialled["at"][:19] == due
    assert auto.events("message")[0]["utterance"] == SAID
    auto.advance(120)
    assert [event["keys"] for event in auto.events("key.pressed")] == [key]
    assert auto.entry(number)["pressed"] == key


@pytest.mark.parametrize(
    ("fields", "language", "begins"),
    [
        ({"fname": "", "lname": "", "name": "Meera"}, "en-IN", "Dear Meera,"),
        ({"fname": "", "lname": ""}, "en-IN", "Dear customer,"),
        ({"language": "hi-IN"}, "hi-IN", "प्रिय Asha Rao"),
        ({"language": "fr"}, "fr", "Dear Asha Rao"),
    ],
)
def test_names_and_languages(auto: Floor, fields: dict[str, str], language: str, begins: str) -> None:
    """SIM-06: first and last name, else the name; the language is the record's own where it has one."""
    auto.push(**fields)
    auto.advance(10)
    event = auto.events("speech.converted")[0]
    assert (event["language"], event["utterance"][: len(begins)]) == (language, begins)


def test_the_engine_of_the_user(auto: Floor) -> None:
    """SIM-06: it gets the names, number, text, language and the other fields; 2xx turns 10500 to 1001."""
    with receiving((204, {}, b"")) as engine:
        auto.configure(speech={"engine": "url", "url": f"{engine.url}/tts?voice=a", "language": "hi-IN"})
        auto.push(amount="10")
        converted = auto.events("speech.converted", wait=10)[0]
    assert converted["liststatus"] == auto.entry()["liststatus"] == 1001
    (got,) = engine.got
    assert got.path == "/tts?voice=a"
    text = got.body.pop("text")
    assert text.startswith("प्रिय Asha Rao")
    assert got.body.pop("fields")["amount"] == "10"
    names = {"fname": "Asha", "lname": "Rao", "number": NUMBER, "language": "hi-IN"}
    assert got.body == {"calllistid": 796, "process": "TtsProcess", "customercode": 125, **names}
    assert (got.headers["x-mock-delivery"], got.headers["x-mock-attempt"]) == ("d1", "1")
    assert got.headers["content-type"] == "application/json"


def test_an_engine_that_fails_is_tried_again(auto: Floor) -> None:
    """SIM-06: each failure leaves 10500; retries fall due on the sandbox's clock, and the third succeeds."""
    with receiving((500, {}, b"no voice"), (302, {"Location": "/elsewhere"}, b"")) as engine:
        auto.configure(speech={"engine": "url", "url": f"{engine.url}/tts"})
        auto.push()
        (first,) = auto.settled()
        assert (first["status"], first["attempts"], first["http_status"]) == ("waiting", 1, 500)
        assert (first["answer"], first["error"]) == ("no voice", "answered HTTP 500")
        assert auto.entry()["liststatus"] == 10500
        auto.advance(60)
        assert "not followed" in auto.settled()[0]["error"]
        auto.advance(299)
        assert len(engine.got) == 2
        auto.advance(1)
        auto.events("speech.converted", wait=10)
    assert (auto.entry()["liststatus"], engine.paths()) == (1001, ["/tts"] * 3)


def test_an_engine_that_keeps_failing(auto: Floor) -> None:
    """SIM-06: after the last retry it is told and the entry stays 10500; the verb tries again."""
    with receiving(*[(503, {}, b"")] * 3) as engine:
        auto.configure(speech={"engine": "url", "url": engine.url})
        auto.push()
        for seconds in (60, 300):
            auto.settled()
            auto.advance(seconds)
        (failed,) = auto.events("speech.failed", wait=10)
        assert (failed["error"], failed["attempts"], failed["delivery"]) == ("answered HTTP 503", 3, "d1")
        assert (auto.entry()["status"], auto.entry()["liststatus"]) == ("speech", 10500)
        auto.advance(86400)
        assert len(engine.got) == 3
        assert auto.ok("POST", "/simulation/speech", {"calllistid": 796})["requested"] == [796]
        auto.events("speech.converted", wait=10)
    assert auto.entry()["liststatus"] == 1001


def test_switching_the_dialler_on_begins_what_waits(floor: Floor) -> None:
    """SIM-06: records that were pushed while the dialler was off have their speech made when it is switched on."""
    floor.push()
    floor.configure(dialler="auto")
    floor.advance(6)
    assert floor.entry()["liststatus"] == 1001


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"calllistid": 1}, "/calllistid"),
        ({"calllistid": 796, "apikey": "nobody"}, "/apikey"),
        ({"calllistid": "796"}, "/calllistid"),
    ],
)
def test_speech_that_nobody_waits_for(floor: Floor, body: Mapping[str, Any], pointer: str) -> None:
    """422 names the member and what would fit; nothing is asked for."""
    floor.push()
    problem = floor.refused("POST", "/simulation/speech", body)
    assert (problem["status"], problem["errors"][0]["pointer"]) == (422, pointer)
    assert floor.events("speech") == []


def test_the_same_seed_makes_the_same_speech() -> None:
    """SIM-06: with the built-in engine two runs of the same commands tell the same events, times included."""
    told = []
    for _ in range(2):
        made = Floor(dialler="auto", at=moment("2026-01-02 09:00:00"), seed=7)
        made.push("1110001101", "1110001102", NUMBER)
        made.advance(3600)
        told.append([{k: v for k, v in event.items() if k != "real"} for event in made.events("speech")])
        made.close()
    assert told[0] == told[1]
    assert len(told[0]) == 6


def test_an_engine_that_never_answers_holds_up_nothing(auto: Floor) -> None:
    """SIM-06: commands, admin calls, time and other deliveries go on while it is waited for; reset ends the matter."""
    with silent() as url, receiving() as hook:
        auto.configure(speech={"engine": "url", "url": url}, hooks=[{"url": hook.url, "events": ["agent"]}])
        auto.push(NUMBER, "9000000009")
        auto.advance(3600)
        auto.ok("POST", "/simulation/users/dinesh.s@avhan.com/status", {"status": "Talking"})
        (sent,) = auto.ended(kind="hook")
        assert (sent["status"], hook.got[0].body["kind"]) == ("sent", "agent.status")
        waiting = auto.ok("GET", "/simulation/deliveries?kind=speech&status=waiting")
        assert waiting["total"] == 2
        auto.ok("POST", "/reset")
        assert auto.ok("GET", "/simulation/deliveries")["total"] == 0
