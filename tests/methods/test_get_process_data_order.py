"""getProcessData: of two faults in one command the earlier one answers, for every pair that can stand in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.methods.helpers import GONE, exchange
from tests.methods.pulling import one_filter, pull, search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.api import Api


class Fault(NamedTuple):
    """One fault: the code and field it answers with, and what it does to the command."""

    code: int
    field: str
    change: Mapping[str, Any]


QUIRKS: dict[str, Any] = {"custom_filter": "on", "require_reqdatetime": "on"}
LATE = {"fromdate": "2016-02-02 00:00:00", "todate": "2016-02-01 00:00:00"}
VALUES: dict[str, dict[str, Any]] = {
    "mobilenumber": {"mobilenumber": "9000100200"},
    "customercode": {"customercode": "1"},
    "crmuniquefield": {"crmuniquefield": "1"},
    "daterange": {"fromdate": "2016-01-01 00:00:00", "todate": "2016-12-31 00:00:00"},
    "customfilter": {"customfilter": [one_filter("name", "!=", "")]},
}

GATE = [
    Fault(1107, "apikey", {"apikey": "no_such_org"}),
    Fault(48, "apikey", {"apikey": "expired_org"}),
    Fault(1108, "servicekey", {"servicekey": "NoSuchProcess"}),
    Fault(1243, "servicekey", {"servicekey": "VoiceProcess"}),
    Fault(1243, "servicekey", {"apikey": "test_org", "servicekey": "UnmappedProcess"}),
    Fault(38, "apikey", {"apikey": "nodb_org", "servicekey": "NoDbProcess"}),
    Fault(1108, "servicekey", {"apikey": "test_org", "servicekey": "DisabledProcess"}),
    Fault(14, "", {"servicekey": "FORCE_14"}),
    Fault(69, "", {"apikey": "test_org", "servicekey": "NoFieldList"}),
]
PARAM = [Fault(40, "searchparam", {"searchparam": GONE}), Fault(42, "searchparam", {"searchparam": "email"})]
MAIN = {
    "mobilenumber": [
        Fault(50, "mobilenumber", {"mobilenumber": GONE}),
        Fault(49, "mobilenumber", {"mobilenumber": ["9000100200", "12", ""]}),
        Fault(43, "mobilenumber", {"mobilenumber": ["9000100200", "12"]}),
    ],
    "customercode": [
        Fault(52, "customercode", {"customercode": GONE}),
        Fault(51, "customercode", {"customercode": " "}),
        Fault(44, "customercode", {"customercode": "abc"}),
    ],
    "crmuniquefield": [
        Fault(54, "crmuniquefield", {"crmuniquefield": GONE}),
        Fault(53, "crmuniquefield", {"crmuniquefield": None}),
        Fault(45, "crmuniquefield", {"crmuniquefield": "@@"}),
    ],
    "daterange": [
        Fault(46, "fromdate", {"fromdate": GONE}),
        Fault(46, "fromdate", {"fromdate": "x"}),
        Fault(16, "todate", {"todate": ""}),
        Fault(16, "todate", {"todate": "x"}),
        Fault(15, "", LATE),
    ],
    "customfilter": [
        Fault(62, "customfilter", {"customfilter": GONE}),
        Fault(63, "customfilter", {"customfilter": []}),
        Fault(
            66, "customfilter", {"customfilter": [one_filter("name", "~", "x"), one_filter("hue", "=", "x")]}
        ),
        Fault(67, "customfilter", {"customfilter": [one_filter("name", "~", "x")]}),
    ],
}
BESIDE = {
    "mobilenumber": [Fault(43, "mobilenumber", {"mobilenumber": "12"})],
    "customercode": [Fault(44, "customercode", {"customercode": "0"})],
    "crmuniquefield": [Fault(45, "crmuniquefield", {"crmuniquefield": "@@"})],
    "daterange": [
        Fault(46, "fromdate", {"fromdate": "x"}),
        Fault(16, "todate", {"todate": "x"}),
        Fault(15, "", LATE),
    ],
    "customfilter": [
        Fault(66, "customfilter", {"customfilter": [one_filter("name", "=", GONE)]}),
        Fault(67, "customfilter", {"customfilter": [one_filter("name", "~", "x")]}),
    ],
}
"""What is wrong with a criterion that the command does not name, in the order of the documents."""


def order(param: str) -> list[Fault]:
    """Return the whole list of GPD-46 for a command that searches by ``param``, the gate of AUTH-08 in front."""
    beside = [fault for name, faults in BESIDE.items() if name != param for fault in faults]
    other = "customercode" if param != "customercode" else "crmuniquefield"
    last = [
        Fault(38, "reqdatetime", {"reqdatetime": "x"}),
        Fault(14, "", {other: "99999"}),
    ]
    return [*GATE, *PARAM, *MAIN[param], *beside, *last]


def pairs(faults: list[Fault], first: Fault) -> Iterator[Fault]:
    """Yield the later faults that can stand beside ``first``: no field is wrong in two ways."""
    for fault in faults[faults.index(first) + 1 :]:
        if all(
            first.change[name] == fault.change[name] for name in first.change.keys() & fault.change.keys()
        ):
            yield fault


CASES = [(param, fault) for param in MAIN for fault in order(param)]


@pytest.mark.parametrize(
    ("param", "first"), CASES, ids=lambda part: part if isinstance(part, str) else f"{part.code}-{part.field}"
)
def test_order(api: Api, param: str, first: Fault) -> None:
    """GPD-46, GEN-06, AUTH-08, SIM-27: with any later fault in the same command this one answers, and nothing changes."""
    before = api.sandbox.store.dump()
    for second in [first, *pairs(order(param), first)]:
        command = search(**{"searchparam": param, **VALUES[param], **second.change, **first.change})
        answer = api.post(command, **QUIRKS)
        violation = exchange(api).violation
        assert violation is not None, command
        assert (answer.status, violation.field) == (first.code, first.field), command
        assert not exchange(api).error
    assert api.sandbox.store.dump() == before


def test_the_pairs_are_many() -> None:
    """GPD-46: the lists above make many commands for each search parameter, so the test above is not empty."""
    for param in MAIN:
        faults = order(param)
        assert len({(fault.code, fault.field) for fault in faults}) >= 18
        assert sum(1 for first in faults for _ in pairs(faults, first)) > 150


@pytest.mark.parametrize("param", MAIN)
def test_without_faults(api: Api, param: str) -> None:
    """GPD-46: the commands that the faults are put into find somebody."""
    assert pull(api, param, QUIRKS, **VALUES[param]).status == 1


@pytest.mark.parametrize("param", MAIN)
def test_criteria_that_are_ignored_are_not_checked(api: Api, param: str) -> None:
    """GPD-12, GPD-46, E-63: with the quirk the other criteria may be as wrong as they like."""
    beside = [fault for name, faults in BESIDE.items() if name != param for fault in faults]
    assert beside
    for fault in beside:
        command = {**VALUES[param], **fault.change}
        assert pull(api, param, {**QUIRKS, "gpd_multi_criteria": "and"}, **command).status == fault.code
        assert pull(api, param, {**QUIRKS, "gpd_multi_criteria": "or"}, **command).status == fault.code
        assert pull(api, param, {**QUIRKS, "gpd_multi_criteria": "ignore"}, **command).status == 1


def test_the_filter_is_an_unknown_key_without_its_quirk(api: Api) -> None:
    """GPD-47, GEN-10: then neither its value is checked nor the search parameter known."""
    wrong = [one_filter("name", "~", "x")]
    answer = pull(api, "customercode", customercode="1", customfilter=wrong)
    assert (answer.status, answer.warned) == (1, ["GEN-10"])
    assert pull(api, "customfilter", customfilter=wrong).status == 42
