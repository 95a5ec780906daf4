"""A floor of one sandbox with a receiver beside it, in process, as tests of deliveries use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NUMBER = "8850014998"


class Floor(Admin):
    """The admin API of the default sandbox of a service of its own, its clock frozen unless said otherwise."""

    def __init__(self, **chosen: Any) -> None:
        self.service = Service.start(Settings(**{"clock": "frozen", **chosen}))
        super().__init__(create_app(self.service).test_client())

    @property
    def now(self) -> datetime:
        return self.service.registry.get("default").clock.now()

    def configure(self, **rules: Any) -> Any:
        return self.ok("PATCH", "/simulation", rules)

    def push(self, *numbers: str, **fields: str) -> None:
        """Push voice-out records to the process with speech."""
        record = {"sr_number": "1", "fname": "Asha", "lname": "Rao", **fields}
        command = {
            "method": "ImportProcessData", "servicekey": "TtsProcess", "apikey": "test_org", "media": "12",
            "updateparam": "mobilenumber",
            "data": [{**record, "mobilenumber": number} for number in numbers or (NUMBER,)],
        }  # fmt: skip
        assert self.status(command) == 1

    def advance(self, seconds: float) -> None:
        self.ok("POST", "/clock/advance", {"seconds": seconds})

    def events(self, kind: str, wait: float = 0) -> list[Mapping[str, Any]]:
        """Return the events of a kind, oldest first; wait until there is one."""
        found: list[Mapping[str, Any]] = self.ok("GET", f"/events?kind={kind}&wait={wait}")["events"]
        return found[::-1]

    def ended(self, count: int = 1, **filters: Any) -> list[Mapping[str, Any]]:
        """Wait until that many deliveries were sent or given up, and return them, oldest first."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        listed: list[Mapping[str, Any]] = []
        for _ in range(400):
            listed = self.ok("GET", f"/simulation/deliveries?{query}")["deliveries"]
            over = [each for each in listed if each["status"] != "waiting"]
            if len(over) >= count:
                return over[::-1]
            self._until_rung()
        raise AssertionError(listed)

    def settled(self) -> list[Mapping[str, Any]]:
        """Wait until nothing is on its way, and return all deliveries, oldest first."""
        listed: list[Mapping[str, Any]] = []
        for _ in range(400):
            listed = self.ok("GET", "/simulation/deliveries")["deliveries"]
            if all(each["status"] != "waiting" or each["due"] for each in listed):
                return listed[::-1]
            self._until_rung()
        raise AssertionError(listed)

    def _until_rung(self) -> None:
        """Wait for the sandbox's bell, or half a second: an event that is never told is waited for."""
        last = self.ok("GET", "/simulation")["events"]
        self.ok("GET", f"/events?since=e{last:06d}&wait=0.05")

    def entry(self, number: str = NUMBER) -> Mapping[str, Any]:
        rows = self.ok("GET", "/state/calls")["rows"]
        return next(row for row in rows if row["contact"] == number)

    def close(self) -> None:
        self.service.close()
