"""Every row of the ledger has a test, a reason, or a debt that only shrinks; a test may leave a part owed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.ledger_scan import (
    PENDING,
    ROOT,
    UNTESTABLE,
    counts,
    debts,
    ids_in,
    ledger,
    load,
    misplaced,
    named_by_tests,
    printed_counts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

OWED = 1
"""How many ids may still wait for their test, whole or in part. Lower it with pending.json; nothing may be added."""

WAITS_FOR = re.compile(r"[A-Za-z]+( [a-z]+)*")
PART = re.compile(r"\S+( \S+)+[^\s.]")


@pytest.fixture(scope="module")
def named() -> dict[str, list[str]]:
    return named_by_tests()


def test_every_row_has_a_test_a_debt_or_a_reason(named: dict[str, list[str]]) -> None:
    """No row of ledger and amendments is forgotten."""
    without = [name for name in ledger() if name not in named | load(PENDING) | load(UNTESTABLE)]
    assert without == []


def test_a_debt_is_taken_off_when_it_is_paid(named: dict[str, list[str]]) -> None:
    """What is owed whole has no test, what is owed in part has one; ``python -m tests.ledger_scan`` takes debts off."""
    assert misplaced(debts(), named) == {}
    assert {name: named[name] for name in load(UNTESTABLE) if name in named} == {}
    assert load(PENDING).keys() & load(UNTESTABLE).keys() == set()


def test_debts_only_shrink() -> None:
    """The number of debts, whole and in part, is bounded; each says in a word what it waits for, a part what is missing."""
    pending = debts()
    assert len(pending) <= OWED
    assert [name for name, debt in pending.items() if not WAITS_FOR.fullmatch(debt.waits_for)] == []
    parts = {name: debt.part for name, debt in pending.items() if debt.part is not None}
    assert [name for name, part in parts.items() if not PART.fullmatch(part)] == []
    assert [name for name, reason in load(UNTESTABLE).items() if len(reason.split()) < 3] == []


def test_the_page_of_notes_has_the_counts_of_today() -> None:
    """The coverage printed in docs/fidelity.md is that of ``python -m tests.ledger_scan --counts``."""
    assert printed_counts() == counts()


def test_tests_and_lists_name_rows_that_exist(named: dict[str, list[str]]) -> None:
    """An id in a test or in one of the lists is an id of the ledger."""
    known = ledger()
    assert {name: tests for name, tests in named.items() if name not in known} == {}
    assert [name for name in (*load(PENDING), *load(UNTESTABLE)) if name not in known] == []


def _cited() -> Iterator[tuple[str, str]]:
    files = [*(ROOT / "mockserver").rglob("*.py"), *(ROOT / "schemas").rglob("*.json")]
    for path in sorted(files):
        if path.name != "ledger.json":
            text = path.read_text(encoding="utf-8")
            for line in text.splitlines():
                yield from ((name, path.relative_to(ROOT).as_posix()) for name in ids_in(line))


def test_package_and_documents_cite_rows_that_exist() -> None:
    """Every id in the package and its documents leads somewhere."""
    known = ledger()
    cited = list(_cited())
    assert len(cited) > 100
    assert [(name, file) for name, file in cited if name not in known] == []


def test_rows_say_what_they_are() -> None:
    """Each row has a kind, a text, a source, a grade of evidence and the amendments that name it (AM-15)."""
    rows = ledger()
    grades = {"stated", "by-example", "site", "client", "inferred", "forced"}
    for name, row in rows.items():
        assert list(row)[:5] == ["kind", "text", "source", "evidence", "amended_by"], name
        assert row["text"], name
        assert row["source"], name
        assert row["evidence"] in grades, name
        assert (row["kind"] == "amendment") == name.startswith("AM-"), name
        assert all(by.startswith("AM-") and by in rows for by in row["amended_by"]), name
    assert rows["STAT-10"]["evidence"] == "site"
    assert len(rows) == 654 + len([name for name in rows if name.startswith("AM-")])


OURS = (
    "IPDWEB-31",
    "SIM-07",
    "SIM-09",
    "IPDWEB-09",
    "TRN-09",
    "REF-10",
    "GEN-14",
    "RAD-04",
    "AUTH-02",
    "USR-08",
)


def test_the_part_of_a_row_that_is_ours_is_graded_as_ours() -> None:
    """Each row AM-15 downgrades names the part that is inferred, and is amended by it; no other part is empty."""
    rows = ledger()
    for name in OURS:
        assert rows[name]["inferred_part"].split(), name
        assert "AM-15" in rows[name]["amended_by"], name
    assert [name for name, row in rows.items() if not row.get("inferred_part", "ours").strip()] == []


def _status_rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for code, row in load(ROOT / "schemas" / "common.json")["statuses"].items():
        yield f"common {code}", row
    for path in sorted((ROOT / "schemas" / "methods").glob("*.json")):
        for edition, variant in load(path)["editions"].items():
            for level, table in variant["statuses"].items():
                for code, row in table.items():
                    yield f"{path.stem} {edition} {level} {code}", row


def test_an_answer_has_the_evidence_of_its_row() -> None:
    """The status tables grade each code as the ledger row they cite does (AM-15, AM-62)."""
    rows = ledger()
    wrong = {
        where: (row["evidence"], rows[row["ledger"]]["evidence"])
        for where, row in _status_rows()
        if row["evidence"] != rows[row["ledger"]]["evidence"]
    }
    assert wrong == {}


def test_every_quirk_is_a_documented_one() -> None:
    """Each quirk of the documents cites the row or amendment that has its name, as code, in its own text (GEN-20)."""
    rows = ledger()
    quirks = {name: row for name, row in load(ROOT / "schemas" / "quirks.json").items() if name != "$comment"}
    assert len(quirks) > 30
    wrong = {
        name: quirk["ledger"]
        for name, quirk in quirks.items()
        if not re.search(rf"`{name}[`=]", rows[quirk["ledger"]]["text"])
    }
    assert wrong == {}


def test_runs_of_ids_are_written_out() -> None:
    """``A-01..A-03``, with an ellipsis or with "to", names three rows; a run across prefixes is an error."""
    for between in ("..", " … ", " to "):
        assert list(ids_in("see GEN" + f"-01{between}GEN" + "-03.")) == [f"GEN-0{n}" for n in (1, 2, 3)]
    assert list(ids_in("E" + "-01, no-E" + "-02, XE" + "-03")) == ["E" + "-01"]
    with pytest.raises(ValueError, match="no run"):
        list(ids_in("GEN" + "-01..TRN" + "-02"))
