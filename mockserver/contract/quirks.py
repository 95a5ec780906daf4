"""Quirks: named switches for alternative readings of the documents (GEN-20)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mockserver.errors import UnknownQuirk

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk: its values (default first) and where it acts.

    ``open`` says that any text is a value. ``stage`` is ``transport`` (a process cannot set it: the
    process is not known yet), ``contract`` or ``edge``.
    """

    name: str
    values: tuple[str, ...]
    stage: str
    ledger: str
    about: str
    open: bool = False

    @property
    def default(self) -> str:
        """The value in force when nobody sets one."""
        return self.values[0]


class Quirks:
    """All quirks of the catalogue."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self._quirks = {
            name: Quirk(
                name, tuple(row["values"]), row["stage"], row["ledger"], row["about"], row.get("open", False)
            )
            for name, row in table.items()
            if name != "$comment"
        }
        self.defaults: dict[str, str] = {name: quirk.default for name, quirk in self._quirks.items()}

    def __iter__(self) -> Any:
        return iter(self._quirks.values())

    def __getitem__(self, name: str) -> Quirk:
        return self._quirks[name]

    def check(self, name: str, value: object, *, process: bool = False) -> str:
        """Return the value if the quirk has it; raise UnknownQuirk naming the nearest one otherwise."""
        quirk = self._quirks.get(name)
        if quirk is None:
            expected = f"one of {', '.join(self._quirks)}"
            raise UnknownQuirk(f"unknown quirk {name[:60]!r}{_nearest(name, self._quirks)}", expected)
        known = ", ".join(quirk.values)
        expected = "text" if quirk.open else f"one of {known}"
        title = "unknown edition" if name == "edition" else "unknown value of a quirk"
        if not isinstance(value, str):
            raise UnknownQuirk(f"quirk {name}: expected text, got {type(value).__name__}", expected, title)
        if value not in quirk.values and not quirk.open:
            hint = _nearest(value, quirk.values)
            raise UnknownQuirk(f"quirk {name} has no value {value[:60]!r} but {known}{hint}", expected, title)
        if process and quirk.stage == "transport":
            text = f"quirk {name} acts before the process is known; a process cannot set it"
            raise UnknownQuirk(text, "a quirk that acts later", "misplaced quirk")
        return value

    def check_all(self, choices: Mapping[str, object], *, process: bool = False) -> dict[str, str]:
        """Return the choices, each checked."""
        return {name: self.check(name, value, process=process) for name, value in choices.items()}

    def parse(self, text: str) -> dict[str, str]:
        """Return the choices of a header ``name=value[,name=value]``; values may be percent-encoded (AM-13)."""
        choices: dict[str, str] = {}
        for part in text.split(","):
            name, equals, value = part.strip().partition("=")
            if not equals:
                text = f"expected name=value, got {part.strip()[:60]!r}"
                raise UnknownQuirk(text, "name=value", "malformed quirk header")
            choices[name.strip()] = self.check(name.strip(), unquote(value.strip()))
        return choices


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""
