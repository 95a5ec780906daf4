"""What a method's handler and the state rules are given: a checked command, and the state it acts on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mockserver.contract.checking import Reading
    from mockserver.contract.fields import Fields, Record
    from mockserver.simulation.floor import Floor
    from mockserver.store.interface import Store


@dataclass(slots=True)
class Call:
    """One command on its way to the state. Read it; only the pipeline makes one."""

    reading: Reading
    store: Store
    tenant: Mapping[str, Any]
    process: Mapping[str, Any]
    quirks: Mapping[str, str]
    references: Mapping[str, Mapping[str, Any]]
    now: datetime
    moment: str
    """``now`` as the API writes it (GEN-14)."""
    floor: Floor
    """The floor behind the state: it is told what becomes of entries and agents."""
    link: Callable[[str], str] = str
    """Turns the stored address of a recording into the one to answer (REC-09, AM-17)."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What rules have worked out, for the rules after them and the handler."""

    @property
    def head(self) -> Fields:
        """The command itself, without its records."""
        return self.reading.head

    @property
    def apikey(self) -> str:
        """The tenant's key, which its rows carry."""
        apikey: str = self.tenant["apikey"]
        return apikey

    @property
    def owner(self) -> dict[str, Any]:
        """The columns that say whose a row is: tenant and process."""
        return {"tenant": self.apikey, "process": self.process["name"]}

    @property
    def update_role(self) -> str:
        """The role of the field that looks a customer up (IPD106-74)."""
        return self.reading.spec.update_values[self.reading.head.get("update_by")]["role"]

    def once(self, name: str, work: Callable[[Call], Any]) -> Any:
        """Return what ``work`` makes of this call, worked out the first time somebody asks."""
        if name not in self.memory:
            self.memory[name] = work(self)
        return self.memory[name]

    def user(self, login: object) -> tuple[int, Mapping[str, Any]] | None:
        """Return id and row of the user of that login, compared as quirk ``login_match`` says (RAD-05)."""
        if not isinstance(login, str):
            return None
        found = self.store.find("users", tenant=self.apikey, login_key=login.casefold())
        exact = self.quirks["login_match"] == "exact"
        return next((each for each in found if not exact or each[1]["login"] == login), None)

    def take(self, counter: str) -> int:
        """Return the next value of one of the tenant's counters."""
        return self.store.take(f"{self.apikey}/{counter}")

    def customer(self, record: Record) -> tuple[int, Mapping[str, Any]] | None:
        """Return id and row of the customer a record's update key names, or None (IPD106-74, IPD106-80)."""
        role = self.update_role
        value: Any = record.text(role)
        column = {"contact": "contact1", "customer_code": "customercode", "crm": "crm"}[role]
        where = {"tenant": self.apikey, "process": self.process["name"]}
        where[column] = int(value) if role == "customer_code" else value
        return self.store.first("customers", **where)

    def statuses(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the table of user statuses (REF-07)."""
        entries: Mapping[str, Mapping[str, Any]] = self.references["user_status"]["entries"]
        return entries
