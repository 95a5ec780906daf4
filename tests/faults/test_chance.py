"""Draws are the same with every Python and on every platform, and they are fair."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.chance import Chance

MANY = range(4000)


def test_draws_are_pinned() -> None:
    """The golden draws: whoever changes them changes what every recorded seed does."""
    chance = Chance("seed-42", "flaky", "9820098200", 1)
    assert chance.fraction("probability") == 0.29583066306076944
    assert chance.normal("wait") == pytest.approx(-1.03613245337138, abs=1e-12)
    assert chance.octets("noise", 12).hex() == "b1bfd5b2f9d8e2dd7bd2c886"
    assert Chance().octets("", 4).hex() == "03dfbb7b"


@given(st.lists(st.integers() | st.text(), max_size=4), st.text())
def test_a_draw_depends_on_nothing_but_what_it_is_for(parts: list[str | int], use: str) -> None:
    """Asked again, in whatever order, a draw is the same."""
    first, second = Chance(*parts), Chance(*parts)
    found = first.fraction(use)
    second.octets("something else", 100)
    assert 0 <= found < 1
    assert second.fraction(use) == first.fraction(use) == found


@given(st.integers(0, 500), st.integers(0, 500))
def test_fewer_octets_are_the_beginning_of_more(count: int, more: int) -> None:
    """So many bytes as asked for, and the first of them do not depend on how many."""
    chance = Chance("a", 1)
    assert chance.octets("noise", count + more)[:count] == chance.octets("noise", count)
    assert len(chance.octets("noise", count)) == count


def test_other_parts_are_other_draws() -> None:
    """Seed, rule, identity, attempt and use each make a draw of their own; where a part ends matters."""
    keys = [
        ("s", "r", "i", 1),
        ("t", "r", "i", 1),
        ("s", "q", "i", 1),
        ("s", "r", "j", 1),
        ("s", "r", "i", 2),
    ]
    keys += [("sr", "", "i", 1), ("s", "ri", "", 1)]
    draws = {Chance(*key).octets(use, 16) for key in keys for use in ("one", "two")}
    assert len(draws) == 2 * len(keys)


def test_fractions_are_even() -> None:
    """Four thousand attempts fall evenly into tenths, and the mean is a half."""
    draws = [Chance("seed", number).fraction("use") for number in MANY]
    tenths = [sum(int(draw * 10) == tenth for draw in draws) for tenth in range(10)]
    assert all(320 < count < 480 for count in tenths)
    assert fmean(draws) == pytest.approx(0.5, abs=0.02)


def test_normal_draws_are_normal() -> None:
    """Mean 0, deviation 1, two thirds within one deviation, and no draw beyond all measure."""
    draws = [Chance("seed", number).normal("use") for number in MANY]
    assert fmean(draws) == pytest.approx(0, abs=0.05)
    assert pstdev(draws) == pytest.approx(1, abs=0.05)
    assert sum(abs(draw) < 1 for draw in draws) / len(MANY) == pytest.approx(0.6827, abs=0.03)
    assert max(map(abs, draws)) < 7
