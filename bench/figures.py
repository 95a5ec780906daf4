"""What is computed from what was measured."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["count_text", "median", "percentile", "ratio", "ratio_text", "value_text"]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` percent of the values do not exceed (nearest rank).

    Raises ValueError for no values or a share outside 0 to 100.
    """
    if not values:
        raise ValueError("there is no percentile of nothing")
    if not 0 <= share <= 100:
        raise ValueError(f"a share is 0 to 100 percent, not {share}")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def ratio(ours: float | None, yardstick: float | None) -> float | None:
    """Return ``ours / yardstick``, or None when one is missing or the yardstick is no positive number."""
    if ours is None or yardstick is None or yardstick <= 0:
        return None
    return ours / yardstick


def ratio_text(value: float | None) -> str:
    """Return a ratio as ``1.52 ×``, with digits that fit its size."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:,.{digits}f} ×"


def value_text(value: float | None) -> str:
    """Return a figure with three leading digits at most behind the point."""
    if value is None:
        return "–"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2
    return f"{value:,.{digits}f}"


def count_text(number: int) -> str:
    """Return a count with commas."""
    return f"{number:,}"
