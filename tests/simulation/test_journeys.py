"""The documents' journeys, through the API of a real server and the clock of a sandbox: nothing else makes things happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import Sandbox
from tests.recordings.mpeg import frames
from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.client import Reply

MORNING = "2026-01-05 09:00:00"
TOMORROW = "2026-01-06 10:00:00"
HUNG_UP, AT_ONCE = "1110001006", "1110001004"
CUSTOMER = "9000100203"
RUPESH, TEST = "rupesh.v@avhan.com", "test@avhan.com"
READY, TALKING, WRAPUP, ABSENT = 1, 5, 7, 11


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server whose links of recordings lead to itself."""
    with running("--recording-base", "self") as server:
        yield server.ready["url"]


@pytest.fixture
def jodo(url: str) -> Iterator[Sandbox]:
    """A sandbox on a morning, its dialler switched on, with Rupesh and Test at work and everybody else gone."""
    with Sandbox(
        url, clock={"mode": "frozen", "now": MORNING}, dialler="auto", process="VoiceProcess"
    ) as sandbox:
        for user in sandbox.admin("GET", "/simulation/users", query={"apikey": sandbox.apikey})["users"]:
            if user["login"] not in (RUPESH, TEST):
                sandbox.set_user_status(user["login"], "logged_out")
        yield sandbox


def push(jodo: Sandbox, number: str, **record: Any) -> Reply:
    """Push one customer to be called; it must be accepted."""
    media = record.pop("media", "12")
    data = [{"sr_number": "1458", "mobilenumber": number, **record}]
    fields = {"media": media, "updateparam": "mobilenumber", "data": data}
    reply = jodo.send(
        {"method": "ImportProcessData", "apikey": jodo.apikey, "servicekey": jodo.servicekey, **fields},
        headers={"X-Mock-Edition": "web" if "userlogin" in record else "1.0.6"},
    )
    assert reply.status == 1
    return reply


def current(jodo: Sandbox, login: str) -> tuple[int, int]:
    """Return an agent's status and for how many seconds he has been in it, as userStatus says."""
    (row,) = jodo.call("userStatus", loginids=[login]).body["statusdata"]
    return row["currentstatus"], row["duration"]


def entry(jodo: Sandbox, number: int) -> Any:
    """Return a call of the sandbox's own tenant."""
    return jodo.admin("GET", f"/simulation/calls/{number}")["call"]


def happened(jodo: Sandbox, **filters: Any) -> list[Any]:
    """Return events, oldest first."""
    found: list[Any] = jodo.admin("GET", "/events", query={"limit": 1000, **filters})["events"]
    return found[::-1]


def dispose(jodo: Sandbox, login: str, number: str, reason: int = 1, due: str = MORNING) -> Reply:
    """Save how a call ended."""
    return jodo.call(
        "saveDisposition",
        login=login, dispomasterid=1, disporeasonid=reason, remarks="Spoke to the customer",
        selecteddatetime=due, contactvalue=number, media="Voice Out",
    )  # fmt: skip


def test_click_to_call_to_the_recording(jodo: Sandbox) -> None:
    """SIM-01, MREC-11: a pushed customer is called, talked to and wrapped up; the recording of the call can be had and played."""
    push(jodo, HUNG_UP)
    (dialling,) = happened(jodo, kind="call.dialling")
    agent, number = dialling["login"], dialling["calllistid"]
    jodo.advance(until={"call": number, "status": "talking"})
    assert current(jodo, agent) == (TALKING, 0)
    jodo.advance(until={"call": number, "status": "wrapup"})
    jodo.advance(seconds=12)
    assert current(jodo, agent) == (WRAPUP, 12)
    assert dispose(jodo, agent, HUNG_UP).status == 3
    assert current(jodo, agent) == (READY, 0)
    made = entry(jodo, number)["systemcallid"]
    reply = jodo.call("customer_recording", sessionid=number, systemcallid=made)
    (link,) = [value for value in reply.body.values() if "/recordings/" in str(value)]
    assert link.endswith(f"/recordings/1/1/2026/01/05/09/{made}_0000.MP3")
    sound = requests.get(link, timeout=20)
    assert (sound.status_code, sound.headers["Content-Type"]) == (200, "audio/mpeg")
    assert frames(sound.content)
    assert [event["seconds"] for event in happened(jodo, kind="recording")] == [5]


def test_a_campaign_is_pushed_and_a_customer_calls(jodo: Sandbox) -> None:
    """SIM-04: data of media 11 is never dialled; when one of its customers calls, the agent sees the newest record."""
    push(jodo, CUSTOMER, media="11", name="Asha", campaign_name="NPS")
    jodo.advance(hours=1)
    push(jodo, CUSTOMER, media="11", name="Asha Rao", campaign_name="NPS", comments="Moved")
    jodo.advance(hours=1)
    assert not happened(jodo, kind="call.dialling")
    came = jodo.admin("POST", "/simulation/incoming", {"servicekey": jodo.servicekey, "number": CUSTOMER})
    pop, call = came["screen_pop"], came["call"]
    shown = (pop["fields"]["name"], pop["contact"], pop["fields"]["campaign_name"], pop["fields"]["comments"])
    assert shown == ("Asha Rao", CUSTOMER, "NPS", "Moved")
    answered = jodo.admin("POST", f"/simulation/calls/{call['calllistid']}/answer", {})["call"]
    assert answered["status"] == "talking"
    assert current(jodo, call["agent"])[0] == TALKING
    jodo.advance(minutes=3)
    jodo.admin("POST", f"/simulation/calls/{call['systemcallid']}/hangup", {"by": "customer"})
    assert current(jodo, call["agent"]) == (WRAPUP, 0)
    assert [event["seconds"] for event in happened(jodo, kind="recording")] == [180]


def test_the_calls_of_an_absent_agent_are_made_by_the_other(jodo: Sandbox) -> None:
    """SIM-07, RAD-11: Rupesh is away; his call of ten o'clock is given to Test with reallocatedata, who makes it then."""
    push(jodo, AT_ONCE, userlogin=RUPESH, callDateTime="2026-01-05 10:00:00")
    jodo.set_user_status(RUPESH, ABSENT)
    jodo.call(
        "reallocatedata",
        contactnumber=AT_ONCE,
        login=TEST,
        calldatetime="2026-01-05 10:00:00",
        customercode=0,
    )
    assert jodo.advance(until="2026-01-05 09:59:59")["events"] == 0
    jodo.advance(until={"login": TEST, "status": "Talking"})
    (dialled,) = happened(jodo, kind="call.dialling")
    assert (dialled["login"], dialled["at"]) == (TEST, "2026-01-05 10:00:00.000")
    assert current(jodo, RUPESH)[0] == ABSENT


def test_a_callback_is_made_on_the_next_day(jodo: Sandbox) -> None:
    """SIM-01, SIM-07, DISP-18: a disposition books a callback, which the same agent dials on the next day at its time."""
    push(jodo, HUNG_UP, userlogin=TEST)
    jodo.advance(until={"login": TEST, "status": "Wrapup"})
    assert dispose(jodo, TEST, HUNG_UP, reason=2, due=TOMORROW).status == 3
    jodo.advance(until="2026-01-06 09:59:59")
    assert len(happened(jodo, kind="call.dialling")) == 1
    jodo.advance(seconds=1)
    first, second = happened(jodo, kind="call.dialling")
    assert (second["login"], second["contact"], second["at"]) == (TEST, HUNG_UP, f"{TOMORROW}.000")
    assert second["calllistid"] != first["calllistid"]
    assert entry(jodo, second["calllistid"])["calltype"] == 21
