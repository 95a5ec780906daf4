"""Every quirk of the contract does something: each of its values changes a reply or the state of some command."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.api import RECORD, drop, fresh, shared_service, without
from tests.ledger_scan import ROOT, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
"""Commands of all methods; a quirk that acts nowhere else needs one of its own here."""


def printed(example: str, **changes: Any) -> Probe:
    """A printed command of the documents, with some fields changed (None: not sent)."""
    documents = shared_service().catalogue.methods.values()
    commands = {each["id"]: each["command"] for document in documents for each in document["examples"]}
    fields = {**commands[example], **changes}
    return Probe({name: value for name, value in fields.items() if value is not None})


PROBES |= {
    "two criteria": printed("GV-10", mobilenumber=["9000100200"]),
    "a customer nobody knows": printed("GV-10", customercode="99"),
    "a range of dates": printed("GV-12"),
    "a reallocation": printed("GV-13"),
    "a disposition": printed("GV-15"),
    "a disposition of an agent who is ready": printed("GV-15", login="rupesh.v@avhan.com"),
    "a recording": printed("GV-17"),
    "recordings": printed("GV-19"),
    "a new user": printed("GV-20"),
    "a new user with a code for the action": printed("GV-20", action="1"),
    "a new user with an image nobody stored": printed("GV-20", userimage="other.jpg"),
    "a new user without an image": printed("GV-20", userimage=None),
    "a change of nobody": printed("GV-22"),
    "a user deleted": printed("GV-23", loginid="user12@avhan.com"),
    "statuses": printed("GV-25", loginids=["user10", "nobody@avhan.com"]),
}


def outcome(api: Api, probe: Probe, quirks: Mapping[str, str]) -> tuple[bytes, object]:
    """Return what a command is answered and what the state is then."""
    chosen: dict[str, Any] = dict(quirks)
    answer = api.post(probe.command, **chosen)
    assert answer.http_status == 200, answer.raw
    return answer.raw, api.sandbox.store.dump()


@cache
def usual(what: str, beside: frozenset[tuple[str, str]]) -> tuple[bytes, object]:
    """Return the outcome of a probe under the quirks beside it alone."""
    api = fresh()
    seen = outcome(api, PROBES[what], dict(beside))
    drop(api)
    return seen


def changed(name: str, value: str) -> Iterator[str]:
    """Yield the probes whose reply or effect is another one under a value of a quirk than without it."""
    for what, probe in PROBES.items():
        if name in probe.beside:
            continue
        api = fresh()
        if outcome(api, probe, {**probe.beside, name: value}) != usual(what, frozenset(probe.beside.items())):
            yield what
        drop(api)


@pytest.mark.parametrize(("name", "value"), ALL)
def test_every_value_of_a_contract_quirk_changes_something(name: str, value: str) -> None:
    """GEN-20: under each value but the default, some command has another reply or effect."""
    assert next(changed(name, value), None)


@pytest.mark.parametrize("name", QUIRKS)
def test_the_default_said_aloud_changes_nothing(name: str) -> None:
    """GEN-20: the first value is the one in force, and the same command always has the same reply and effect."""
    assert list(changed(name, QUIRKS[name]["values"][0])) == []


def test_a_quirk_that_changes_nothing_is_found() -> None:
    """What acts on query strings alone changes none of these commands, so the walk above can fail."""
    assert list(changed("raw_query", "reject400")) == []
