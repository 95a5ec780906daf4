"""The targets, as data, and whether a run met them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bench.cases import cases
from bench.figures import count_text, ratio, ratio_text, value_text
from bench.measurements.batches import PIECES
from bench.measurements.delays import QUIET
from bench.measurements.durability import ACKNOWLEDGED, IN_MEMORY
from bench.measurements.flatness import GROUPS, SMALL, small
from bench.measurements.floor import CALLS, MANY, SHORT
from bench.measurements.methods import GROUP, PUSH
from bench.measurements.start import FLASK
from bench.model import OURS, WIREMOCK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.model import Figure

Place = tuple[str, str]
"""Key of a figure, and who of it."""

MET, NOT_MET, NOT_MEASURED = "met", "not met", "not measured"


@dataclass(frozen=True, slots=True)
class Target:
    """A figure held against a limit: by itself, as a ratio to another, or as the difference to another."""

    text: str
    figure: Place
    sign: Literal["≤", "≥"]
    limit: float
    against: Place | None = None
    by: Literal["value", "ratio", "difference"] = "ratio"
    unit: str = ""

    def measured(self, figures: Mapping[str, Figure]) -> float | None:
        """Return what is held against the limit, or None when a figure of it is missing."""
        ours = _value(figures, self.figure)
        if self.against is None or ours is None:
            return ours
        other = _value(figures, self.against)
        if self.by == "ratio":
            return ratio(ours, other)
        return None if other is None else ours - other

    def verdict(self, value: float | None) -> str:
        """Return met, not met or not measured. The limit itself is met."""
        if value is None:
            return NOT_MEASURED
        holds = value >= self.limit if self.sign == "≥" else value <= self.limit
        return MET if holds else NOT_MET

    def shown(self, value: float | None) -> str:
        """Return a measured value or a limit in the target's own unit."""
        if self.by == "ratio" and self.against is not None:
            return ratio_text(value)
        return f"{value_text(value)} {self.unit}" if value is not None else value_text(value)


def _value(figures: Mapping[str, Figure], place: Place) -> float | None:
    figure = figures.get(place[0])
    return None if figure is None else figure.values.get(place[1])


def _ours(key: str) -> Place:
    return (key, OURS)


_METHODS = tuple(
    Target(f"{case.title}, against a {PUSH}", _ours(f"methods.{case.key}"), "≤", 1.5, (f"methods.{case.key}", PUSH))
    for case in cases(GROUP)[1:]
)  # fmt: skip
_FLATNESS = tuple(
    Target(
        f"{case.title}, {count_text(full)} {unit} against {SMALL}",
        _ours(f"flatness.{group}.{case.key}.{full}"), "≤", 1.5,
        (f"flatness.{group}.{case.key}.{full}", small(group)),
    )
    for group, (unit, full) in GROUPS.items()
    for case in cases(group)
)  # fmt: skip

TARGETS: tuple[Target, ...] = (
    Target("throughput on one core against WireMock", _ours("throughput.16"), "≥", 1.5, ("throughput.16", WIREMOCK)),
    Target("p50 of one connection against WireMock", _ours("p50.1"), "≤", 0.6, ("p50.1", WIREMOCK)),
    Target("start to first documented answer against WireMock", _ours("start"), "≤", 0.2, ("start", WIREMOCK)),
    Target(
        "start to first documented answer above `import flask`",
        _ours("start"), "≤", 100, ("start", FLASK), "difference", "ms",
    ),
    Target("memory after 20,000 pushes", _ours("memory.pushed.20000"), "≤", 80, None, "value", "MB"),
    Target("memory after 20,000 refused commands", _ours("memory.refused.20000"), "≤", 80, None, "value", "MB"),
    Target(
        "memory flat from 20,000 to 200,000 refused commands (5 % is flat)",
        _ours("memory.refused.200000"), "≤", 1.05, _ours("memory.refused.20000"),
    ),
    Target("10,000 records against 100 records", _ours("batch.10000"), "≤", 40, _ours("batch.100")),
    Target("10,000 records against the pieces alone", _ours("batch.10000"), "≤", 3, ("batch.10000", PIECES)),
    Target("push with 100,000 customers against 100", _ours("push.100000"), "≤", 1.5, _ours("push.100")),
    Target("look-up with 100,000 customers against 100", _ours("lookup.100000"), "≤", 1.5, _ours("lookup.100")),
    *_METHODS,
    *_FLATNESS,
    Target("create a golden sandbox through HTTP", _ours("create"), "≤", 2, None, "value", "ms"),
    Target("reset a golden sandbox through HTTP", _ours("reset"), "≤", 2, None, "value", "ms"),
    Target("memory of 1,000 sandboxes", _ours("sandboxes.memory"), "≤", 150, None, "value", "MB"),
    Target("a day of 10,000 calls and 50 agents", _ours(f"floor.day.{CALLS}"), "≤", 30, None, "value", "s"),
    Target("an event with 100,000 calls against 1,000", _ours(f"floor.flat.{MANY}"), "≤", 1.5, (f"floor.flat.{MANY}", SHORT)),
    Target("others' p99 while 500 replies wait", _ours("delays"), "≤", 2, ("delays", QUIET)),
    Target("push with a state file, 16 connections, against in memory", _ours("durability.16"), "≤", 1.5, ("durability.16", IN_MEMORY)),
    Target("push of a new customer with a state file, against in memory", _ours("durability.1"), "≤", 1.5, ("durability.1", IN_MEMORY)),
    Target("acknowledged pushes found after kills -9", _ours("kills"), "≥", 1, ("kills", ACKNOWLEDGED)),
    Target("install with all dependencies", _ours("size"), "≤", 80, None, "value", "MB"),
)  # fmt: skip


def judge(figures: Sequence[Figure]) -> list[tuple[Target, float | None, str]]:
    """Return every target with what was measured and the verdict."""
    found = {figure.key: figure for figure in figures}
    values = [(target, target.measured(found)) for target in TARGETS]
    return [(target, value, target.verdict(value)) for target, value in values]
