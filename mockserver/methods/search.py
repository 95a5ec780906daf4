"""Searching customers by the criteria of a command (GPD-11 … GPD-14, GPD-47)."""

from __future__ import annotations

import re
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.values import is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.methods.call import Call

    Row = Mapping[str, Any]

_TABLE: Final = "customers"


def found(call: Call) -> list[int]:
    """Return the ids of the customers that fit, in order of their codes (GPD-12, GPD-17)."""
    ids: list[int] = call.once("found", _search)
    return ids


def by_main_criterion(call: Call) -> list[int]:
    """Return the ids of the customers that fit the criterion the command names, whatever else it brings."""
    return sorted(_CRITERIA[main_role(call)](call))


def rendered(call: Call, row: Row) -> dict[str, str]:
    """Return a customer as the process's form template shows it: every field as text, in order (GPD-16, AM-52)."""
    contact_field, fields = call.reading.spec.head.roles["contacts"][0], row["fields"] or {}
    return {
        name: row["contact1"] if name == contact_field else fields.get(name, "")
        for name in call.process["template"] or ()
    }


def main_role(call: Call) -> str:
    """Return the role of the field that the command searches by."""
    head = call.head
    values: Mapping[str, Mapping[str, str]] = head.spec.properties[head.spec.roles["criterion"][0]][
        "x-values"
    ]
    return values[head.get("criterion")]["role"]


def other_roles(call: Call) -> list[str]:
    """Return the roles of the fields that narrow or widen the search beside it (GPD-12)."""
    if call.quirks["gpd_multi_criteria"] == "ignore":
        return []
    main = main_role(call)
    return [role for role in _CRITERIA if role != main and _given(call, role)]


def _search(call: Call) -> list[int]:
    sets = [_CRITERIA[role](call) for role in (main_role(call), *other_roles(call))]
    either = call.quirks["gpd_multi_criteria"] == "or"
    fitting = set.union(*sets) if either else set.intersection(*sets)
    # Codes are given in order, so that the oldest row has the smallest (GPD-17).
    return sorted(fitting)


def _given(call: Call, role: str) -> bool:
    head = call.head
    if role == "stored":
        return any(head.get(bound) is not None for bound in ("stored_from", "stored_to"))
    value = head.get(role)
    # A list of nothing but blanks is as blank as one without elements.
    return not is_blank(value) and not (role == "contacts" and all(is_blank(each) for each in value))


def _contacts(call: Call) -> set[int]:
    numbers = [number for number in call.head.get("contacts") if not is_blank(number)]
    return {row for number in numbers for row in call.store.ids(_TABLE, **call.owner, contact1=number)}


def _customer_code(call: Call) -> set[int]:
    code = int(call.head.get("customer_code"))
    return set(call.store.ids(_TABLE, **call.owner, customercode=code))


def _crm(call: Call) -> set[int]:
    return set(call.store.ids(_TABLE, **call.owner, crm=call.head.get("crm")))


def _stored(call: Call) -> set[int]:
    """Both bounds are part of the range (GPD-13)."""
    low, high = call.head.get("stored_from"), call.head.get("stored_to")
    return set(call.store.ids_between(_TABLE, "storedatetime", low, high, **call.owner))


def _filters(call: Call) -> set[int]:
    wanted = call.head.get("filters")
    rows = call.store.find(_TABLE, **call.owner)
    return {row_id for row_id, row in rows if all(_fits(rendered(call, row), each) for each in wanted)}


_CRITERIA: Final[Mapping[str, Callable[[Call], set[int]]]] = {
    "contacts": _contacts,
    "customer_code": _customer_code,
    "crm": _crm,
    "stored": _stored,
    "filters": _filters,
}
"""How each role finds customers."""


def _fits(fields: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    """Tell whether a customer fits one custom filter: by text, and in their order numbers compare as numbers.

    Equality is that of the text, as it is for every other look-up (IPD106-80).
    """
    have, operator, want = fields[wanted["field"]], wanted["operator"], wanted["value"]
    if operator == "like":
        parts = re.split("(%)", want)
        pattern = "".join(".*" if part == "%" else re.escape(part) for part in parts)
        return re.fullmatch(pattern, have, re.IGNORECASE | re.DOTALL) is not None
    if operator in _EQUALITIES:
        return _EQUALITIES[operator](have, want)
    both: tuple[Any, Any] = (have, want)
    if _NUMBER.fullmatch(have) and _NUMBER.fullmatch(want):
        # Not floats, to which long ids that differ in the last digit are the same.
        both = (Decimal(have), Decimal(want))
    return bool(_ORDERS[operator](*both))


_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_EQUALITIES: Final[Mapping[str, Callable[[str, str], bool]]] = {"=": eq, "!=": ne}
_ORDERS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {">": gt, ">=": ge, "<": lt, "<=": le}
