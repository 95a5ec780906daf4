"""Every quirk of the contract does something: each of its values changes a reply or the state of some command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.methods import HANDLERS
from tests.api import RECORD, drop, fresh, without
from tests.ledger_scan import ROOT, load
from tests.pipeline.pretend import documents, paint, service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.api import Api

WEB = {"edition": "web"}
SEARCH = {"shared_search_checks": "on"}
QUIRKS = {
    name: quirk
    for name, quirk in load(ROOT / "schemas" / "quirks.json").items()
    if name != "$comment" and quirk["stage"] == "contract"
}
ALL = [(name, value) for name, quirk in QUIRKS.items() for value in quirk["values"][1:]]
ALL += [(name, text) for name, quirk in QUIRKS.items() if quirk.get("open") for text in ("another text", "")]


@dataclass(frozen=True)
class Probe:
    """A command sent under the quirks of ``beside`` with and without the one in question."""

    command: Mapping[str, Any]
    beside: Mapping[str, str] = field(default_factory=dict)


def push(*records: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """An import of the record of all tests with the fields of each of ``records``."""
    return without(data=[{**RECORD, **fields} for fields in records or ({},)], **changes)


SPELLED = {name: value for name, value in RECORD.items() if name != "mobilenumber"}
BAD: dict[str, Any] = {"mobilenumber": "12"}
UNKNOWN = push({"customercode": 99}, updateparam="customercode")
BACKWARDS = {"fromdate": "2024-02-02 00:00:00", "todate": "2024-02-01 00:00:00"}

PROBES = {
    "an insert, an update and a failure": Probe(push({}, {}, BAD)),
    "the other spelling": Probe(
        without(data=[{**SPELLED, "mobilenumbers": "8850014998"}], updateparam="mobilenumbers")
    ),
    "a bad medium": Probe(push(media="99")),
    "only failures": Probe(push(BAD)),
    "numbers": Probe(push({"mobilenumber": "08850014998"}, {"mobilenumber": "123"})),
    "a long text": Probe(push({"comments": "x" * 201})),
    "an unknown customer code": Probe(UNKNOWN),
    "a range that runs backwards": Probe(push(searchparam="daterange", **BACKWARDS)),
    "a filter that is not there": Probe(push(searchparam="customfilter"), SEARCH),
    "voice in": Probe(push(media="11")),
    "a revoked mapping": Probe(push(servicekey="UnmappedProcess")),
    "no request time": Probe(without("reqdatetime")),
    "an expired key, web": Probe(push(apikey="expired_org", servicekey="ExpiredProcess"), WEB),
    "an insert, web": Probe(push(), WEB),
    "a bad medium, web": Probe(push(media="99"), WEB),
    "a login in capitals, web": Probe(push({"userlogin": "USER1"}), WEB),
}
"""Commands of the methods there are; a quirk that acts nowhere else needs one of its own here."""

PRETENDED = {("revisionno_type", "string"): Probe({"method": "addEditUser", "apikey": "test_org"})}
"""What only a method shows that does not exist yet; a stand-in with its envelope answers."""


def outcome(api: Api, probe: Probe, quirks: Mapping[str, str]) -> tuple[bytes, object]:
    """Return what a command is answered and what the state is then."""
    chosen: dict[str, Any] = dict(quirks)
    answer = api.post(probe.command, **chosen)
    assert answer.http_status == 200, answer.raw
    return answer.raw, api.sandbox.store.dump()


def changed(name: str, value: str) -> list[str]:
    """Return the probes whose reply or effect is another one under a value of a quirk than without it."""
    found = []
    for what, probe in PROBES.items():
        if name in probe.beside:
            continue
        seen = []
        for quirks in (probe.beside, {**probe.beside, name: value}):
            api = fresh()
            seen.append(outcome(api, probe, quirks))
            drop(api)
        if seen[0] != seen[1]:
            found.append(what)
    return found


@pytest.mark.parametrize(("name", "value"), [pair for pair in ALL if pair not in PRETENDED])
def test_every_value_of_a_contract_quirk_changes_something(name: str, value: str) -> None:
    """GEN-20: under each value but the default, some command has another reply or effect."""
    assert changed(name, value)


@pytest.mark.parametrize("name", QUIRKS)
def test_the_default_said_aloud_changes_nothing(name: str) -> None:
    """GEN-20: the first value is the one in force, and the same command always has the same reply and effect."""
    assert changed(name, QUIRKS[name]["values"][0]) == []


def test_a_quirk_that_changes_nothing_is_found() -> None:
    """What acts on query strings alone changes none of these commands, so the walk above can fail."""
    assert changed("raw_query", "reject400") == []


@pytest.mark.parametrize(("name", "value"), PRETENDED)
def test_a_value_that_only_a_method_to_come_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """GEN-20, E-29: revisionno as text shows where the example has a number, in a stand-in of addEditUser."""
    monkeypatch.setitem(HANDLERS, "addEditUser", paint)
    api = service(documents(tmp_path / "schemas", "addEditUser"))
    probe = PRETENDED[name, value]
    plain = outcome(api, probe, {})
    assert plain == outcome(api, probe, {name: QUIRKS[name]["values"][0]})
    assert plain != outcome(api, probe, {name: value})
    assert changed(name, value) == [], "a method shows it by now: it needs no stand-in"
