"""A floor for tests, in process: one sandbox with a frozen clock, the agents that a test wants, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.advancing import advance
from mockserver.sandbox import Plan
from mockserver.simulation.control import carry_out, come_in, set_agent
from tests.api import IMPORT, NOW, Api, shared_service, text_of
from tests.methods.helpers import printed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.advancing import Advanced
    from mockserver.service import Service
    from mockserver.simulation.calllist import Found

TENANT: Final = "test_org"
OUT, READY, PREVIEW, TALKING, HOLD, WRAPUP, DIALLING, TRANSFER = 0, 1, 3, 5, 6, 7, 8, 10
BUSY, NO_ANSWER, SWITCHED_OFF, AT_ONCE, LATE = (f"111000100{digit}" for digit in range(1, 6))
HUNG_UP, LONG, MACHINE = (f"111000100{digit}" for digit in range(6, 9))
PRESSES_1, PRESSES_2 = "1110001101", "1110001102"
"""Numbers that decide how a call to them goes (AM-54)."""


class Shop:
    """A sandbox whose agents are those named, ready, and everybody else logged out."""

    def __init__(
        self, *agents: str, dialler: str = "auto", service: Service | None = None, **plan: Any
    ) -> None:
        service = service or shared_service()
        made = {"clock": "frozen", "at": NOW, "dialler": dialler, **plan}
        self.api = Api(service, service.registry.create(Plan(**made), mint=False))
        self.sandbox = self.api.sandbox
        self.floor, self.store = self.sandbox.floor, self.sandbox.store
        with self.store.unit():
            for row_id, row in self.store.rows("users"):
                self.store.update("users", row_id, {"status": READY if row["login"] in agents else OUT})

    def close(self) -> None:
        self.api.service.registry.drop(self.sandbox.key)

    @property
    def now(self) -> datetime:
        return self.sandbox.clock.now()

    def later(self, seconds: float) -> str:
        """Return the moment so many seconds after the creation of the sandbox, as the API writes it."""
        return (NOW + timedelta(seconds=seconds)).isoformat(" ")

    def push(self, number: str, servicekey: str = "VoiceProcess", media: str = "12", **record: Any) -> int:
        """Push one record, which must be accepted, and return its call-list id."""
        command = {**IMPORT, "servicekey": servicekey, "media": media}
        command["data"] = [{"sr_number": "1", "mobilenumber": number, **record}]
        edition = "web" if "userlogin" in record else "1.0.6"
        answer = self.api.post(command, edition=edition)
        assert answer.status == 1, text_of(answer.body)
        return int(self.store.counter(f"{TENANT}/calllistid")) - 1

    def command(self, example: str, /, quirks: Mapping[str, Any] | None = None, **changes: Any) -> int:
        """Send a printed command with changes and return the status of the answer."""
        return self.api.post(printed(example, **changes), **(quirks or {})).status

    def dispose(self, login: str, number: str, **changes: Any) -> int:
        """Let an agent save a disposition about a number; return the status of the answer."""
        quirks = changes.pop("quirks", None)
        fields = {"login": login, "contactvalue": number, "servicekey": "VoiceProcess", **changes}
        return self.command("GV-15", quirks, **fields)

    def put(self, login: str, status: int) -> None:
        """Set what an agent is doing, as the admin API does."""
        with self.sandbox.act() as floor:
            user = floor.user(TENANT, login)
            assert user is not None
            set_agent(floor, user, status)

    def verb(self, number: int, verb: str, **given: Any) -> None:
        """Do something with a call by hand."""
        with self.sandbox.act() as floor:
            found = floor.calls.get(TENANT, number)
            assert found is not None
            carry_out(floor, found, verb, given)

    def incoming(self, number: str, servicekey: str = "VoiceInOut") -> int:
        """Let a call come in and return its call-list id."""
        process = self.sandbox.process(servicekey)
        assert process is not None
        with self.sandbox.act() as floor:
            found: Found = come_in(floor, process, number)
        return int(found[1]["calllistid"])

    def advance(self, seconds: float) -> Advanced:
        """Move the time on; all that is due happens."""
        came = advance(self.sandbox, self.now + timedelta(seconds=seconds))
        with self.sandbox.lock:
            self.sandbox.save()
        return came

    def entry(self, number: int) -> Mapping[str, Any]:
        """Return an entry of the call list."""
        found = self.floor.calls.get(TENANT, number)
        assert found is not None
        return found[1]

    def status(self, login: str) -> int:
        """Return what an agent is doing."""
        return int(self.user(login)["status"])

    def user(self, login: str) -> Mapping[str, Any]:
        found = self.floor.user(TENANT, login)
        assert found is not None
        return found[1]

    def events(self, kind: str = "", call: int | None = None) -> list[dict[str, Any]]:
        """Return what happened, oldest first, without the real time and the ids."""
        told = [{**event.shown(), "real": ""} for event in reversed(list(self.floor.log.newest_first()))]
        return [
            event
            for event in told
            if event["kind"].startswith(kind) and call in (None, event.get("calllistid"))
        ]

    def dialled(self) -> list[tuple[int, str]]:
        """Return what was dialled, in order: call-list id and agent."""
        return [(event["calllistid"], event["login"]) for event in self.events("call.dialling")]

    def story(self, call: int) -> list[tuple[int, str]]:
        """Return what became of a call: seconds since the creation of the sandbox, and what happened."""
        zero = f"{NOW.isoformat(' ')}.000"
        return [(_seconds(zero, event["at"]), event["kind"]) for event in self.events(call=call)]


def _seconds(first: str, second: str) -> int:
    taken = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    return int(taken.total_seconds())
