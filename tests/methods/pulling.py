"""Pushing customers to a process and pulling them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.api import NOW_TEXT
from tests.methods.helpers import GONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api import Answer, Api

POLICY: Final = "MsQgi5/gKVZusW5XziRf76nHbn9JxU4VDSWwongD5dU="
"""The tenant of the printed searches."""

SUCCESS: Final = [
    ("method", "str"),
    ("resdatetime", "str"),
    ("statuscode", "str"),
    ("statusdesc", "str"),
    ("data", "list"),
]
"""Keys and types of a pull that finds somebody, in order (GPD-15)."""


def search(searchparam: Any, **fields: Any) -> dict[str, Any]:
    """Return a command that searches the process Policy; GONE takes a field away."""
    whole = {
        "method": "getProcessData",
        "reqdatetime": NOW_TEXT,
        "servicekey": "Policy",
        "apikey": POLICY,
        "searchparam": searchparam,
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not GONE}


def one_filter(field: Any, operator: Any, value: Any) -> dict[str, Any]:
    """Return one element of a custom filter."""
    parts = {"field": field, "operator": operator, "value": value}
    return {name: part for name, part in parts.items() if part is not GONE}


def pull(api: Api, searchparam: str, quirks: Any = None, **fields: Any) -> Answer:
    """Search the process Policy, under the quirks of a mapping."""
    return api.post(search(searchparam, **fields), **(quirks or {}))


def leads(answer: Answer, field: str = "leadnumber") -> list[str]:
    """Return one field of every customer found, in order; nobody found is an empty list."""
    if answer.status == 14:
        return []
    assert answer.shape == SUCCESS
    return [row[field] for row in answer.body["data"]]


def push(
    api: Api, *records: Mapping[str, Any], edition: str = "web", by: str = "mobilenumber", **head: Any
) -> None:
    """Push records to the process Policy; all of them have to be accepted."""
    command = {
        "method": "ImportProcessData",
        "reqdatetime": NOW_TEXT,
        "servicekey": "Policy",
        "apikey": POLICY,
        "media": "11",
        "updateparam": by,
        "data": list(records),
        **head,
    }
    answer = api.post(command, edition=edition)
    assert answer.status == 1, answer.body
    assert {record["statuscode"] for record in answer.body.get("statusdata", ())} <= {"001"}
