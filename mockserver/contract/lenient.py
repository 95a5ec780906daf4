"""Repair of the six defects of the printed examples, for quirk ``lenient_json=on`` (TRN-28).

R1 curly double quotes for straight ones · R2 a raw line break or tab inside a string · R3 no colon
between a key and ``[`` or ``{`` · R4 no comma between members or elements · R5 a comma before a
closing bracket · R6 a key without its opening quote. Everything else stays as it is, and so stays
malformed. Valid JSON is never changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from mockserver.contract.json_scan import SCALAR, State, advance, symbol_of

Repair = Literal["R1", "R2", "R3", "R4", "R5", "R6"]

_BODY = r'(?:[^"\\]|\\[^\r\n\t])*+'
_CURLY_BODY = r'(?:[^"\u201c\u201d\\]|\\[^\r\n\t])*+'
_TOKEN = re.compile(
    rf'(?P<blanks>[ \t\r\n]*+)(?:(?P<string>"(?P<straight>{_BODY})"'
    rf'|[\u201c\u201d](?P<curly>{_CURLY_BODY})["\u201c\u201d])'
    r'|(?P<bare>[A-Za-z_][\w.-]*+)["\u201c\u201d](?=[ \t\r\n]*+[:\[{])'
    rf"|(?P<scalar>{SCALAR})|(?P<mark>[{{}}\[\]:,]))"
)
_BREAKS = re.compile(r"[\r\n\t]+")


@dataclass(frozen=True, slots=True)
class Repaired:
    """The text after repair and the repairs made, in their order in the text."""

    text: str
    repairs: tuple[Repair, ...]


def repair(text: str) -> str:
    """``text`` with the six known defects mended as far as the first other defect (TRN-28)."""
    return mend(text).text


def mend(text: str) -> Repaired:
    """As ``repair``, and also says which repairs it made. Linear in the length of the text."""
    work = _Work()
    at = 0
    while token := _TOKEN.match(text, at):
        if not work.take(token):
            break
        at = token.end()
    return Repaired("".join([*work.pieces, text[at:]]), tuple(work.repairs))


@dataclass(slots=True)
class _Work:
    """The repaired text so far, piece by piece, and the state of the grammar behind it."""

    pieces: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    state: State = State.TOP

    def take(self, token: re.Match[str]) -> bool:
        """Add one token, with what is missing before it; False if it cannot stand here at all."""
        symbol = "string" if token["bare"] else symbol_of(token)
        after = advance(self.state, symbol, self.stack) or self._insert_before(symbol)
        if after is None or (token["bare"] and after is not State.COLON):
            return False
        self.state = after
        self.pieces.append(token["blanks"] + self._written(token))
        return True

    def _insert_before(self, symbol: str) -> State | None:
        """Mend what stands, or is missing, between the last token and this one: R3, R4, R5."""
        inside = self.stack[-1] if self.stack else ""
        if self.state is State.COLON and symbol in {"{", "["}:
            return self._inserted("R3", ":", State.VALUE, symbol)
        if self.state is State.COMMA and (
            symbol == "string" or (inside == "[" and symbol in {"scalar", "{", "["})
        ):
            return self._inserted("R4", ",", State.KEY if inside == "{" else State.VALUE, symbol)
        after_comma = self.state is State.KEY or (self.state is State.VALUE and inside == "[")
        if after_comma and symbol in {"}", "]"}:
            after = advance(State.COMMA, symbol, self.stack)
            if after is not None:
                self.pieces[-1] = self.pieces[-1].removesuffix(",")
                self.repairs.append("R5")
            return after
        return None

    def _inserted(self, name: Repair, mark: str, state: State, symbol: str) -> State | None:
        self.pieces.append(mark)
        self.repairs.append(name)
        return advance(state, symbol, self.stack)

    def _written(self, token: re.Match[str]) -> str:
        """The token in straight quotes and without raw breaks: R1, R2, R6."""
        if token["bare"]:
            self.repairs.append("R6")
            return f'"{token["bare"]}"'
        if token.lastgroup == "scalar" or token["mark"]:
            return token[0][len(token["blanks"]) :]
        body: str | None = token["straight"]
        if body is None:
            self.repairs.append("R1")
            body = token["curly"]
        if _BREAKS.search(body):
            self.repairs.append("R2")
            parts = (part.strip(" ") for part in _BREAKS.split(body))
            body = " ".join(filter(None, parts))
        return f'"{body}"'
