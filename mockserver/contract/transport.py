"""From the bytes of a request to its command (TRN-15 … TRN-33, AM-08, AM-20, AM-21, AM-60).

The documents send the JSON un-encoded in bodies of two content types and in a URL. A servlet
container decodes the latter two as forms, which is the default here (quirk ``body_decode``).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mockserver.contract.carried import Carried, Coding, Place, finding_of, notices_of, raw_query_finding
from mockserver.contract.json_faults import Fault
from mockserver.contract.lenient import mend
from mockserver.contract.strict_json import parse_object
from mockserver.contract.urlencoded import (
    first_parameter,
    form_decode,
    parameter_pattern,
    percent_decode,
)
from mockserver.errors import Malformed, RawQueryRefused
from mockserver.model import Finding, Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.model import Inbound

PARAMETER: Final = "data"
"""The one parameter of a request: TRN-03, TRN-06, TRN-07, E-06."""

_PREFIX: Final = f"{PARAMETER}=".encode()
_PATTERN: Final = parameter_pattern(PARAMETER)
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/"
_BOM: Final = b"\xef\xbb\xbf"
_METHOD_NAME = re.compile('"?method"?\\s*+:\\s*+["\u201c\u201d]([A-Za-z_]+)')


@dataclass(frozen=True, slots=True)
class Decoded:
    """The JSON command of a request, and warnings about how it was sent."""

    command: dict[str, Any]
    notices: tuple[Notice, ...] = ()


def decode(inbound: Inbound, quirks: Mapping[str, str]) -> Decoded:
    """Read the command out of query or body (the query wins, TRN-23; GET has no body).

    ``quirks`` maps names of quirks to their values; a missing one has its default. Raises
    ``Malformed`` naming the byte, and ``RawQueryRefused`` under ``raw_query=reject400`` (AM-21).
    """
    body = inbound.body
    if not inbound.query and inbound.verb != "GET" and body.startswith(_PREFIX):
        # Without these three bytes, all readings of a body are one: the common case is short.
        plain = b"%" not in body and b"+" not in body and b"&" not in body
        if plain and not _is_multipart(inbound):
            command = parse_object(body[len(_PREFIX) :])
            if type(command) is dict:
                return Decoded(command)
    return _decode_with_care(inbound, quirks)


def sniff_method(text: str) -> str | None:
    """The name of the method in broken JSON, if it can be made out (TRN-33)."""
    found = _METHOD_NAME.search(text)
    return found[1] if found else None


def _decode_with_care(inbound: Inbound, quirks: Mapping[str, str]) -> Decoded:
    query = inbound.query
    notices = _check_raw_query(query, quirks)
    if query and (found := first_parameter(query, _PATTERN)):
        value = Carried(found.raw, found.at, Place.QUERY, Coding.FORM, form_decode(found.raw), cut=found.cut)
        return _read([value], quirks, notices)
    if inbound.verb == "GET":
        text = "no parameter of the right name in the query, and a GET has no body"
        mend_text = f"send the JSON percent-encoded as ?{PARAMETER}=..., or use POST"
        raise Malformed(Finding("TRN-31", text, 0, mend_text), query.decode(errors="replace"))
    if _is_multipart(inbound):
        mend_text = f"send {PARAMETER}=... as {_FORM} or text/html"
        finding = Finding("TRN-25", "a multipart body, which the documents do not know", 0, mend_text)
        raise Malformed(finding, inbound.body.decode(errors="replace"))
    candidates = _candidates(inbound, quirks)
    if not candidates:
        raise Malformed(_missing(inbound), inbound.body.decode(errors="replace"))
    return _read(candidates, quirks, notices)


def _check_raw_query(query: bytes, quirks: Mapping[str, str]) -> tuple[Notice, ...]:
    """Warn of, or refuse, characters that no URL may hold (AM-21)."""
    finding = raw_query_finding(query)
    if finding is None:
        return ()
    if quirks.get("raw_query") == "reject400":
        raise RawQueryRefused(finding)
    return (Notice(finding.ledger, "", finding.text),)


def _candidates(inbound: Inbound, quirks: Mapping[str, str]) -> list[Carried]:
    """The readings of a body to be tried, in their order; none if no parameter is there."""
    body = inbound.body
    stripped = body.removeprefix(_BOM).strip()
    at = body.find(stripped)
    is_form = _media_type(inbound) == _FORM
    if quirks.get("body_decode") == "raw-first":
        found = _raw_first(stripped, at, body, is_form=is_form)
    elif is_form:
        found = _form(body, 0)
    else:
        found = _raw(stripped, at)
    if not found and quirks.get("bare_json_body") == "accept" and stripped.startswith(b"{"):
        return [Carried(stripped, at, Place.BODY, Coding.RAW, stripped)]
    return found


def _raw(stripped: bytes, at: int) -> list[Carried]:
    """AM-60: the rest after the prefix as it stands, or percent-decoded once if it begins so."""
    if not stripped.startswith(_PREFIX):
        return []
    rest = stripped[len(_PREFIX) :]
    at += len(_PREFIX)
    if rest.startswith(b"%"):
        return [Carried(rest, at, Place.BODY, Coding.PERCENT, percent_decode(rest))]
    return [Carried(rest, at, Place.BODY, Coding.RAW, rest)]


def _form(body: bytes, at: int) -> list[Carried]:
    """AM-20: as a servlet container reads a form."""
    found = first_parameter(body, _PATTERN)
    if found is None:
        return []
    decoded = form_decode(found.raw)
    return [Carried(found.raw, at + found.at, Place.BODY, Coding.FORM, decoded, cut=found.cut)]


def _raw_first(stripped: bytes, at: int, body: bytes, *, is_form: bool) -> list[Carried]:
    """TRN-15 and TRN-16: raw, then as a form, then percent-decoded without splitting."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Malformed(_not_utf8(error.start), body.decode(errors="replace")) from None
    if not stripped.startswith(_PREFIX):
        return _form(stripped, at)
    rest, after = stripped[len(_PREFIX) :], at + len(_PREFIX)
    raw = Carried(rest, after, Place.BODY, Coding.KEPT if is_form else Coding.RAW, rest)
    whole = Carried(rest, after, Place.BODY, Coding.PERCENT, percent_decode(rest))
    readings = [raw, *_form(stripped, at), whole]
    # The first reading explains a failure: for an encoded value that must be the form's.
    return [*readings[1:], raw] if rest.startswith(b"%") else readings


def _read(candidates: Sequence[Carried], quirks: Mapping[str, str], notices: tuple[Notice, ...]) -> Decoded:
    """Parse the first reading that holds JSON, repaired if the quirk says so; else explain the first."""
    faults: list[Fault] = []
    for value in candidates:
        command = parse_object(value.decoded)
        if not isinstance(command, Fault):
            return Decoded(command, notices + notices_of(value))
        faults.append(command)
    for value in candidates if quirks.get("lenient_json") == "on" else ():
        mended = mend(value.decoded.decode(errors="surrogateescape"))
        command = parse_object(mended.text.encode(errors="surrogateescape"))
        if not isinstance(command, Fault):
            repaired = Notice("TRN-28", "", f"malformed JSON, repaired by {_counted(mended.repairs)}")
            return Decoded(command, (*notices, *notices_of(value), repaired))
    first = candidates[0]
    raise Malformed(finding_of(faults[0], first), first.decoded.decode(errors="replace"))


def _counted(repairs: Sequence[str]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(Counter(repairs).items()))


def _not_utf8(at: int) -> Finding:
    text = f"bytes that are not UTF-8 at byte {at} of the body"
    return Finding("TRN-15", text, at, "send the text as UTF-8")


def _missing(inbound: Inbound) -> Finding:
    """Why a body holds no parameter, by the look of its first bytes."""
    body = inbound.body
    stripped = body.removeprefix(_BOM).strip()
    start = stripped[: len(_PREFIX)]
    at = body.find(stripped)
    if not stripped:
        return Finding("TRN-31", "no request: query and body are empty", 0, f"send {PARAMETER}=...")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(error.start)
    if stripped.startswith(b"{"):
        text = f"JSON without its parameter name at byte {at} of the body"
        return Finding("TRN-24", text, at, f"put {PARAMETER}= in front of the JSON")
    if start == _PREFIX:
        text = "white space or a byte order mark before the parameter name in a form body"
        return Finding("AM-20", text, 0, f"begin the body with {PARAMETER}=")
    if start.lower() == _PREFIX:
        text = f"the parameter name in capitals at byte {at} of the body"
        return Finding("TRN-31", text, at, f"write it {PARAMETER}=, in lower case")
    if stripped[:7].lower() == f"{PARAMETER}%3d".encode():
        at += len(PARAMETER)
        text = f"the equals sign after the parameter name is encoded at byte {at} of the body"
        return Finding("TRN-31", text, at, f"send {PARAMETER}= as it is, and encode only the JSON")
    text = "no parameter of the right name in the body"
    return Finding("TRN-31", text, at, f"begin the body with {PARAMETER}= and the JSON")


def _media_type(inbound: Inbound) -> str:
    return inbound.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_multipart(inbound: Inbound) -> bool:
    return inbound.headers.get("content-type", "").lstrip().lower().startswith(_MULTIPART)
