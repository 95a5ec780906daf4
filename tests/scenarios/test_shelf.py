"""Every scenario that ships, played over the real server by a plain client: what the client meets."""

from __future__ import annotations

import json
from http.client import BadStatusLine, HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.paths import data_dir
from tests.methods.helpers import printed
from tests.scenarios.helpers import push
from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running

STORYLINES = {"agent-absent-reallocate", "busy-morning", "campaign-with-screen-pop", "tts-reminder"}
"""Played in test_storylines.py."""

NAMES = sorted({path.stem for path in data_dir("scenarios").glob("*.yaml")} - STORYLINES)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """One server for all; each test plays in a sandbox of its own."""
    with running("--clock", "frozen", "--at", "2026-01-02 03:04:05") as found:
        yield found


class Client:
    """A client of a new sandbox; what goes wrong with the connection comes as the name of the error."""

    def __init__(self, server: Running, *scenarios: str, seed: int = 1) -> None:
        self._address = server.address
        made = self.admin("POST", "/sandboxes", {"scenarios": list(scenarios), "seed": seed})
        self.key, self.apikey = made["key"], made["apikey"]
        self._path = made["endpoint"].partition(made["endpoint"].split("/")[2])[2]
        self.kind = ""

    def admin(self, verb: str, path: str, body: Any = None) -> Any:
        connection = HTTPConnection(*self._address, timeout=20)
        connection.request(verb, f"/__admin{path}", None if body is None else json.dumps(body))
        with connection.getresponse() as reply:
            text = reply.read()
        connection.close()
        assert reply.status < 300, text
        return json.loads(text) if text else None

    def of_sandbox(self, verb: str, path: str, body: Any = None) -> Any:
        return self.admin(verb, f"/sandboxes/{self.key}{path}", body)

    def send(self, command: dict[str, Any], *, timeout: float = 20) -> tuple[Any, bytes]:
        """Return HTTP status and body, or the name of what went wrong and nothing."""
        connection = HTTPConnection(*self._address, timeout=timeout)
        try:
            body = b"data=" + json.dumps(command).encode()
            connection.request("POST", self._path, body, {"Content-Type": "text/html"})
            with connection.getresponse() as reply:
                self.kind = reply.getheader("Content-Type", "")
                return reply.status, reply.read()
        except RemoteDisconnected:
            return "closed", b""
        except IncompleteRead:
            return "cut", b""
        except (HTTPException, BadStatusLine):
            return "garbled", b""
        except ConnectionResetError:
            return "reset", b""
        except TimeoutError:
            return "silent", b""
        finally:
            connection.close()

    def status(self, command: dict[str, Any]) -> int:
        """Return the vendor's code of an answer."""
        body = json.loads(self.send(command)[1])
        return int(body["status"] if "status" in body else body["statuscode"])

    def stored(self) -> list[str]:
        """Return the numbers of the calls of the import process, oldest first."""
        rows = self.of_sandbox("GET", "/state/calls")["rows"]
        return [row["contact"] for row in rows if row["process"] == "MUMBAI_CRM_OBD"]


def numbers(count: int) -> list[str]:
    return [f"9100000{number:03d}" for number in range(count)]


def test_every_scenario_that_ships_has_its_test_here() -> None:
    """A new file is tested before it is merged."""
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(NAMES) <= tested


def test_calm(server: Running) -> None:
    """Every command is answered as it deserves."""
    client = Client(server, "calm")
    assert [client.status(push(number)) for number in numbers(5)] == [1] * 5


def test_flaky_network(server: Running) -> None:
    """Of 60 pushes some are reset, some lost and some cut; what was reset was not carried out, the others were."""
    client = Client(server, "flaky-network")
    fates = {number: client.send(push(number))[0] for number in numbers(60)}
    assert set(fates.values()) == {200, "reset", "closed", "cut"}
    stored = client.stored()
    assert {number for number, fate in fates.items() if fate != "reset"} == set(stored)


def test_slow_monday(server: Running) -> None:
    """Most replies are late by one to four seconds; the header says by how much, and a client may give up before."""
    client = Client(server, "slow-monday")
    assert client.send(push("9100000001"), timeout=0.2) == ("silent", b"")
    rules = {rule["id"]: rule for rule in client.of_sandbox("GET", "/scenarios")["active"][0]["rules"]}
    assert rules["stuck"]["fired"] + rules["slow"]["fired"] == 1
    assert client.stored() == ["9100000001"]


def test_expired_key_mid_run(server: Running) -> None:
    """Ten commands are good, all later ones are 48."""
    client = Client(server, "expired-key-mid-run")
    assert [client.status(push(number)) for number in numbers(13)] == [1] * 10 + [48] * 3


def test_dnc_and_callback_limits(server: Running) -> None:
    """The barred number is 32 and the one without callbacks left 33; another one is saved."""
    client = Client(server, "dnc-and-callback-limits")
    assert client.status(printed("GV-15", contactvalue="9100000032")) == 32
    assert client.status(printed("GV-15", contactvalue="9100000033", disporeasonid=2)) == 33
    assert client.status(printed("GV-15")) == 3


def test_agent_never_wraps_up(server: Running) -> None:
    """A disposition is 6, also after somebody has set the agent to Wrapup; nothing is stored."""
    client = Client(server, "agent-never-wraps-up")
    assert client.status(printed("GV-15")) == 6
    client.of_sandbox(
        "POST", "/simulation/users/dinesh.s@avhan.com/status", {"status": "Wrapup", "apikey": "test_org"}
    )
    assert client.status(printed("GV-15")) == 6
    assert client.of_sandbox("GET", "/state/dispositions")["total"] == 0


def test_partial_batch(server: Running) -> None:
    """About a third of the records fail as 043, always the same ones; the others are stored."""
    seen = []
    for _ in range(2):
        client = Client(server, "partial-batch")
        records = json.loads(client.send(push(*numbers(30)))[1])["statusdata"]
        failed = {record["mobilenumber"] for record in records if record["statuscode"] == "043"}
        assert {record["statuscode"] for record in records} == {"001", "043"}
        assert set(client.stored()) == set(numbers(30)) - failed
        seen.append(failed)
    assert seen[0] == seen[1]
    assert 4 <= len(seen[0]) <= 16


def test_vendor_outage_10_minutes(server: Running) -> None:
    """HTTP 503 without effect, for malformed requests too, until ten minutes have passed on the sandbox's clock."""
    client = Client(server, "vendor-outage-10-minutes")
    assert client.send(push("9100000001")) == (503, b"Service Unavailable")
    assert client.send({}) == (503, b"Service Unavailable")
    client.of_sandbox("POST", "/clock/advance", {"seconds": 599})
    assert client.send(push("9100000001"))[0] == 503
    assert client.stored() == []
    client.of_sandbox("POST", "/clock/advance", {"seconds": 1})
    assert client.status(push("9100000001")) == 1


def test_retry_storm(server: Running) -> None:
    """The first attempt takes effect and its reply is lost: a client that tries again calls twice."""
    client = Client(server, "retry-storm")
    assert client.send(push("9100000001"))[0] == "closed"
    assert client.status(push("9100000001")) == 1
    assert client.stored() == ["9100000001", "9100000001"]


def test_app_server_error_page(server: Running) -> None:
    """Every third answer is HTML with HTTP 500."""
    client = Client(server, "app-server-error-page")
    seen = []
    for number in numbers(6):
        status, body = client.send(push(number))
        seen.append((status, client.kind.partition(";")[0], body[:1] == b"<"))
    good, bad = (200, "application/json", False), (500, "text/html", True)
    assert seen == [good, good, bad] * 2


def test_wrong_types(server: Running) -> None:
    """Statuses change their JSON type, and some replies lack their last key."""
    client = Client(server, "wrong-types")
    replies = [json.loads(client.send(printed("GV-15", login="nobody"))[1]) for _ in range(40)]
    assert {type(reply["status"]) for reply in replies} == {str, int}
    assert {"resdatetime" in reply for reply in replies} == {True, False}


def test_recordings_missing(server: Running) -> None:
    """The calls are known, their recordings are 1111."""
    client = Client(server, "recordings-missing")
    assert client.status(printed("GV-17")) == 1111
    records = json.loads(client.send(printed("GV-19"))[1])["statusdata"]
    assert [record["status"] for record in records] == [1111, 67]


def test_rate_limited(server: Running) -> None:
    """Two of three requests are HTTP 429, the third passes."""
    client = Client(server, "rate-limited")
    assert [client.send(push(number))[0] for number in numbers(6)] == [429, 429, 200] * 2


def test_edition_switch(server: Running) -> None:
    """Five imports are answered as the older document says, the later ones as the newer does."""
    client = Client(server, "edition-switch")
    first_keys = [next(iter(json.loads(client.send(push(number))[1]))) for number in numbers(7)]
    assert first_keys == ["method"] * 5 + ["resdatetime"] * 2


def test_stale_proxy(server: Running) -> None:
    """The fourth answer is the third once more, though its command was carried out."""
    client = Client(server, "stale-proxy")
    bodies = [client.send(push(number))[1] for number in numbers(4)]
    assert bodies[3] == bodies[2] != bodies[1]
    assert client.stored() == numbers(4)


def test_half_open(server: Running) -> None:
    """The fifth request is never answered and not carried out."""
    client = Client(server, "half-open")
    assert [client.status(push(number)) for number in numbers(4)] == [1] * 4
    assert client.send(push("9100000009"), timeout=0.3)[0] == "silent"
    assert client.stored() == numbers(4)


def test_unreliable_hooks(server: Running) -> None:
    """Nothing goes out before the sandbox's time moves on, and then some of it only when it is tried again."""
    client = Client(server, "unreliable-hooks")
    hook = {"url": f"http://{server.address[0]}:{server.address[1]}{client._path}", "events": ["agent"]}
    client.of_sandbox("PATCH", "/simulation", {"hooks": [hook]})
    for number in range(20):
        status = {"status": ("Talking", "Wrapup")[number % 2]}
        client.of_sandbox("POST", "/simulation/users/user1/status", {**status, "apikey": client.apikey})
    waiting = client.of_sandbox("GET", "/simulation/deliveries?status=waiting")["deliveries"]
    due = [each["due"] for each in waiting if each["due"]]
    assert len(due) > 10
    assert due != sorted(due)
    assert max(due) > "2026-01-02 03:05:05" > min(due)


def test_dripping(server: Running) -> None:
    """A client that waits half a second for the next bytes of a reply gets some and not all."""
    client = Client(server, "dripping")
    connection = HTTPConnection(*server.address, timeout=20)
    connection.request("POST", client._path, b"data=" + json.dumps(push("9100000001")).encode())
    with connection.getresponse() as reply:
        first = reply.read1(65536)
        assert 0 < len(first) < int(reply.getheader("Content-Length") or 0)
    connection.close()
