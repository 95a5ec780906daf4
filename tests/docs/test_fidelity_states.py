"""How the state of a row is worked out and shown, on documents and rows made up for it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.fidelity.page import Page
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
from tests.docs.pretend import catalogue, nested, row, rows
from tests.ledger_scan import Debt


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
            State(UNPROVEN),
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
    """A status has the evidence of its table, any other row the ledger's; an inferred part is added (AM-15)."""
    given = facts(
        rows={"X-1": row(inferred_part="the padding"), "X-2": row("status")},
        grades={"X-1": "client", "X-2": "by-example"},
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
