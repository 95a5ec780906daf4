"""The sound behind recording links, for players and pages (SIM-17, AM-17).

A path is served when some recording of the sandbox is stored under exactly that link, slash for slash:
the first example of the documents has two slashes after ``recordings``, and a client may follow it
without being redirected. Paths are only compared, never looked up among files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.routing import BaseConverter, Rule

from mockserver.audio.speech import MIME_TYPE, say
from mockserver.errors import UnknownSandbox
from mockserver.links import RECORDINGS
from mockserver.replying import problem
from mockserver.sandbox import DEFAULT
from mockserver.web import api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from mockserver.audio.speech import Sound
    from mockserver.sandbox import Sandbox
    from mockserver.service import Service

_ALLOWED: Final = "GET, HEAD"
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Range, ETag",
}
_PREFLIGHT: Final = {
    **_CORS,
    "Access-Control-Allow-Methods": _ALLOWED,
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match, X-Mock-Sandbox",
    "Access-Control-Max-Age": "86400",
}
_NUMBERED: Final = re.compile(r"([0-9]+)[^/]*")
_SLASHES: Final = re.compile("/{2,}")
_RANGE: Final = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18})")


class _Rest(BaseConverter):
    """Whatever stands behind ``/recordings/``, slashes and all."""

    regex = ".*"
    part_isolating = False


def register(app: Flask, service: Service) -> None:
    """Add the recordings' routes, of the server and of each sandbox, for every verb."""

    def recordings(file: str, key: str | None = None) -> Response:
        return _answer(service, file, key)

    app.view_functions["recordings"] = recordings
    app.url_map.converters["recording"] = _Rest
    for path in (RECORDINGS, f"/sandboxes/<key>{RECORDINGS}"):
        app.url_map.add(Rule(f"{path}/<recording:file>", endpoint="recordings"))


def _answer(service: Service, file: str, key: str | None) -> Response:
    """Answer the current request for the recording whose link ends with ``file``."""
    if request.method not in _ALLOWED.split(", "):
        return _other_verb()
    if key is None:
        key = request.headers.get("X-Mock-Sandbox", DEFAULT).strip()
    try:
        sandbox = service.registry.get(key)
    except UnknownSandbox as error:
        return _problem(404, "unknown sandbox", service.how_to_find(error))
    number = None if _escaped() else _number(sandbox, file)
    if number is None:
        return _problem(404, "unknown recording", _unknown(sandbox, file))
    return _played(say(number))


def _unknown(sandbox: Sandbox, file: str) -> str:
    """Say that no recording has this link; and if only slashes were lost on the way, that they count."""
    text = f"no recording of sandbox {sandbox.key} has this link"
    named = None if _escaped() else _NUMBERED.fullmatch(file.rpartition("/")[2])
    if named is None or "//" in file or file.startswith("/"):
        return text
    with sandbox.lock:
        links = [
            row["url"].removeprefix(sandbox.documented_base)
            for _, row in sandbox.store.find("recordings", systemcallid=named[1])
            if row["url"] and not row["missing"]
        ]
    if any(_SLASHES.sub("/", link).removeprefix("/") == file for link in links if link != file):
        text += ": a recording's link has two slashes where this has one, and slashes count (REC-09)"
    return text


def _escaped() -> bool:
    """Tell whether the path came with escapes: no stored link has any, and ``%2F`` is no slash of a link."""
    raw: str = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    return "%" in raw.partition("?")[0]


def _number(sandbox: Sandbox, file: str) -> str | None:
    """Return the number that was called in the recording stored under this link, or None.

    It is found by the systemcallid that the file's name begins with (REC-09, MREC-10), through an index.
    A call without an entry in the call list speaks its systemcallid.
    """
    named = _NUMBERED.fullmatch(file.rpartition("/")[2])
    if named is None:
        return None
    link = sandbox.documented_base + file
    with sandbox.lock:
        for _, row in sandbox.store.find("recordings", systemcallid=named[1]):
            if row["url"] == link and not row["missing"]:
                return _called(sandbox, row)
    return None


def _called(sandbox: Sandbox, recording: Mapping[str, Any]) -> str:
    """Return the number of the entry a recording belongs to, by its session, else by its systemcallid."""
    tenant = recording["tenant"]
    call = sandbox.store.first("calls", tenant=tenant, calllistid=recording["sessionid"])
    if call is None:
        call = sandbox.store.first("calls", tenant=tenant, systemcallid=recording["systemcallid"])
    number: str = (call[1]["contact"] if call else None) or recording["systemcallid"]
    return number


def _played(sound: Sound) -> Response:
    """Return the sound, or the part of it the current request asks for (206, 304, 416)."""
    made = Response(sound.content, mimetype=MIME_TYPE)
    made.set_etag(sound.tag)
    # The same link is another sound once the sandbox is reset or seeded anew: always ask, rarely send.
    made.headers["Cache-Control"] = "no-cache"
    environ = dict(request.environ)
    if not _wants_a_range():
        environ.pop("HTTP_RANGE", None)
    try:
        made.make_conditional(environ, accept_ranges=True, complete_length=len(sound.content))
    except RequestedRangeNotSatisfiable:
        refused = _problem(416, "no such range", f"the recording has {len(sound.content)} bytes")
        refused.headers["Content-Range"] = f"bytes */{len(sound.content)}"
        return refused
    made.headers.pop("Date", None)  # werkzeug's; the server below has its own
    made.headers.update(_CORS)
    return made


def _wants_a_range() -> bool:
    """Tell whether to answer with a part: to GET alone, and one well-formed range of bytes (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch("".join(request.headers.get("Range", "").lower().split()))
    if found is None or request.method != "GET":
        return False
    first, last = found.groups()
    return not (first and last) or int(first) <= int(last)


def _other_verb() -> Response:
    asks = request.headers.get("Origin") and request.headers.get("Access-Control-Request-Method")
    if request.method == "OPTIONS" and asks:
        made = Response(status=204)
        made.headers.clear()
        made.headers.update(_PREFLIGHT)
        return made
    refused = _problem(405, "method not allowed", f"recordings take {_ALLOWED}")
    refused.headers["Allow"] = _ALLOWED
    return refused


def _problem(status: int, title: str, detail: str) -> Response:
    made = api.response(problem(status, title, detail))
    made.headers.update(_CORS)
    return made
