"""reallocatedata: of two faults in one command the earlier one answers, for every pair that can stand in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.methods.helpers import GONE, exchange, printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Api


class Fault(NamedTuple):
    """One fault: the code and field it answers with, and what it does to the printed command."""

    code: int
    field: str
    change: Mapping[str, Any]


QUIRKS: dict[str, Any] = {"require_reqdatetime": "on"}

ORDER = [
    Fault(1107, "apikey", {"apikey": "no_such_org"}),
    Fault(48, "apikey", {"apikey": "expired_org"}),
    Fault(1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    Fault(1243, "servicekey", {"servicekey": "Policy"}),
    Fault(1243, "servicekey", {"servicekey": "UnmappedProcess"}),
    Fault(13, "apikey", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Fault(1108, "servicekey", {"servicekey": "DisabledProcess"}),
    Fault(5, "", {"servicekey": "FORCE_5"}),
    Fault(70, "contactnumber", {"contactnumber": GONE}),
    Fault(71, "contactnumber", {"contactnumber": " "}),
    Fault(72, "login", {"login": GONE}),
    Fault(73, "login", {"login": None}),
    Fault(38, "contactnumber", {"contactnumber": "12"}),
    Fault(38, "contactnumber", {"contactnumber": ["7507959484"]}),
    Fault(38, "calldatetime", {"calldatetime": "tomorrow"}),
    Fault(38, "customercode", {"customercode": "abc"}),
    Fault(38, "reqdatetime", {"reqdatetime": "x"}),
    Fault(70, "contactnumber", {"contactnumber": "9999999999"}),
    Fault(70, "contactnumber", {"customercode": 999}),
    Fault(72, "login", {"login": "nobody@avhan.com"}),
]
"""RAD-13 with AM-46 in its place and the gate of AUTH-08 in front, for commands under QUIRKS."""


def pairs(first: Fault) -> Iterator[Fault]:
    """Yield the later faults that can stand beside ``first``: no field is wrong in two ways."""
    for fault in ORDER[ORDER.index(first) + 1 :]:
        if all(
            first.change[name] == fault.change[name] for name in first.change.keys() & fault.change.keys()
        ):
            yield fault


@pytest.mark.parametrize("first", ORDER, ids=lambda fault: f"{fault.code}-{fault.field}")
def test_order(api: Api, first: Fault) -> None:
    """RAD-13, AM-46, E-78, AUTH-08, GEN-06: with any later fault in the same command this one answers, and nothing changes."""
    before = api.sandbox.store.dump()
    for second in [first, *pairs(first)]:
        command = printed("GV-13", **{**second.change, **first.change})
        answer = api.post(command, **QUIRKS)
        violation = exchange(api).violation
        assert violation is not None, command
        assert (answer.status, violation.field) == (first.code, first.field), command
        assert not exchange(api).error
    assert api.sandbox.store.dump() == before


def test_the_pairs_are_many(api: Api) -> None:
    """RAD-13: the list makes many commands of two faults; without any fault the command succeeds."""
    assert sum(1 for first in ORDER for _ in pairs(first)) > 100
    assert api.post(printed("GV-13"), **QUIRKS).status == 1
