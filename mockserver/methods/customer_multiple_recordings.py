"""customer_multiple_recordings: the links to the recordings of several calls (MREC-07 … MREC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods.recordings import link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.fields import Record
    from mockserver.methods.call import Call

OUTCOME: Final = frozenset({"records", "records/call", "records/status", "records/link"})
"""The members of what :func:`handle` returns."""


def handle(call: Call) -> Mapping[str, Any]:
    """Return one outcome for each id, in order, twice for an id sent twice (MREC-12); nothing is changed."""
    return {"records": [_outcome(call, record) for record in call.reading.records]}


def _outcome(call: Call, record: Record) -> dict[str, Any]:
    (name,) = record.spec.roles["call"]
    found = record.failure is None
    status = call.reading.spec.record_success if record.failure is None else record.failure.status
    return {"call": record.as_sent(name), "status": status, "link": link(call, record) if found else ""}
