"""ImportProcessData: insert or update customers and put each on the call list (IPD106-74 … 81, IPDWEB-33)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call

_ROLE = "contact"

OUTCOME: Final = frozenset(
    {
        "records",
        "records/contact",
        "records/status",
        "records/effect",
        "records/customer_code",
        "records/call_id",
    }
)
"""The members of what :func:`handle` returns, beside those that the spelling of a field gives (IPD106-22)."""


def handle(call: Call) -> Mapping[str, Any]:
    """Apply every record that did not fail and return one outcome for each record, in order (IPD106-27)."""
    batch = _Import(call)
    return {"records": [batch.outcome(record) for record in call.reading.records]}


class _Import:
    """One command's records on their way to the state; what they share is worked out once."""

    def __init__(self, call: Call) -> None:
        media = call.reading.head.get("media")
        voice = call.references["media"]["entries"][media].get("voice")
        self._call = call
        self._store = call.store
        self._owner = call.owner
        self._media = int(media)
        self._dialled = voice == "out" or (voice == "in" and call.quirks["dial_on_voice_in"] == "on")
        self._success = call.reading.spec.record_success

    def outcome(self, record: Record) -> dict[str, Any]:
        spelling = record.spec.used(_ROLE, record.values)
        outcome = {**record.spec.echo(spelling), _ROLE: record.as_sent(spelling)}
        if record.failure is not None:
            outcome["status"] = record.failure.status
            return outcome
        contact, crm = record.text(_ROLE), record.text("crm")
        fields = record.stored()
        if crm:
            # The CRM value has one place: the process's own field (IPDWEB-12, AM-52).
            fields[self._call.process["crm_field"]] = crm
        found = self._call.customer(record)
        if found is None:
            outcome["effect"], code = "inserted", self._insert(contact, crm, fields)
        else:
            outcome["effect"], code = "updated", found[1]["customercode"]
            self._update(found, contact, crm, fields)
        outcome["customer_code"] = code
        outcome["call_id"] = self._enlist(record, contact, code, spelling)
        outcome["status"] = self._success
        return outcome

    def _insert(self, contact: str, crm: str, fields: Mapping[str, str]) -> int:
        """Insert a customer under a new code; a code that was sent is never adopted (IPD106-76, AM-38)."""
        code = self._call.take("customercode")
        row = {
            **self._owner,
            "customercode": code,
            "contact1": contact,
            "crm": crm,
            "fields": fields,
            "storedatetime": self._call.moment,
        }
        self._store.insert("customers", row)
        return code

    def _update(
        self, found: tuple[int, Mapping[str, Any]], contact: str, crm: str, fields: Mapping[str, str]
    ) -> None:
        """Update the fields the record gives; the others stay (IPD106-74)."""
        row_id, row = found
        changes: dict[str, Any] = {}
        if row["storedatetime"] != self._call.moment:
            changes["storedatetime"] = self._call.moment
        merged = {**row["fields"], **fields}
        if merged != row["fields"]:
            changes["fields"] = merged
        if contact and contact != row["contact1"]:
            changes["contact1"] = contact
        if crm and crm != row["crm"]:
            changes["crm"] = crm
        if changes:
            self._store.update("customers", row_id, changes)

    def _enlist(self, record: Record, contact: str, code: int, spelling: str) -> int:
        """Add the record's call-list entry and return its id (IPD106-78, IPD106-79)."""
        user = self._call.user(record.get("login"))
        due = record.get("due")
        return entries.add(
            self._call,
            contact=contact,
            login=None if user is None else user[1]["login"],
            calltype=int(record.get("call_type")),
            due=due or self._call.moment,
            status=self._status(record, contact, due, spelling),
            media=self._media,
            customercode=code,
        )

    def _status(self, record: Record, contact: str, due: str | None, spelling: str) -> str:
        """Return where the entry starts: voice out with a valid number is dialled, the rest is kept (IPD106-81)."""
        if not self._dialled or not self._reachable(record, contact, spelling):
            return "stored"
        return "speech" if self._call.process["speech"] else entries.waiting(self._call, due)

    def _reachable(self, record: Record, contact: str, spelling: str) -> bool:
        """Tell whether the number can be dialled: of a valid form (IPDWEB-31) and not barred (SIM-14)."""
        form = record.spec.dialable.get(spelling)
        valid = bool(contact) if form is None else form.fullmatch(contact) is not None
        return valid and not self._store.exists("dnc", tenant=self._owner["tenant"], number=contact)
