"""The list of debts finds its own mistakes: shown on ids made up for it."""

from __future__ import annotations

import pytest

from tests.ledger_scan import Debt, debts, left, load, lowered, misplaced, write

OWED = {
    "X-01": Debt("paint"),
    "X-02": Debt("paint", "the colours"),
}


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"X-02"}, set()),
        ({"X-01", "X-02"}, {"X-01"}),
        (set(), {"X-02"}),
        ({"X-01"}, {"X-01", "X-02"}),
    ],
)
def test_a_whole_debt_has_no_test_and_a_part_has_one(named: set[str], wrong: set[str]) -> None:
    """A whole debt that is paid is found, and so is a part of something no test names."""
    assert misplaced(OWED, named).keys() == wrong


def test_only_what_is_paid_is_taken_off() -> None:
    """A whole debt goes when a test names it; a part stays until somebody says that it is paid, too."""
    assert left(OWED, {"X-02"}, []) == OWED
    assert left(OWED, {"X-01", "X-02"}, []).keys() == {"X-02"}
    assert left(OWED, {"X-01", "X-02"}, ["X-02"]) == {}


@pytest.mark.parametrize("paid", ["X-01", "X-03"])
def test_what_has_no_test_or_is_not_owed_cannot_be_paid(paid: str) -> None:
    """Saying so is refused with the id."""
    with pytest.raises(ValueError, match=paid):
        left(OWED, {"X-02", "X-03"}, [paid])


@pytest.mark.parametrize(("count", "bound"), [(3, 3), (7, 7), (8, 7)])
def test_the_bound_is_never_raised(count: int, bound: int) -> None:
    """More debts than the bound leave it as it is, and the coverage test fails."""
    assert lowered('import re\n\nOWED = 7\n"""How many."""\n', count) == (
        f'import re\n\nOWED = {bound}\n"""How many."""\n'
    )


@pytest.mark.parametrize("entry", [5, None, {"part": "x"}, {"part": "x", "waits_for": "y", "by": "z"}])
def test_an_entry_is_a_word_or_a_part_with_one(entry: object) -> None:
    """Anything else stops the scan."""
    with pytest.raises(TypeError):
        Debt.of(entry)


def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whole debts and parts survive a rewrite, one a line."""
    path = tmp_path_factory.mktemp("debts") / "pending.json"
    write(path, OWED)
    assert {name: Debt.of(entry) for name, entry in load(path).items()} == OWED
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(OWED) + 2
    assert any(debt.part for debt in debts().values())
