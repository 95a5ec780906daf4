"""What is wrong with a text that is not JSON, where, and how to mend it (TRN-27).

The scanner finds the first place that breaks the grammar; the rules below, asked in order, name the
usual mistake of such a place. All texts are ASCII and show at most one character of the client's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mockserver.contract.json_scan import KEYS, MAX_DEPTH, VALUES, State, stopping_spot

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.contract.json_scan import Spot


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: its place, what it is, and its mend.

    ``at`` counts characters of the text, or bytes where the function handing it out says so.
    ``unfinished`` tells that the text stops before its JSON does.
    """

    at: int
    ledger: str
    text: str
    mend: str
    unfinished: bool = False


_CURLY_QUOTES: Final = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u2033\u2036\u00ab\u00bb"
_PLACEHOLDER = re.compile(r"\{\s*JSON request\s*\}")
_WORD = re.compile(r"[A-Za-z_$][\w$.-]*+")
_PYTHON_WORDS: Final = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
_NO_NUMBERS: Final = frozenset(("NaN", "Infinity", "nan", "inf", "INF"))
_CLOSER: Final = {"{": "'}'", "[": "']'"}
_ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F]|(?P<lone>u[dD][89a-fA-F])|.)", re.DOTALL
)
_GOOD_STRING = re.compile(r'[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})')


def find_fault(text: str) -> Fault | None:
    """The first fault of ``text`` as one strict JSON object, or None; the size of numbers is not judged."""
    spot = stopping_spot(text)
    if spot is None:
        return _lone_surrogate(text)
    for rule in _RULES:
        fault = rule(spot)
        if fault is not None:
            return fault
    return _fault(spot, f"an unexpected {_named(spot.char)}", "remove it, or put it inside a quoted string")


def _fault(spot: Spot, text: str, mend: str, ledger: str = "TRN-27", *, at: int | None = None) -> Fault:
    return Fault(spot.at if at is None else at, ledger, text, mend)


def _named(char: str) -> str:
    """One character for people: as it is if that is readable ASCII, else its code point."""
    return f"'{char}'" if "!" <= char <= "~" and char != "'" else f"U+{ord(char):04X}"


def _lone_surrogate(text: str) -> Fault | None:
    for escape in _ESCAPES.finditer(text):
        if escape["lone"]:
            return Fault(
                escape.start(),
                "TRN-27",
                "half of a surrogate pair in a string",
                "send the character itself as UTF-8, or both \\u escapes of the pair",
            )
    return None


def _too_deep(spot: Spot) -> Fault | None:
    if spot.depth <= MAX_DEPTH:
        return None
    return _fault(spot, f"nesting deeper than {MAX_DEPTH} levels", "send flat records", at=spot.previous)


def _placeholder(spot: Spot) -> Fault | None:
    if not _PLACEHOLDER.match(spot.text.lstrip()):
        return None
    mend = "replace the placeholder by a JSON object such as the ones the documents print"
    return _fault(spot, "the placeholder of the documents instead of a request", mend, "TRN-65")


def _typography(spot: Spot) -> Fault | None:
    char = spot.char
    if char and char in _CURLY_QUOTES:
        return _fault(spot, f"a curly quote {_named(char)}", "use the straight double quote U+0022")
    if char == "'":
        return _fault(spot, "a single quote", "JSON strings and keys stand in straight double quotes")
    if char == "\ufeff" or (char.isspace() and char):
        return _fault(spot, f"an invisible character {_named(char)}", "remove it, or use a plain space")
    if char == "\\":
        mend = "send the quotes without backslashes; only a quote inside a string is escaped"
        return _fault(spot, "a backslash outside a string", mend)
    if spot.text.startswith(("//", "/*"), spot.at):
        return _fault(spot, "a comment", "remove it: JSON has no comments")
    return None


def _lost_quotes(spot: Spot) -> Fault | None:
    """TRN-11: between double quotes, a shell takes every quote of the JSON away."""
    if not _WORD.match(spot.text, spot.at) or '"' in spot.text or spot.state not in KEYS:
        return None
    mend = "put the request between single quotes on the command line, or escape each double quote"
    return _fault(spot, "a key without quotes, and no quote anywhere (lost to the shell?)", mend, "TRN-11")


def _top(spot: Spot) -> Fault | None:
    """The text does not begin with the brace of an object."""
    if spot.state is not State.TOP:
        return None
    rest = spot.text[spot.at : spot.at + 200].lstrip('"')
    word = _WORD.match(rest)
    if word and rest[word.end() :].lstrip('" ').startswith(":"):
        mend = "keep the braces; with curl use -g, or -G --data-urlencode, so that they are no URL pattern"
        return _fault(spot, "members without the braces around them (lost to curl?)", mend, "TRN-12")
    if not spot.char:
        return _fault(spot, "nothing where the JSON should stand", "send a JSON object", "TRN-31")
    if spot.char == "%":
        return _fault(spot, "text that is still percent-encoded", "percent-encode the JSON only once")
    if rest.startswith(("{", "\\")):
        return _fault(spot, "a string that holds JSON", "serialise the object only once", "TRN-31")
    return _fault(spot, "no object at the top level", "send one JSON object, beginning with '{'", "TRN-31")


def _after_the_end(spot: Spot) -> Fault | None:
    if spot.state is not State.END:
        return None
    mend = "end the request with the brace that closes its JSON object"
    return _fault(spot, f"text after the JSON, beginning with {_named(spot.char)}", mend)


def _broken_string(spot: Spot) -> Fault | None:
    """A string that begins in a fitting place and goes wrong on its way."""
    if spot.char != '"' or spot.state not in KEYS | VALUES:
        return None
    at = spot.at + 1
    while good := _GOOD_STRING.match(spot.text, at):
        at = good.end()
    bad = spot.text[at : at + 1]
    if not bad:
        return Fault(
            spot.at, "TRN-27", "a string without its closing quote", "close the string", unfinished=True
        )
    if bad in "\r\n":
        return _fault(spot, "a raw line break inside a string", "write it as \\n", at=at)
    if bad == "\t":
        return _fault(spot, "a raw tab inside a string", "write it as \\t", at=at)
    if bad == "\\":
        known = 'use one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; a backslash itself is \\\\'
        broken_off = not spot.text[at:].rstrip("0123456789abcdefABCDEF").removeprefix("\\").removeprefix("u")
        return Fault(at, "TRN-27", "an escape that JSON does not have", known, unfinished=broken_off)
    return _fault(
        spot,
        f"a raw control character {_named(bad)} inside a string",
        f"write it as \\u{ord(bad):04x}",
        at=at,
    )


def _unfinished(spot: Spot) -> Fault | None:
    if spot.char:
        return None
    closer = _CLOSER.get(spot.inside, "its end")
    mend = f"send the text to its end; the innermost open part still needs {closer}"
    return Fault(spot.at, "TRN-27", "the end of the text in the middle of the JSON", mend, unfinished=True)


def _commas(spot: Spot) -> Fault | None:
    if spot.char and spot.char in "}]" and spot.before == ",":
        mend = f"remove the comma before {_named(spot.char)}"
        return _fault(spot, "a trailing comma", mend, at=spot.previous)
    if spot.char == "," and spot.state is not State.COLON:
        return _fault(spot, "a comma with nothing before it", "remove it, or put the missing part before it")
    if spot.state is not State.COMMA:
        return None
    if spot.char in "}]":
        expected = _CLOSER[spot.inside]
        return _fault(
            spot, f"a closing {_named(spot.char)} that does not fit", f"close with {expected} first"
        )
    if spot.char == ":":
        return _fault(spot, "a colon where a comma or the end should stand", "check the quotes before it")
    mend = "put a comma between the two parts"
    if spot.before == '"' and _WORD.match(spot.char):
        mend += ', or write a double quote inside a string as \\"'
    return _fault(spot, f"a missing comma before {_named(spot.char)}", mend)


def _colon(spot: Spot) -> Fault | None:
    if spot.state is not State.COLON:
        return None
    return _fault(spot, f"a missing colon before {_named(spot.char)}", "put a colon between key and value")


def _key(spot: Spot) -> Fault | None:
    if spot.state not in KEYS:
        return None
    word = _WORD.match(spot.text, spot.at)
    if word and spot.text.startswith('"', word.end()):
        return _fault(spot, "a key that lacks its opening quote", "put a double quote before the key")
    if word:
        return _fault(spot, "a key without quotes", "put the key in double quotes")
    return _fault(spot, f"no key but {_named(spot.char)}", "put a key in double quotes here")


def _value(spot: Spot) -> Fault | None:
    if spot.state not in VALUES:
        return None
    if spot.char in "}]":
        return _fault(spot, "a missing value", "put a value here, or null")
    word = _WORD.match(spot.text, spot.at + (spot.char == "-"))
    if word and word[0] in _NO_NUMBERS:
        return _fault(spot, "NaN or Infinity", "JSON has no such number; send null or a real number")
    if word and word[0] in _PYTHON_WORDS:
        return _fault(spot, "a word of another language", f"JSON writes it {_PYTHON_WORDS[word[0]]}")
    if word:
        ledger = "TRN-27" if '"' in spot.text else "TRN-11"
        return _fault(spot, "text without quotes", "put the text in double quotes", ledger)
    if spot.char in "+-.0123456789":
        mend = (
            "write it as JSON does (no plus, no leading zero, digits on both sides of a point), or quote it"
        )
        return _fault(spot, "a malformed number", mend)
    return None


_RULES: Final[tuple[Callable[[Spot], Fault | None], ...]] = (
    _too_deep,
    _placeholder,
    _after_the_end,
    _typography,
    _lost_quotes,
    _top,
    _unfinished,
    _broken_string,
    _commas,
    _colon,
    _key,
    _value,
)
