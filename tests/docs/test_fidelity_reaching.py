"""What can answer a status, shown on documents made up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.fidelity.reaching import ways
from tests.docs.pretend import QUIRKS, catalogue, nested, rows

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue


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
