"""The container under ordered look-ups."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.store.runs import BLOCK, Runs

ALL: Final = (None, None)


@pytest.mark.parametrize("order", [1, -1, 379])
def test_runs_stay_in_order_and_copies_stay_apart(order: int) -> None:
    """For ascending, descending and mixed texts over many blocks, and down to nothing."""
    size = 5 * BLOCK
    numbers = [n * order % size for n in range(size)]
    runs = Runs()
    for number in numbers + numbers:
        runs.add("k", f"{number // 2:05}", number)
    assert runs.between("k", *ALL) == list(range(size))
    assert runs.between("k", "00100", "00899") == list(range(200, 1_800))
    assert runs.between("other", *ALL) == []
    assert all(0 < len(block) < 2 * BLOCK for block in runs._runs["k"])
    copy, twin = runs.copy(), runs.copy()
    for number in numbers:
        copy.discard("k", f"{number // 2:05}", number)
        copy.discard("k", f"{number // 2:05}", number)
        twin.add("k", "00000", size + number)
    assert copy.between("k", *ALL) == []
    assert runs.between("k", *ALL) == list(range(size))
    assert twin.between("k", "00000", "00000") == [0, 1, *range(size, 2 * size)]
    for number in range(size - 1):
        runs.discard("k", f"{number // 2:05}", number)
        assert runs.between("k", f"{size // 2 - 1:05}", None)[-1] == size - 1
    copy.discard("k", "x", 1)
    copy.add("k", "x", 1)
    assert copy.between("k", *ALL) == [1]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(1, 4)), max_size=60),
    st.integers(0, 8),
    st.integers(0, 8),
)
def test_runs_of_tiny_blocks_hold_what_a_set_holds(
    commands: list[tuple[bool, int, int]], low: int, high: int
) -> None:
    """Cuts, emptied blocks and bounds at the edges of blocks, with a copy taken in the middle."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mockserver.store.runs.BLOCK", 2)
        runs, before = Runs(), Runs()
        want: set[tuple[str, int]] = set()
        wanted: set[tuple[str, int]] = set()
        for number, (adds, text, row_id) in enumerate(commands):
            if number == len(commands) // 2:
                before, wanted = runs, set(want)
                runs = runs.copy()
            (runs.add if adds else runs.discard)("k", f"{text:02}", row_id)
            (want.add if adds else want.discard)((f"{text:02}", row_id))
        for held, expected in ((runs, want), (before, wanted)):
            bounds = f"{low:02}", f"{high:02}"
            assert held.between("k", *bounds) == sorted(
                row_id for text, row_id in expected if bounds[0] <= text <= bounds[1]
            )
            assert held.between("k", *ALL) == sorted(row_id for _, row_id in expected)
