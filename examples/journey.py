"""A client of the Jodo Customer Web Service from its first push to its last user, against the sandbox.

It needs nothing but ``requests``. Every command goes out as clients send them: a form with one field, ``data``,
that holds JSON. Start the server so that its recording links lead to itself, and run this beside it::

    jodo-mock serve --recording-base self
    python examples/journey.py

The journey takes place in a sandbox of its own, with keys of its own, and removes it at the end. The exit
code is 0 when every step went as it should, and 1 when one did not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

import requests

PROCESS = "VoiceProcess"
"""The sample data has this process, with a few agents and recorded calls."""

AGENT, OTHER_AGENT, NEW_AGENT = "user1", "user10", "asha@example.com"
NUMBERS = ("9876500001", "9876500002", "9876500003")
RECORDED: dict[str, Any] = {"sessionid": 8, "systemcallid": "180717171728015031"}
TIMEOUT = 10  # seconds


class Surprise(Exception):
    """Something did not go as it should."""


class Jodo:
    """One sandbox: the API that a client of the vendor sees, and what only a sandbox has."""

    def __init__(self, url: str, token: str | None) -> None:
        self.http = requests.Session()
        # The admin API asks for a token when the server can be reached from other machines.
        self.admin_headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.root = url.rstrip("/") + "/__admin"
        self.home = self.root
        made = self.admin("POST", "/sandboxes", {})
        self.home = f"{self.root}/sandboxes/{made['key']}"
        self.endpoint = made["endpoint"]
        self.keys = {"apikey": made["apikey"], "servicekey": made["servicekeys"][PROCESS]}
        say("sandbox", "made", made["url"])

    def admin(self, verb: str, path: str, body: Any = None) -> Any:
        """Ask the admin API of the sandbox, and return what it answers."""
        reply = self.http.request(
            verb, self.home + path, json=body, headers=self.admin_headers, timeout=TIMEOUT
        )
        if not reply.ok:
            raise Surprise(f"{verb} {path}: HTTP {reply.status_code}: {reply.text}")
        return reply.json() if reply.content else None

    def send(self, method: str, about: str, **fields: Any) -> dict[str, Any]:
        """Send a command with both keys, and return the answer; failures are HTTP 200 as well."""
        command = {"method": method, **self.keys, **fields}
        reply = self.http.post(self.endpoint, data={"data": json.dumps(command)}, timeout=TIMEOUT)
        answer: dict[str, Any] = reply.json()
        say(method, about, f"status {outcome(answer)}")
        if str(answer.get("statusdesc", "success")).casefold() != "success":
            raise Surprise(f"{method}: {reply.text} ({reply.headers.get('X-Mock-Status-Description')})")
        return answer

    def close(self) -> None:
        """Remove the sandbox with all that is in it."""
        self.admin("DELETE", "")
        say("sandbox", "removed", self.home)


def outcome(answer: dict[str, Any]) -> Any:
    """Return the vendor's status: three methods call it statuscode, and userStatus has one for each user only."""
    for key in ("status", "statuscode"):
        if key in answer:
            return answer[key]
    return [each["status"] for each in answer["statusdata"]]


def say(step: str, sent: str, told: object) -> None:
    """Print one line of the journey."""
    print(f"{step:18} {sent:32} {told}")


def expect(fact: object, otherwise: str) -> None:
    """Break off unless something holds."""
    if not fact:
        raise Surprise(otherwise)


def push_customers(jodo: Jodo) -> None:
    """Three customers, to be called by voice (media 12)."""
    records = [
        {"mobilenumber": number, "sr_number": f"J{number}", "campaign_name": "NPS"} for number in NUMBERS
    ]
    answer = jodo.send(
        "ImportProcessData", "three customers", media="12", updateparam="mobilenumber", data=records
    )
    told = [(each["statuscode"], each["info"]) for each in answer["statusdata"]]
    expect(told == [("001", "##NEW_CUSTOMER")] * 3, f"the records were answered {told}")


def work_the_calls(jodo: Jodo) -> None:
    """Look at two agents, give one of the calls to one of them, and let him end it with a callback."""
    answer = jodo.send("userStatus", f"{AGENT}, {OTHER_AGENT}", loginids=[AGENT, OTHER_AGENT])
    for each in answer["statusdata"]:
        say("", each["login"], each["currentstatusdesc"])
    jodo.send("reallocatedata", f"{NUMBERS[0]} to {AGENT}", contactnumber=NUMBERS[0], login=AGENT)

    # Nobody really calls in a sandbox, so the agent is told where he stands.
    status = jodo.admin("POST", f"/simulation/users/{AGENT}/status", {"status": "Wrapup"})
    say("simulation", f"{AGENT} wraps up", status["name"])
    jodo.send(
        "saveDisposition", f"{NUMBERS[0]} wants a callback", login=AGENT, contactvalue=NUMBERS[0],
        dispomasterid=1, disporeasonid=2, selecteddatetime="2030-01-02 09:30:00", media="Voice Out",
        remarks="Please call again",
    )  # fmt: skip
    calls = [call for call in jodo.admin("GET", "/state/calls")["rows"] if call["contact"] == NUMBERS[0]]
    expect([call["status"] for call in calls] == ["done", "scheduled"], f"the call list holds {calls}")
    say("", "the call list now has", f"{calls[-1]['contact']}, {calls[-1]['due']}, {calls[-1]['login']}")

    answer = jodo.send(
        "getProcessData", NUMBERS[0], searchparam="mobilenumber", mobilenumber=[calls[-1]["contact"]]
    )
    (customer,) = answer["data"]
    say("", "the customer to call back", customer["sr_number"])


def listen(jodo: Jodo) -> None:
    """Fetch the link to a recorded call, and what it leads to."""
    answer = jodo.send("customer_recording", RECORDED["systemcallid"], **RECORDED)
    link = answer["recordingfilepath"]
    if not link.startswith(jodo.root.removesuffix("__admin")):
        raise Surprise(
            f"the link {link} leads to the host that the documents print, which nobody reaches:"
            " start the server with --recording-base self"
        )
    sound = jodo.http.get(link, timeout=TIMEOUT)
    sound.raise_for_status()
    frames, seconds = parse_mpeg(sound.content)
    say("recording", "GET the link", f"{frames} frames, {seconds:.1f} s")


def parse_mpeg(content: bytes) -> tuple[int, float]:
    """Return how many MPEG-2 layer III frames a sound has, and how long they play; Surprise when it is no such sound."""
    at, frames, seconds = 0, 0, 0.0
    if content[:3] == b"ID3":  # tags come first; seven bits of each byte count
        at = 10 + sum(
            (byte & 127) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True)
        )
    while len(content) - at >= 4:
        head = int.from_bytes(content[at : at + 4], "big")
        if content[at : at + 3] == b"TAG":  # the tags of old, at the end
            break
        expect(head >> 17 == 0b111_1111_1111_10_01, f"no frame of MPEG-2 layer III begins at byte {at}")
        kilobits = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)[head >> 12 & 15]
        rate = (22050, 24000, 16000, 0)[head >> 10 & 3]
        expect(kilobits and rate, f"a frame of no known rate begins at byte {at}")
        at += 72_000 * kilobits // rate + (head >> 9 & 1)
        frames, seconds = frames + 1, seconds + 576 / rate
    expect(frames, "there is no sound")
    return frames, seconds


def manage_users(jodo: Jodo) -> None:
    """Add a user, change her name, take her away."""
    user: dict[str, Any] = {"loginid": NEW_AGENT, "usertype": "user", "mediadetails": [{"media": "Voice In"}]}
    added = jodo.send("addEditUser", f"add {NEW_AGENT}", action="add", username="Asha", **user)
    edited = jodo.send("addEditUser", f"edit {NEW_AGENT}", action="edit", username="Asha Rao", **user)
    expect(added["userid"] == edited["userid"], "the edit was of somebody else")
    jodo.send("deleteUser", NEW_AGENT, loginid=NEW_AGENT)


def journey(jodo: Jodo) -> None:
    """Take every step, and look at the journal, which has all of them."""
    push_customers(jodo)
    work_the_calls(jodo)
    listen(jodo)
    manage_users(jodo)
    say("journal", "holds", f"{jodo.admin('GET', '/requests')['total']} commands")


def main() -> int:
    """Make the journey with the options given; return the exit code."""
    parser = argparse.ArgumentParser(description="A journey of a client through the Jodo sandbox.")
    parser.add_argument(
        "--url",
        default=os.environ.get("JODO_MOCK_URL", "http://127.0.0.1:8080"),
        help="where the server is (%(default)s)",
    )
    parser.add_argument(
        "--admin-token",
        default=os.environ.get("JODO_MOCK_ADMIN_TOKEN"),
        help="what the admin API asks for, if it does",
    )
    options = parser.parse_args()
    try:
        jodo = Jodo(options.url, options.admin_token)
        try:
            journey(jodo)
        finally:
            jodo.close()
    except (Surprise, requests.RequestException, LookupError, ValueError) as error:
        print(f"It went wrong: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
