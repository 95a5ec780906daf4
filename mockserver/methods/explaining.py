"""Why a state rule fails: what it expects, and what the state says instead. One small function for each rule.

Asked only when the rule of that name has failed, and only for the journal: an explanation decides
nothing and never reaches the client. So it must not raise whatever the command holds, since rules may be asked
before the schema has its say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.methods import dispositions, entries, recordings, search
from mockserver.methods.telling import called, near_login, process_name, shown, some
from mockserver.simulation.agents import label, name_of, status_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.contract.fields import Fields, Record
    from mockserver.methods.call import Call

    Told = tuple[str, str]
    """What was expected, and what there is instead."""

    Why = Callable[[Call, Record | None], Told]


def _fields(call: Call, record: Record | None) -> Fields:
    return call.head if record is None else record


# The process


def field_list_defined(call: Call, _: Record | None) -> Told:
    """It has none."""
    return "a process that has a field list", f"{process_name(call)} has none"


def script_template_defined(call: Call, _: Record | None) -> Told:
    """It has none."""
    return "a process that has a script template", f"{process_name(call)} has none"


# Users


def login_known(call: Call, record: Record | None) -> Told:
    """The login that was sent, and the one of a user that is most like it."""
    login = _fields(call, record).get("login")
    near = near_login(call, login)
    hint = f" (did you mean {near}?)" if near else ""
    return f"the login of a user of the organisation{hint}", shown(login)


def login_free(call: Call, _: Record | None) -> Told:
    """The user who has it."""
    login = call.head.get("login")
    found = call.user(login)
    owner = "" if found is None else f" is user {found[1]['userid']} ({found[1]['username']})"
    return "a login that no user of the organisation has yet", f"{shown(login)}{owner}"


def client_login_mapped(call: Call, _: Record | None) -> Told:
    """The user has none."""
    return "a user who has a client login", f"{shown(call.head.get('login'))} has none"


def image_stored(call: Call, _: Record | None) -> Told:
    """The images there are."""
    images = some(call.tenant["images"] or ())
    return "an image of the organisation's store", f"{shown(call.head.get('image'))}; stored: {images}"


# Calls and recordings


def session_known(call: Call, record: Record | None) -> Told:
    """The number that is no call-list id."""
    got = shown(_fields(call, record).get("session"))
    return "a call-list id of the organisation", f"{got} is none"


def call_known(call: Call, record: Record | None) -> Told:
    """The id that no call has."""
    return "the system call id of a call of the organisation", f"{_system_call(call, record)} is none"


def session_owns_call(call: Call, record: Record | None) -> Told:
    """The session that the call belongs to."""
    owner = some(sorted(recordings.sessions(call, record)))
    got = f"{shown(call.head.get('session'))}; call {_system_call(call, record)} is of session {owner}"
    return "the session that the call belongs to", got


def recording_there(call: Call, record: Record | None) -> Told:
    """Never recorded, or recorded and lost."""
    lost = recordings.recording(call, record) is not None
    said = "was recorded, but the file is missing" if lost else "was not recorded"
    return "a call whose recording is there", f"call {_system_call(call, record)} {said}"


def _system_call(call: Call, record: Record | None) -> str:
    return shown(_fields(call, record).get("call"))


def open_entries_found(call: Call, _: Record | None) -> Told:
    """The entries of the number that are not open, or that the command does not mean."""
    contact = call.head.get("contact")
    others = [
        _entry(row) for _, row in (entries.of_contact(call, contact) if isinstance(contact, str) else ())
    ]
    there = f"; there are {some(others)}" if others else ""
    got = f"none for {shown(contact)} in {process_name(call)}{there}"
    return f"an open call-list entry of the number{_narrowed(call)}", got


def _entry(row: Mapping[str, Any]) -> str:
    code, due = row["customercode"], row["due"]
    customer = "" if code is None else f" for customer {code}"
    return f"{row['calllistid']} {row['status']}{customer}{'' if due is None else f' due {due}'}"


def _narrowed(call: Call) -> str:
    """Return what else the entries must fit (RAD-11, RAD-12)."""
    code, due = call.head.get("customer_code"), call.head.get("due")
    customer = f" and of customer {shown(code)}" if int(code or 0) else ""
    by_time = due is not None and call.quirks["rad_calldatetime"] == "filter"
    return f"{customer}, due {shown(due)}" if by_time else customer


# Customers


def customer_code_known(call: Call, record: Record | None) -> Told:
    """The code that no customer has."""
    fields = _fields(call, record)
    return "a customer of the process", _no_customer(call, [_criterion(fields, call.update_role)])


def criterion_matches(call: Call, _: Record | None) -> Told:
    """The criterion named, which nobody fits."""
    return "a customer who fits the criterion", _no_customer(call, [_criteria(call, search.main_role(call))])


def customers_found(call: Call, _: Record | None) -> Told:
    """Every criterion that counted."""
    roles = (search.main_role(call), *search.other_roles(call))
    return "customers who fit the criteria", _no_customer(call, [_criteria(call, role) for role in roles])


def _criteria(call: Call, role: str) -> str:
    bounds = ("stored_from", "stored_to") if role == "stored" else (role,)
    return " and ".join(_criterion(call.head, bound) for bound in bounds)


def _criterion(fields: Fields, role: str) -> str:
    value: Any = fields.get(role)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = some(map(shown, value))
    return f"{called(fields, role)} {shown(value)}"


def _no_customer(call: Call, criteria: list[str]) -> str:
    joint = " or " if call.quirks["gpd_multi_criteria"] == "or" else " and "
    return f"no customer of {process_name(call)} for {joint.join(criteria)}"


# Dispositions


def agent_known(call: Call, _: Record | None) -> Told:
    """The login nobody has, or the call that leads to nobody."""
    login = call.head.get("login")
    if login is not None:
        return login_known(call, None)
    wanted = "a login, or a system call that an agent had"
    if call.head.get("call") is None:
        return wanted, "neither"
    found = dispositions.named_call(call)
    got = f"call {_system_call(call, None)}"
    return wanted, f"{got} is none of the organisation" if found is None else f"{got} had no agent"


def agent_in_wrapup(call: Call, _: Record | None) -> Told:
    """What the agent is doing."""
    statuses = call.statuses()
    found = dispositions.agent(call)
    wanted = f"the agent to be in {name_of(statuses, status_with(statuses, 'wrapup'))}"
    return (
        wanted,
        "nobody" if found is None else f"{found[1]['login']} is {label(statuses, found[1]['status'])}",
    )


def _because(call: Call) -> str:
    return f"since {_reason(call)} asks for a callback"


def _reason(call: Call) -> str:
    master, reason = (shown(call.head.get(role)) for role in ("master", "reason"))
    return f"master {master} with reason {reason}"


def callback_time_given(call: Call, _: Record | None) -> Told:
    """The field that is missing, and the reason that wants it."""
    return f"{called(call.head, 'due')} to be there, {_because(call)}", "nothing"


def callback_number_given(call: Call, _: Record | None) -> Told:
    """The field that is missing, and the reason that wants it."""
    return f"{called(call.head, 'contact')} to be there, {_because(call)}", "nothing"


def due_in_range(call: Call, _: Record | None) -> Told:
    """The bounds that the organisation has."""
    low, high = call.tenant["date_from"], call.tenant["date_to"]
    bounds = [f"{word} {bound}" for word, bound in (("from", low), ("to", high)) if bound]
    return f"a time {' '.join(bounds)}", shown(call.head.get("due"))


def disposition_known(call: Call, _: Record | None) -> Told:
    """The masters there are; of a master that is there its reasons."""
    masters = call.process["masters"] or ()
    sent = shown(call.head.get("master"))
    found = dispositions.masters(call)
    if found:
        reasons = (reason["id"] for master in found for reason in master["reasons"])
        there = f"reasons of master {sent}: {some(reasons)}"
    else:
        there = f"masters of {process_name(call)}: {some(each['id'] for each in masters)}"
    return "a disposition of the process", f"{_reason(call)}; {there}"


def number_allowed(call: Call, _: Record | None) -> Told:
    """The list it stands on."""
    number = shown(dispositions.contact(call))
    return (
        "a number that may be called",
        f"{number} is on the organisation's list of numbers not to be called",
    )


def callbacks_left(call: Call, _: Record | None) -> Told:
    """How many callbacks the number has had."""
    found, maximum = dispositions.callbacks(call), call.process["callback_maximum"]
    count = 0 if found is None else found[1]["count"]
    wanted = f"fewer than {maximum} callbacks of the number in {process_name(call)}"
    return wanted, f"{shown(dispositions.contact(call))} has {count} of {maximum}"


WHY: Final[Mapping[str, Why]] = {
    why.__name__: why
    for why in (
        field_list_defined,
        script_template_defined,
        login_known,
        login_free,
        client_login_mapped,
        image_stored,
        session_known,
        call_known,
        session_owns_call,
        recording_there,
        open_entries_found,
        customer_code_known,
        criterion_matches,
        customers_found,
        agent_known,
        agent_in_wrapup,
        callback_time_given,
        callback_number_given,
        due_in_range,
        disposition_known,
        number_allowed,
        callbacks_left,
    )
}
"""The explanation of every state rule, by the rule's name in the documents."""
