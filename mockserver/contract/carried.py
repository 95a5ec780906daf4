"""A JSON text as a request carried it: what to warn of and how to explain what is wrong with it.

In a form, ``+ & %`` have a meaning of their own. A client that types its JSON un-encoded, as the
documents do, loses them without noticing; the texts here name the byte and its encoding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mockserver.contract.urlencoded import count_escapes, find_lone_percent, raw_offset
from mockserver.model import Finding, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.contract.json_faults import Fault


class Place(StrEnum):
    """Which part of a request: offsets count from its first byte."""

    BODY = "body"
    QUERY = "query"


class Coding(StrEnum):
    """How the raw bytes became text; ``KEPT`` is raw, though the content type is that of a form."""

    RAW = "raw"
    KEPT = "kept"
    PERCENT = "percent"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Carried:
    """One reading of a request: the raw bytes of the value, where they stood, and what they decode to.

    ``cut`` tells that a raw ``&`` ended the value.
    """

    raw: bytes
    at: int
    place: Place
    coding: Coding
    decoded: bytes
    cut: bool = False


_NEVER_IN_A_FORM: Final = (b'"', b"{", b"}", b"[", b"]", b":", b",")
_FORM_MARKS: Final = (("TRN-17", b"+", "%2B"), ("TRN-18", b"&", "%26"), ("TRN-20", b"%", "%25"))
_ESCAPE_JUST_BEFORE = re.compile(rb"%[0-9A-Fa-f]{2}[ +]*\Z")
_PLUS_IN_A_NUMBER = re.compile(rb"[0-9.eE-]*+\+")
_NEARBY: Final = 16


def _is_unencoded(raw: bytes) -> bool:
    """Whether JSON was typed as it is: every form encoder would have escaped its punctuation.

    The difference matters for ``+``, which an encoder writes for a space.
    """
    return any(mark in raw for mark in _NEVER_IN_A_FORM)


def _holds_raw_json(raw: bytes) -> bool:
    return b'"' in raw or b"{" in raw


def notices_of(value: Carried) -> tuple[Notice, ...]:
    """Warnings about bytes of a form body or query that form decoding changed (AM-08, TRN-17, TRN-20)."""
    raw, place = value.raw, value.place
    if value.coding is Coding.KEPT:
        return tuple(_kept_notices(value))
    if value.coding is not Coding.FORM or (b"+" not in raw and b"%" not in raw):
        return ()
    query = place is Place.QUERY
    notices: list[Notice] = []
    if b"+" in raw and _is_unencoded(raw):
        at = value.at + raw.find(b"+")
        text = f"raw '+' in an unencoded {place} (byte {at}) was read as a space; encode it as %2B"
        notices.append(Notice("TRN-22" if query else "TRN-17", "", text))
    escapes = count_escapes(raw, value.decoded)
    if raw.count(b"%") > escapes:
        at = value.at + find_lone_percent(raw)
        text = f"raw '%' without two hexadecimal digits in the {place} (byte {at}) was kept; encode it as %25"
        notices.append(Notice("TRN-22" if query else "TRN-20", "", text))
    elif escapes and not query and _holds_raw_json(raw):
        at = value.at + raw.find(b"%")
        text = f"percent escapes (first at byte {at}) in an otherwise unencoded body were decoded; encode all of it"
        notices.append(Notice("TRN-20", "", text))
    return tuple(notices)


def _kept_notices(value: Carried) -> Iterator[Notice]:
    """Warnings about bytes that quirk ``body_decode=raw-first`` keeps and a form decoder would not."""
    for ledger, mark, code in _FORM_MARKS:
        at = value.raw.find(mark)
        if at >= 0:
            text = f"raw '{mark.decode()}' at byte {value.at + at} of the body was kept, a form decoder would not; "
            yield Notice(ledger, "", f"{text}encode it as {code}")


def raw_query_finding(query: bytes) -> Finding | None:
    """The first raw brace or double quote in the query string, which no URL may hold (AM-21), or None."""
    places = [at for at in map(query.find, (b"{", b"}", b'"')) if at >= 0]
    if not places:
        return None
    at = min(places)
    text = f"raw braces or quotes in the query (first at byte {at}); percent-encode the JSON"
    return Finding("AM-21", text, at, "percent-encode the whole value; with curl use -G --data-urlencode")


def finding_of(fault: Fault, value: Carried) -> Finding:
    """The fault of a value with its place in the raw bytes, and the transport's part in it named."""
    as_it_stands = value.raw is value.decoded
    inner = fault.at if as_it_stands else raw_offset(value.raw, fault.at)
    special = _transport_finding(fault, value, inner)
    if special is not None:
        return special
    at = value.at + inner
    return Finding(fault.ledger, f"{fault.text} at byte {at} of the {value.place}", at, fault.mend)


def _transport_finding(fault: Fault, value: Carried, inner: int) -> Finding | None:
    """What ``&``, ``+`` or ``%`` did to JSON that was not encoded for the way it was sent."""
    raw, place = value.raw, value.place
    here = raw[inner : inner + 1]
    if value.coding is not Coding.FORM:
        return _raw_finding(here, value, inner)
    query = place is Place.QUERY
    if value.cut and fault.unfinished and _is_unencoded(raw):
        at = value.at + len(raw)
        text = f"raw '&' at byte {at} of the {place} ends the parameter in the middle of the JSON"
        return Finding("TRN-22" if query else "TRN-18", text, at, "encode it as %26")
    before = raw[:inner].rstrip(b" ")
    number = _PLUS_IN_A_NUMBER.match(raw, inner)
    if _is_unencoded(raw) and (number or before.endswith(b"+")):
        at = value.at + (number.end() if number else len(before)) - 1
        text = f"raw '+' at byte {at} of the {place} was read as a space, which breaks the JSON there"
        return Finding("TRN-22" if query else "TRN-17", text, at, "encode it as %2B")
    nearby = _ESCAPE_JUST_BEFORE.search(raw[max(0, inner - _NEARBY) : inner])
    if _holds_raw_json(raw) and (nearby or here == b"%"):
        at = value.at + (raw.rfind(b"%", 0, inner) if nearby else inner)
        text = f"the escape at byte {at} of the {place} was decoded, which breaks the JSON there"
        return Finding("TRN-22" if query else "TRN-20", text, at, "encode all of the JSON; a raw '%' is %25")
    return None


def _raw_finding(here: bytes, value: Carried, inner: int) -> Finding | None:
    """Form encoding in a body whose content type does not say so (AM-60)."""
    if here != b"&" and (here != b"+" or value.coding is not Coding.PERCENT):
        return None
    at = value.at + inner
    text = f"raw '{here.decode()}' at byte {at} of the body, which is no form by its content type"
    return Finding("AM-60", text, at, "send the content type of a form, or nothing but percent-encoded JSON")
