"""Faults queued through the admin API, in process and over a real server's connections."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.faults.base import ReplyFault
from mockserver.faults.registry import fault_kinds
from mockserver.settings import ENDPOINT
from tests.server_process import message
from tests.web.admin_client import METHOD, MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running
    from tests.web.admin_client import Admin

PAGE = {"fault": "http_status", "code": 502, "body": "bad gateway"}


class Box:
    """A sandbox of its own on a real server, asked through sockets."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.url = server.ready["url"]
        self.http = requests.Session()
        self.http.trust_env = False
        made = self.ok("POST", "/sandboxes", {}, home="")
        self.key = made["key"]
        self.path = f"/sandboxes/{self.key}{ENDPOINT}"

    def ok(self, verb: str, path: str, body: Any = None, home: str | None = None) -> Any:
        """Ask the admin API, which must do it."""
        home = f"/sandboxes/{self.key}" if home is None else home
        reply = self.http.request(verb, f"{self.url}/__admin{home}{path}", json=body, timeout=20)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def send(self, body: bytes) -> requests.Response:
        """Send bytes to the API over a connection of their own."""
        return requests.post(self.url + self.path, data=body, timeout=20)

    def latest(self) -> Any:
        """Return the latest exchange of the journal."""
        return self.ok("GET", f"/requests/{self.ok('GET', '/requests')['requests'][0]['id']}")

    def ending(self) -> str:
        """Return how the latest connection ended, as soon as it has."""
        end = time.monotonic() + 20
        while not (entry := self.latest())["ended"]:
            assert time.monotonic() < end, entry
        return str(entry["ended"])


@pytest.fixture
def box(server: Running) -> Iterator[Box]:
    """A sandbox that is gone after the test."""
    found = Box(server)
    yield found
    found.ok("DELETE", "")
    found.http.close()


def pushed(*mobiles: str) -> bytes:
    return b"data=" + json.dumps(push(*mobiles)).encode()


@pytest.mark.parametrize("name", sorted(fault_kinds()))
def test_every_kind_can_be_queued_with_its_defaults(box: Box, name: str) -> None:
    """SIM-26: each fault of docs/faults.md is taken by its name alone, and shown with the settings that hold."""
    needed = {
        word: fault_kinds()[name].properties[word]["examples"][0] for word in fault_kinds()[name].required
    }
    made = box.ok("POST", "/faults", {"fault": name, **needed})
    defaults = {
        word: node["default"] for word, node in fault_kinds()[name].properties.items() if "default" in node
    }
    assert (made["fault"], made["status"], made["settings"]) == (name, None, {**defaults, **needed})
    assert box.ok("GET", "/faults") == {"faults": [made]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"fault": "latency", "fixed": -1}, "/fixed"),
        ({"fault": "latency", "fixd": 1}, "/fixd"),
        ({"fault": "latency", "fixed": 1, "uniform": [1, 2]}, "/uniform"),
        ({"fault": "latensy"}, "/fault"),
        ({"fault": "latency", "status": 17}, "/fault"),
        ({"fault": "latency", "method": "Imprt"}, "/method"),
        ({"fault": "latency", "times": 0}, "/times"),
        ({"fault": "latency", "ttl": 0}, "/ttl"),
        ({"status": 17, "fixed": 1}, "/fixed"),
        ({"times": 2}, "/status"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(box: Box, body: Any, pointer: str) -> None:
    """SIM-26: 422 with the pointer of the member, and nothing is queued."""
    url = f"{box.url}/__admin/sandboxes/{box.key}/faults"
    refused = box.http.post(url, json=body, timeout=20)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert box.ok("GET", "/faults") == {"faults": []}


def test_a_server_without_connections_takes_faults_of_the_reply_alone(admin: Admin) -> None:
    """In process nobody can wait or break a connection: such a fault is refused, one of the reply is done."""
    for name, kind in fault_kinds().items():
        if not issubclass(kind, ReplyFault):
            assert admin.refused("POST", "/faults", {"fault": name})["errors"][0]["pointer"] == "/fault"
    admin.ok("POST", "/faults", PAGE)
    reply = admin.send(push())
    assert (reply.status_code, reply.data, reply.headers["X-Mock-Fault"]) == (
        502, b"bad gateway", "fault 1: http_status 502",
    )  # fmt: skip
    assert admin.status(push()) == 1


def test_times_method_and_match_choose_the_commands(admin: Admin) -> None:
    """SIM-26: a fault waits for commands of its method that match, and is used so often."""
    admin.ok("POST", "/faults", {**PAGE, "times": 2, "method": METHOD, "match": {"mobilenumber": MOBILE}})
    other = {"method": "getActiveUserList", "apikey": "test_org", "servicekey": "MUMBAI_CRM_OBD"}
    sent = (other, push(OTHER_MOBILE), push(), push(OTHER_MOBILE, MOBILE), push())
    assert [admin.send(command).status_code for command in sent] == [200, 200, 502, 502, 200]
    assert admin.ok("GET", "/faults") == {"faults": []}


def test_a_ttl_runs_on_the_clock_of_the_sandbox(admin: Admin) -> None:
    """SIM-26, AM-16: a fault is done until its time on the sandbox's clock, whatever the real time is."""
    made = admin.ok("POST", "/faults", {**PAGE, "times": 9, "ttl": 60})
    now = admin.ok("GET", "/clock")["now"]
    assert made["until"] > now
    admin.ok("POST", "/clock/advance", {"seconds": 59})
    assert admin.send(push()).status_code == 502
    admin.ok("POST", "/clock/advance", {"seconds": 1})
    assert admin.send(push()).status_code == 200


def test_a_fault_that_asks_nothing_hits_what_cannot_be_read(admin: Admin) -> None:
    """SIM-26: malformed requests and those of unknown methods come to harm too; one with a method spares them."""
    malformed, unknown = b"data={", {"method": "nope"}
    admin.ok("POST", "/faults", {**PAGE, "method": METHOD})
    assert [admin.send(each).status_code for each in (malformed, unknown)] == [200, 200]
    admin.ok("DELETE", "/faults")
    admin.ok("POST", "/faults", {**PAGE, "times": 2})
    assert [admin.send(each).status_code for each in (malformed, unknown, push())] == [502, 502, 200]


def test_only_the_api_is_ever_harmed(server: Running, box: Box) -> None:
    """While an outage plays the admin API, health and recordings answer as ever; so they do over queued faults."""
    box.ok("POST", "/scenarios/vendor-outage-10-minutes/activate")
    box.ok("POST", "/faults", {"fault": "connection_reset", "times": 9})
    paths = ("/livez", "/readyz", "/__admin/health", f"/__admin/sandboxes/{box.key}/faults")
    assert [box.http.get(box.url + path, timeout=20).status_code for path in paths] == [200] * len(paths)
    recording = box.http.get(f"{box.url}/sandboxes/{box.key}/recordings/none.MP3", timeout=20)
    assert (recording.status_code, "X-Mock-Fault" in recording.headers) == (404, False)
    assert box.ok("GET", "/faults")["faults"][0]["times"] == 9
    with pytest.raises(requests.ConnectionError):
        box.send(pushed())


def test_the_journal_says_what_was_done_and_how_it_ended(box: Box) -> None:
    """A reset, a late reply that is sent and a client that goes away while it waits each leave their words."""
    box.ok("POST", "/faults", {"fault": "connection_reset"})
    with pytest.raises(requests.ConnectionError):
        box.send(pushed())
    assert box.latest()["faults"] == ["fault 1: connection_reset"]
    assert box.ending() == "reset"

    box.ok("POST", "/faults", {"fault": "latency", "fixed": 0.01})
    reply = box.send(pushed())
    assert reply.headers["X-Mock-Fault"] == "fault 2: latency 0.01 s after"
    assert box.latest()["faults"] == ["fault 2: latency 0.01 s after"]
    assert box.ending() == "sent"

    box.ok("POST", "/faults", {"fault": "latency", "fixed": 30})
    seen = len(box.ok("GET", "/requests")["requests"])
    with box.server.connect() as sock:
        sock.sendall(message(pushed(), path=box.path, head="Content-Type: text/html\r\n"))
        end = time.monotonic() + 20
        while len(box.ok("GET", "/requests")["requests"]) == seen:
            assert time.monotonic() < end
        assert box.latest()["ended"] is None
    assert box.ending() == "client gone while waiting"


def test_rule_and_scenario_are_named_in_header_and_journal(box: Box) -> None:
    """SIM-27: what a scenario did is told with its name and its rule's; an exchange without harm tells nothing."""
    rule = {"id": "page", "times": 1, "then": {"faults": [{"http_status": {"code": 502}}]}}
    box.ok("PUT", "/scenarios/gateway", {"name": "gateway", "rules": [rule]})
    box.ok("POST", "/scenarios/gateway/activate")
    reply = box.send(pushed())
    assert (reply.status_code, reply.headers["X-Mock-Fault"]) == (502, "gateway/page: http_status 502")
    assert box.ok("GET", "/requests")["requests"][0]["faults"] == ["gateway/page: http_status 502"]
    assert "X-Mock-Fault" not in box.send(pushed()).headers
    assert (box.latest()["faults"], box.latest()["ended"]) == ([], None)


def test_a_dropped_command_waits_without_holding_the_server(box: Box) -> None:
    """A command that waits before its effect and loses its client never takes effect, and others are answered meanwhile."""
    box.ok("POST", "/faults", {"fault": "latency", "fixed": 30, "phase": "before"})
    before = len(box.ok("GET", "/state/calls")["rows"])
    client = http.client.HTTPConnection(*box.server.address, timeout=20)
    client.request("POST", box.path, pushed(), {"Content-Type": "text/html"})
    end = time.monotonic() + 20
    while box.ok("GET", "/faults")["faults"]:
        assert time.monotonic() < end
    client.close()
    assert box.send(pushed()).json()["status"] == 1
    assert len(box.ok("GET", "/state/calls")["rows"]) == before + 1
