"""ImportProcessData: insert or update customers and put each on the call list (IPD106-74 … 81, IPDWEB-33)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import parse_moment

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
    return {"records": [_outcome(call, record) for record in call.reading.records]}


def _outcome(call: Call, record: Record) -> dict[str, Any]:
    spelling = record.spec.used(_ROLE, record.values)
    outcome = {**record.spec.echo(spelling), _ROLE: record.as_sent(spelling)}
    if record.failure is not None:
        outcome["status"] = record.failure.status
        return outcome
    found = call.customer(record)
    if found is None:
        outcome["effect"], code = "inserted", _insert(call, record)
    else:
        outcome["effect"], code = "updated", found[1]["customercode"]
        _update(call, record, found)
    outcome["customer_code"] = code
    outcome["call_id"] = _enlist(call, record, code)
    outcome["status"] = call.reading.spec.record_success
    return outcome


def _insert(call: Call, record: Record) -> int:
    """Insert a customer under a new code; a code that was sent is never adopted (IPD106-76, AM-38)."""
    code = call.take("customercode")
    call.store.insert(
        "customers",
        {
            "tenant": call.apikey,
            "process": call.process["name"],
            "customercode": code,
            "contact1": record.text(_ROLE),
            "crm": record.text("crm"),
            "fields": _fields(call, record),
            "storedatetime": call.moment,
        },
    )
    return code


def _update(call: Call, record: Record, found: tuple[int, Mapping[str, Any]]) -> None:
    """Update the fields the record gives; the others stay (IPD106-74)."""
    row_id, row = found
    changes: dict[str, Any] = {"storedatetime": call.moment}
    fields = {**row["fields"], **_fields(call, record)}
    if fields != row["fields"]:
        changes["fields"] = fields
    for column, role in (("contact1", _ROLE), ("crm", "crm")):
        value = record.text(role)
        if value and value != row[column]:
            changes[column] = value
    call.store.update("customers", row_id, changes)


def _fields(call: Call, record: Record) -> dict[str, str]:
    """Return what is kept of a record; its CRM value stands in the process's own field too (IPDWEB-12)."""
    fields = record.stored()
    crm = record.text("crm")
    if crm:
        fields[call.process["crm_field"]] = crm
    return fields


def _enlist(call: Call, record: Record, code: int) -> int:
    """Add the record's call-list entry and return its id (IPD106-78, IPD106-79)."""
    number = call.take("calllistid")
    login = record.get("login")
    user = call.user(login) if isinstance(login, str) else None
    due = record.get("due")
    contact = record.text(_ROLE)
    media = call.reading.head.get("media")
    call.store.insert(
        "calls",
        {
            "tenant": call.apikey,
            "calllistid": number,
            "process": call.process["name"],
            "contact": contact,
            "login": None if user is None else user[1]["login"],
            "calltype": int(record.get("call_type")),
            "due": due or call.moment,
            "status": _status(call, media, due, contact, valid=_dialable(record, contact)),
            "media": int(media),
            "customercode": code,
            "storedatetime": call.moment,
        },
    )
    return number


def _status(call: Call, media: str, due: str | None, contact: str, *, valid: bool) -> str:
    """Return where the entry starts: voice out with a valid number is dialled, the rest is kept (IPD106-81)."""
    voice = call.references["media"]["entries"][media].get("voice")
    dialled = voice == "out" or (voice == "in" and call.quirks["dial_on_voice_in"] == "on")
    barred = dialled and call.store.exists("dnc", tenant=call.apikey, number=contact)
    if not dialled or not valid or barred:
        return "stored"
    if call.process["speech"]:
        return "speech"
    moment = parse_moment(due) if due else None
    return "scheduled" if moment is not None and moment > call.now else "queued"


def _dialable(record: Record, contact: str) -> bool:
    """Tell whether the number is of a form that can be dialled (IPDWEB-31)."""
    form = record.spec.dialable.get(record.spec.used(_ROLE, record.values))
    return bool(contact) if form is None else form.fullmatch(contact) is not None
