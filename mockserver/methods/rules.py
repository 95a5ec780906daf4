"""State rules: what a precedence list may ask about the state. One small function each.

A rule answers whether all is well; which status follows when it is not stands in the document. A
rule that the document asks about a field is only asked when the field was sent. The rules about one
subject stand in the module of that subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.contract.values import whole
from mockserver.methods import dispositions, recordings, search, users
from mockserver.methods.entries import OPEN, of_contact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contract.fields import Fields, Record
    from mockserver.methods.call import Call
    from mockserver.methods.entries import Found

    Rule = Callable[[Call, Record | None], bool]


def _fields(call: Call, record: Record | None) -> Fields:
    return call.head if record is None else record


def field_list_defined(call: Call, _: Record | None) -> bool:
    """The process has a field list (IPD106-63, GPD-40, SEED-09)."""
    return bool(call.process["field_list"])


def script_template_defined(call: Call, _: Record | None) -> bool:
    """The process has a script template (IPD106-71, SEED-08)."""
    return bool(call.process["script_template"])


def session_known(call: Call, record: Record | None) -> bool:
    """The session sent is a call-list id of the tenant (IPD106-08, REC-15, MREC-19)."""
    session = whole(_fields(call, record).get("session"))
    return session is not None and call.store.exists("calls", tenant=call.apikey, calllistid=session)


def customer_code_known(call: Call, record: Record | None) -> bool:
    """The customer code that is the update key belongs to a customer of the process (IPD106-76)."""
    if record is None or call.update_role != "customer_code" or record.violations:
        return True
    return call.customer(record) is not None


def criterion_matches(call: Call, _: Record | None) -> bool:
    """The criterion that the command names finds a customer by itself (GPD-39)."""
    return bool(search.by_main_criterion(call)) or (
        call.quirks["gpd_multi_criteria"] == "or" and bool(search.found(call))
    )


def customers_found(call: Call, _: Record | None) -> bool:
    """The criteria of the command find a customer (GPD-39)."""
    return bool(search.found(call))


def open_entries(call: Call) -> list[Found]:
    """Return the entries of the contact that are still to be dialled, narrowed as the command says (RAD-11, RAD-12)."""
    head = call.head
    code, due = int(head.get("customer_code") or 0), head.get("due")
    by_time = call.quirks["rad_calldatetime"] == "filter" and due is not None
    return [
        (row_id, row)
        for row_id, row in of_contact(call, head.get("contact"))
        if row["status"] in OPEN
        and row["calltype"] is not None  # one that came in rings; there is nothing to dial
        and (not code or row["customercode"] == code)
        and (not by_time or row["due"] == due)
    ]


def open_entries_found(call: Call, _: Record | None) -> bool:
    """The contact has an entry that is still to be dialled (RAD-17)."""
    return bool(open_entries(call))


RULES: Final[Mapping[str, Rule]] = {
    rule.__name__: rule
    for rule in (
        field_list_defined,
        script_template_defined,
        session_known,
        customer_code_known,
        criterion_matches,
        customers_found,
        open_entries_found,
        users.login_known,
        users.login_free,
        users.client_login_mapped,
        users.image_stored,
        dispositions.agent_known,
        dispositions.agent_in_wrapup,
        dispositions.callback_time_given,
        dispositions.due_in_range,
        dispositions.disposition_known,
        dispositions.number_allowed,
        dispositions.callbacks_left,
        dispositions.callback_number_given,
        recordings.call_known,
        recordings.session_owns_call,
        recordings.recording_there,
    )
}
"""Every state rule by its name in the documents."""
