"""How the state of a row is worked out, shown on documents and rows made up for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.expansion import NO_TRAITS
from scripts.fidelity.page import Page
from scripts.fidelity.reaching import answers, ways
from scripts.fidelity.states import (
    DOCUMENTATION,
    FORCED,
    IMPLEMENTED,
    MISSING,
    SHOWN,
    UNPROVEN,
    WITH_QUIRK,
    Facts,
    State,
    answered,
)
from tests.ledger_scan import Debt

QUIRKS = {
    name: {"values": ["off", "on"], "stage": "contract", "ledger": "GEN-01", "about": f"switch {name}"}
    for name in ("one", "two", "three")
}
COMMON = {
    "statuses": {"9": {"text": "stop", "ledger": "AUTH-91", "evidence": "stated"}},
    "gate": [
        {"step": "apikey", "status": 9, "field": "apikey"},
        {"step": "foreign", "status": 8, "field": "servicekey"},
    ],
    "malformed": {"status": 2},
    "unknown_method": {"status": 2},
    "forced": {"always": [5, 9]},
    "methods": ["reallocatedata", "anotherMethod"],
}


def rows(*codes: int, success: int | None = None) -> dict[str, Any]:
    """Return a status table; the ledger id of code n is RAD-9n."""
    table = {str(c): {"text": f"code {c}", "ledger": f"RAD-9{c}", "evidence": "stated"} for c in codes}
    return {c: {**row, "success": True} if c == str(success) else row for c, row in table.items()}


def catalogue(**changes: Any) -> Catalogue:
    """Return documents whose one method asks for one field, with parts of its only edition changed."""
    variant = {
        "processing_error": 3,
        "request": {
            "type": "object",
            "required": ["login"],
            "properties": {"login": {"type": "string", "x-status": {"required": 72, "type": 73}}},
        },
        "precedence": {"ledger": "RAD-01", "request": [{"statuses": [72, 73]}], "record": []},
        "statuses": {"request": rows(1, 3, 72, 73, success=1), "record": {}},
        "replies": {"failure": "FWEB", "success": {"ledger": "RAD-02", "properties": {}}},
        **changes,
    }
    method: dict[str, Any] = {
        "method": "reallocatedata",
        "about": "",
        "keys": ["apikey"],
        "editions": {"web": variant},
    }
    method["examples"] = [
        {"id": "GV-01", "edition": "web", "free": ["now"], "command": {}, "reply": {}},
        {"id": "GV-02", "edition": "web", "free": [], "command": {}, "reply": {}},
    ]
    edition = {"values": ["1.0.6", "web"], "stage": "contract", "ledger": "GEN-01", "about": "which"}
    documents = {
        "quirks": {"edition": edition, **QUIRKS},
        "common": COMMON,
        "envelopes": {},
        "methods": {"reallocatedata": method},
        "references": {},
    }
    return Catalogue(Path("nowhere"), documents)


def found(documents: Catalogue) -> dict[tuple[str, int], Any]:
    return ways(documents, "reallocatedata", "web")


def test_assertions_rules_gate_errors_and_success_answer_by_themselves() -> None:
    """Nothing needs a quirk: a field's statuses, a rule's, the gate's for the keys it takes, 2, the error and success."""
    rule = {"rule": "login_known", "status": 71}
    documents = catalogue(
        precedence={
            "ledger": "RAD-01",
            "request": [{"statuses": [72, 73]}, {"records": [rule]}],
            "record": [],
        }
    )
    assert found(documents) == {("request", code): {} for code in (1, 2, 3, 9, 71, 72, 73)}


def test_a_step_of_the_gate_answers_with_the_method_s_own_status() -> None:
    """A method that renames a step of the gate never answers the common status."""
    reached = found(catalogue(gate={"apikey": 13}))
    assert ("request", 13) in reached
    assert ("request", 9) not in reached


def test_a_status_in_a_table_alone_is_not_reached() -> None:
    """A row that no assertion, rule, step or error answers can only be forced."""
    reached = found(catalogue(statuses={"request": rows(1, 6, success=1), "record": {}}))
    assert ("request", 6) not in reached


def nested(*quirks: str, status: int) -> dict[str, Any]:
    """Return a rule that stands in the precedence list only while all the quirks are on."""
    entry: dict[str, Any] = {"rule": "login_known", "status": status}
    for quirk in quirks:
        entry = {"x-quirk": {quirk: {"off": None, "on": entry}}}
    return entry


@pytest.mark.parametrize("quirks", [("one",), ("one", "two"), ("one", "two", "three")])
def test_the_fewest_quirks_are_found(quirks: tuple[str, ...]) -> None:
    """A status under one, two or three quirks names these and no other quirk of the document."""
    entries = [nested(*quirks, status=6), *(nested(quirk, status=7) for quirk in QUIRKS)]
    documents = catalogue(
        precedence={"ledger": "RAD-01", "request": entries, "record": []},
        statuses={"request": rows(1, 6, 7, 8, success=1), "record": {}},
    )
    reached = found(documents)
    assert reached["request", 6] == dict.fromkeys(quirks, "on")
    assert reached["request", 7] == {"one": "on"}
    assert ("request", 8) not in reached


def test_every_kind_of_process_counts_as_it_comes() -> None:
    """A status that only a process with another trunk can answer needs no quirk: the sample data have one."""
    login = {
        "x-process": {"trunk": {"gsm": {"pattern": "[+]1"}}},
        "x-status": {"pattern": 6},
    }
    request = {"type": "object", "properties": {"login": login}}
    assert found(catalogue(request=request))["request", 6] == {}


def test_a_batch_that_is_promoted_answers_with_what_its_records_failed_with() -> None:
    """Record statuses become the command's own only where the document promotes, with the numbers it gives them."""
    item = {
        "type": "object",
        "required": ["key"],
        "properties": {"key": {"x-status": {"required": {"record": 24, "promoted": 52}}}},
    }
    data = {"type": "array", "x-status": {"type": 14}, "x-record": {"items": {"": item}}}
    table = rows(24, 37)
    table["37"]["promoted"] = 38
    documents = catalogue(
        request={"type": "object", "properties": {"data": data}},
        precedence={"ledger": "RAD-01", "request": [], "record": [{"rule": "login_known", "status": 37}]},
        statuses={"request": rows(1, 38, 52, success=1), "record": table},
        replies={
            "failure": "FWEB",
            "promote": {"x-quirk": {"one": {"off": False, "on": True}}},
            "success": {"ledger": "RAD-02", "properties": {}},
        },
    )
    reached = found(documents)
    assert reached["record", 24] == reached["record", 37] == {}
    assert reached["request", 38] == reached["request", 52] == {"one": "on"}
    assert ("request", 37) not in reached


@pytest.mark.parametrize("printed", [True, False])
def test_a_method_that_looks_records_up_answers_its_record_statuses(*, printed: bool) -> None:
    """It prints a status for each record although none is sent; one that prints none does not answer them."""
    items = {
        "ledger": "RAD-02",
        "properties": {"status": {"type": "integer", "x-from": "status" if printed else "x"}},
    }
    documents = catalogue(
        statuses={"request": rows(1, success=1), "record": rows(67)},
        replies={
            "failure": "FWEB",
            "success": {
                "ledger": "RAD-02",
                "properties": {"data": {"type": "array", "x-from": "records", "items": items}},
            },
        },
    )
    quirks = {**documents.quirks.defaults, "edition": "web"}
    assert (("record", 67) in answers(documents, "reallocatedata", quirks, NO_TRAITS)) is printed


def row(kind: str = "rule", text: str = "some text", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "text": text,
        "source": "DOC-WEB L1",
        "evidence": "stated",
        "amended_by": [],
        **more,
    }


def test_statuses_are_answered_by_themselves_with_a_quirk_or_when_forced() -> None:
    """The least any table needs counts; codes that only examples have can be forced, if the method is there at all."""
    documents = catalogue(
        precedence={"ledger": "RAD-01", "request": [nested("one", status=6)], "record": []},
        statuses={"request": rows(1, 6, 7, success=1), "record": {}},
    )
    ledger = {
        "RAD-91": row("status", "1 Success"),
        "RAD-21": row("status", "5 (payload only)"),
        "RAD-22": row("status", "8 elsewhere"),
        "REC-20": row("status", "5 (payload only)"),
        "RAD-23": row("rule", "5 records"),
    }
    assert answered(documents, ledger) == {
        "RAD-91": {},
        "RAD-96": {"one": "on"},
        "RAD-97": None,
        "AUTH-91": {},
        "RAD-21": None,
    }


def facts(**changes: Any) -> Facts:
    given: dict[str, Any] = {
        "rows": {"X-1": row(), "X-2": row("status")},
        "cited": {"X-1", "X-2"},
        "tested": {"X-1", "X-2"},
        "owed": {},
        "untestable": {},
        "answered": {"X-2": {}},
    }
    return Facts(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "rule", "status"),
    [
        ({}, State(IMPLEMENTED), State(IMPLEMENTED)),
        ({"cited": ()}, State(SHOWN), State(IMPLEMENTED)),
        ({"answered": {}}, State(IMPLEMENTED), State(IMPLEMENTED)),
        ({"answered": {"X-1": None, "X-2": None}}, State(IMPLEMENTED), State(FORCED)),
        ({"answered": {"X-2": {"one": "on"}}}, State(IMPLEMENTED), State(WITH_QUIRK, "`one=on`")),
        ({"tested": ()}, State(UNPROVEN), State(UNPROVEN)),
        ({"tested": (), "cited": ()}, State(MISSING), State(MISSING)),
        (
            {"tested": (), "cited": {"X-2"}, "owed": {"X-1": Debt("paint"), "X-2": Debt("paint")}},
            State(MISSING, "needs paint"),
            State(UNPROVEN, "needs paint"),
        ),
        (
            {"owed": {"X-1": Debt("paint", "the colours")}},
            State(IMPLEMENTED, waits="the colours"),
            State(IMPLEMENTED),
        ),
        ({"untestable": {"X-1": "a heading"}}, State(DOCUMENTATION, "a heading"), State(IMPLEMENTED)),
    ],
)
def test_the_state_of_a_row_follows_from_the_facts(
    changes: dict[str, Any], rule: State, status: State
) -> None:
    """A rule is what code and tests say of it; a status, once tested, is also what answers it."""
    given = facts(**changes)
    assert given.state("X-1") == rule
    assert given.state("X-2") == status


def test_a_state_says_what_it_needs_and_what_waits() -> None:
    """The words on the page: quirks with the process that has them, reasons, and the missing part."""
    seeded = {"Strict": {"one": "on", "two": "on"}, "Other": {"two": "on"}}
    given = facts(answered={"X-2": {"one": "on"}}, seeded=seeded)
    assert str(given.state("X-2")) == "implemented, with quirk `one=on` (as process `Strict` has it)"
    assert str(State(MISSING, "needs paint")) == "not modelled yet: needs paint"
    assert str(State(SHOWN, waits="the colours")) == "shown by tests; not yet: the colours"


def test_the_grade_is_that_of_the_documents_and_names_what_is_ours() -> None:
    """The evidence of a status table wins over the ledger's; an inferred part is added (AM-15)."""
    given = facts(
        rows={"X-1": row(inferred_part="the padding"), "X-2": row("status")}, grades={"X-2": "by-example"}
    )
    assert given.grade("X-1") == "stated; inferred: the padding"
    assert given.grade("X-2") == "by-example"


def page(**more: dict[str, Any]) -> str:
    ledger = {
        "GEN-01": row(text="a | b"),
        "RAD-91": row("status", "1 Success"),
        "E-01": row("question", "verb: POST / data in URL. Decision: both. Quirk: `one`, `todate`"),
        "E-02": row("question", "time zone: not stated / —. Decision: ours. Quirk: —", amended_by=["AM-01"]),
        "GV-01": row("vector", "request -> answer"),
        "GV-02": row("vector", "request -> answer"),
        "AM-01": row("amendment", "anotherMethod: a method more"),
        **more,
    }
    tested = {name for name in ledger if name != "GV-02"}
    given = Facts(ledger, {"GEN-01"}, tested, {}, {}, {"RAD-91": None})
    return Page(given, catalogue()).text()


def test_an_erratum_names_both_readings_the_chosen_one_and_its_quirks() -> None:
    """Values come from the quirks, default first; a quirk that is not there yet and none at all are said."""
    text = page()
    assert (
        "| verb | POST | data in URL | both | `one`: `off`, `on`; `todate` (not modelled yet) | stated | shown by tests |"
    ) in text
    assert "| time zone | not stated | — | ours *(amended: [AM-01](#am-01))* | no switch |" in text
    assert "| `one` | `off`, `on` | contract | [GEN-01](#gen-01) | switch one | [E-01](#e-01) |" in text


def test_an_erratum_that_does_not_say_its_readings_stops_the_page() -> None:
    """A question in another form is named instead of being printed wrongly."""
    with pytest.raises(ValueError, match="E-03"):
        page(**{"E-03": row("question", "verb: both")})


def test_sections_examples_and_amendments_are_listed() -> None:
    """Rows stand under their method with an anchor; examples say what is free; amendments, what they change."""
    text = page()
    assert '| <a id="gen-01"></a>GEN-01 | rule | a \\| b | DOC-WEB L1 | stated | implemented |' in text
    assert '| <a id="rad-91"></a>RAD-91 | status | 1 Success | DOC-WEB L1 | stated | forced only |' in text
    assert "| reallocatedata, edition web: reproduced byte for byte, free: `now` |" in text
    assert (
        "| reallocatedata, edition web: to be reproduced byte for byte, not proven yet, free: nothing |"
        in text
    )
    assert '| <a id="am-01"></a>AM-01 | anotherMethod: a method more | [E-02](#e-02) |' in text
    assert "### anotherMethod\n\n| id |" in text
    assert "| [AM-01](#am-01) | amendment |" in text
    assert "| reallocatedata (RAD) | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| **all** | 7 | 1 | 0 | 1 | 4 | 0 | 1 | 0 | 0 |" in text
