"""FIDELITY.md is what documents, code and tests say today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mockserver.contract.catalogue import Catalogue
from mockserver.methods.rules import RULES
from scripts.fidelity.__main__ import PAGE, main
from scripts.fidelity.markdown import cell, short, table
from scripts.fidelity.states import answered
from scripts.generated import drift, settle
from tests.ledger_scan import ROOT, ledger

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """`make fidelity` would change nothing."""
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_a_status_that_can_only_be_forced_is_one_the_ledger_calls_so() -> None:
    """A status that nothing answers says F in its row, and no row that says so is answered at the defaults.

    Otherwise the page, or a document, is wrong.
    """
    rows = ledger()
    found = answered(Catalogue.load(ROOT / "schemas", RULES), rows)
    called = {name for name, row in rows.items() if re.search(r"\): F( only|\.)", row["text"])}
    assert len(called) > 10
    assert {name for name, way in found.items() if way is None} <= called
    assert {name for name in called if found.get(name) == {}} == set()


def test_the_page_names_every_row_once_and_links_to_what_is_there() -> None:
    """Each id has one anchor, each link to an anchor or a file leads somewhere, and GitHub still shows the page."""
    text = PAGE.read_text(encoding="utf-8")
    anchors = re.findall(r'<a id="([^"]+)"></a>', text)
    assert sorted(anchors) == sorted(name.lower() for name in ledger())
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"(?m)^#+ (.*)$", text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= {*anchors, *headings}
    files = re.findall(r"\]\((?!https?:|#)([^)#]+)", re.sub(r"`[^`\n]*`", "", text))
    assert [target for target in files if not (ROOT / target).exists()] == []
    assert len(files) >= 3
    assert len(text.encode()) < 250_000


def test_every_line_of_a_table_has_the_columns_of_its_head() -> None:
    """No text of the ledger breaks a table apart."""
    width = 0
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells == width or 0 in (cells, width), line
        width = cells


def test_a_check_names_the_difference_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, a short diff and the way out; without the check the page is written and the next check is silent."""
    path = tmp_path / "PAGE.md"
    assert settle(path, "one\n", "make it", check=True) == 1
    assert not path.exists()
    assert settle(path, "one\ntwo\n", "make it", check=False) == 0
    assert path.read_bytes() == b"one\ntwo\n"
    capsys.readouterr()
    assert settle(path, "one\nthree\n", "make it", check=True) == 1
    assert capsys.readouterr().err.splitlines()[2:] == [
        "@@ -2 +2 @@",
        "-two",
        "+three",
        "PAGE.md is out of date: make it",
    ]
    assert path.read_text(encoding="utf-8") == "one\ntwo\n"
    assert settle(path, "one\ntwo\n", "make it", check=True) == 0
    assert capsys.readouterr().err == ""


def test_a_long_difference_is_cut() -> None:
    """A page that is new altogether does not fill the screen, neither in lines nor across."""
    shown = drift("", "\n".join("x" * 500 for _ in range(500)))
    assert len(shown) < 50
    assert max(map(len, shown)) <= 200


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", "a \\| b"),
        ("`a|b`", "`a\\|b`"),
        ("<id> *x* [] ~ \\", "\\<id> \\*x\\* \\[\\] \\~ \\\\"),
        ("`<id> *x* []`", "`<id> *x* []`"),
        ("sr_number _0000", "sr_number \\_0000"),
        ("two\n lines", "two lines"),
        ("an odd ` tick", "an odd \\` tick"),
    ],
)
def test_a_cell_shows_the_text_as_it_is(text: str, shown: str) -> None:
    """What Markdown or a table would take for its own is escaped; code stays code."""
    assert cell(text) == shown


def test_a_long_text_ends_at_a_word_and_outside_code() -> None:
    """Texts within the limit stay whole; others end before it, never within backticks."""
    assert short("one two", 7) == "one two"
    assert short("one two, three", 12) == "one two …"
    assert short("one `two three` four", 14) == "one …"
    assert short("x" * 30, 10) == "x" * 9 + " …"


def test_numbers_are_aligned_to_the_right() -> None:
    """A heading that ends with a colon says so."""
    assert table(("a", "b:"), [("1", "2")]) == "| a | b |\n| --- | --: |\n| 1 | 2 |\n"
