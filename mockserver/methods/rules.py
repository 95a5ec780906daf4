"""State rules: what a precedence list may ask about the state. One small function each.

A rule answers whether all is well; which status follows when it is not stands in the document. A
rule that the document asks about a field is only asked when the field was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contract.fields import Fields, Record
    from mockserver.methods.call import Call

    Rule = Callable[[Call, Record | None], bool]


def _fields(call: Call, record: Record | None) -> Fields:
    return call.reading.head if record is None else record


def field_list_defined(call: Call, _: Record | None) -> bool:
    """The process has a field list (IPD106-63, SEED-09)."""
    return bool(call.process["field_list"])


def script_template_defined(call: Call, _: Record | None) -> bool:
    """The process has a script template (IPD106-71, SEED-08)."""
    return bool(call.process["script_template"])


def session_known(call: Call, record: Record | None) -> bool:
    """The session sent is a call-list id of the tenant (IPD106-08)."""
    session = int(_fields(call, record).get("session"))
    return call.store.exists("calls", tenant=call.apikey, calllistid=session)


def login_known(call: Call, record: Record | None) -> bool:
    """The login sent is one of the tenant's users (IPDWEB-09, AM-37)."""
    login = _fields(call, record).get("login")
    return isinstance(login, str) and call.user(login) is not None


def customer_code_known(call: Call, record: Record | None) -> bool:
    """The customer code that is the update key belongs to a customer of the process (IPD106-76)."""
    if record is None or call.update_role != "customer_code" or record.violations:
        return True
    return call.customer(record) is not None


RULES: Final[Mapping[str, Rule]] = {
    rule.__name__: rule
    for rule in (
        field_list_defined,
        script_template_defined,
        session_known,
        login_known,
        customer_code_known,
    )
}
"""Every state rule by its name in the documents."""
