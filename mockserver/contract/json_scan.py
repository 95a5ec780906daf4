"""Walking a text by the grammar of RFC 8259: shared by the reader of faults and the lenient repairer.

The grammar is written once, in ``advance``: both scanners differ only in what they do where it says no.
The top of a command is an object (TRN-27), so nothing else may begin the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

MAX_DEPTH: Final = 64
"""Levels of nesting that are read; the documents need four (TRN-27)."""

STRING_BODY: Final = r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+'
SCALAR: Final = (
    r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![0-9A-Za-z_.+-])"
    r"|(?:true|false|null)(?![0-9A-Za-z_])"
)
BLANKS: Final = re.compile(r"[ \t\r\n]*+")
TOKEN: Final = re.compile(
    rf'[ \t\r\n]*+(?:(?P<string>"{STRING_BODY}")|(?P<scalar>{SCALAR})|(?P<mark>[{{}}\[\]:,]))'
)
_BLANK = r"[ \t\r\n]*+"
_MEMBER = rf'{_BLANK}"{STRING_BODY}"{_BLANK}:{_BLANK}(?:"{STRING_BODY}"|{SCALAR}){_BLANK}'
_FLAT_RECORDS = re.compile(rf"(?:{_BLANK}\{{{_MEMBER}(?:,{_MEMBER})*+\}}{_BLANK},)*+")


class State(Enum):
    """What may come next: ``FIRST_…`` may also be the end of the container just opened."""

    TOP = auto()
    FIRST_VALUE = auto()
    VALUE = auto()
    FIRST_KEY = auto()
    KEY = auto()
    COLON = auto()
    COMMA = auto()
    END = auto()


VALUES: Final = frozenset((State.VALUE, State.FIRST_VALUE))
KEYS: Final = frozenset((State.KEY, State.FIRST_KEY))
_CLOSABLE = frozenset((State.COMMA, State.FIRST_VALUE, State.FIRST_KEY))
_CLOSES: Final = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a text stops being JSON: the place, what was expected, and what stands around it.

    ``inside`` is the bracket the place stands in ("" at the top), ``previous`` the place of the last
    character that was still right (-1 at the start), ``depth`` the number of open brackets.
    """

    text: str
    at: int
    state: State
    inside: str
    previous: int
    depth: int

    @property
    def char(self) -> str:
        """The first character that is wrong, "" at the end of the text."""
        return self.text[self.at : self.at + 1]

    @property
    def before(self) -> str:
        """The last character that was right, "" at the start."""
        return self.text[self.previous] if self.previous >= 0 else ""


def symbol_of(token: re.Match[str]) -> str:
    """``string``, ``scalar`` or the punctuation mark itself."""
    return token["mark"] or token.lastgroup or ""


def advance(state: State, symbol: str, stack: list[str]) -> State | None:
    """The state after ``symbol``, or None if it may not stand here; keeps ``stack`` of open brackets."""
    if symbol in {"string", "scalar"}:
        if state in KEYS:
            return State.COLON if symbol == "string" else None
        return State.COMMA if state in VALUES else None
    if symbol in _CLOSES:
        if state not in VALUES and not (state is State.TOP and symbol == "{"):
            return None
        stack.append(symbol)
        return State.FIRST_KEY if symbol == "{" else State.FIRST_VALUE
    if symbol == ",":
        return (State.KEY if stack[-1] == "{" else State.VALUE) if state is State.COMMA else None
    if symbol == ":":
        return State.VALUE if state is State.COLON else None
    if state not in _CLOSABLE or _CLOSES[stack[-1]] != symbol:
        return None
    stack.pop()
    return State.COMMA if stack else State.END


def stopping_spot(text: str) -> Spot | None:
    """Where ``text`` stops being one shallow JSON object, or None if it never does. Linear in its length."""
    stack: list[str] = []
    at, state = 0, State.TOP
    while (token := TOKEN.match(text, at)) and len(stack) <= MAX_DEPTH:
        after = advance(state, symbol_of(token), stack)
        if after is None:
            break
        at, state = token.end(), after
        if state in VALUES and stack[-1] == "[" and len(stack) < MAX_DEPTH:
            # A push is thousands of flat records: those that are right are passed in one go.
            records = _FLAT_RECORDS.match(text, at)
            if records and records.end() > at:
                at, state = records.end(), State.VALUE
    blanks = BLANKS.match(text, at)
    place = blanks.end() if blanks else at
    if state is State.END and place == len(text):
        return None
    return Spot(text, place, state, stack[-1] if stack else "", at - 1, len(stack))
