"""Admin routes about coverage: which rows of the contract the traffic touched, and how the client behaved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mockserver.coverage.junit import junit
from mockserver.coverage.page import page
from mockserver.coverage.report import report
from mockserver.coverage.text import text
from mockserver.web.admin_http import Content, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.coverage.recording import Record
    from mockserver.web.admin_http import Ask

_SAFE: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    ),
)
"""A page of ours loads nothing and runs nothing, whatever somebody has brought into it."""

FORMATS: Final[Mapping[str, tuple[str, Callable[[dict[str, Any]], bytes]]]] = {
    "json": ("application/json", encode),
    "html": ("text/html; charset=utf-8", lambda document: page(document).encode()),
    "junit": ("application/xml; charset=utf-8", junit),
    "text": ("text/plain; charset=utf-8", lambda document: text(document).encode()),
}
"""The forms of the report: content type, and what makes it."""

_SCOPES: Final = ("sandbox", "all")


def coverage(ask: Ask) -> Content:
    """Return the coverage of a sandbox, or of all that are or were there, in the form that is asked for."""
    kind = _format(ask)
    scope = ask.filters.text("scope") or "sandbox"
    if scope not in _SCOPES:
        raise ask.filters.bad("scope", " or ".join(_SCOPES))
    record, keys = _all(ask) if scope == "all" else _one(ask)
    document = report(ask.service.book, record, scope, keys)
    content_type, render = FORMATS[kind]
    told = ("X-Mock-Coverage", f"{document['totals']['percent']:.1f}")
    return Content(content_type, render(document), (told, *(_SAFE if kind == "html" else ())))


def _format(ask: Ask) -> str:
    """Return the form: the filter's, else the first that the Accept header likes best, else JSON."""
    named = ask.filters.text("format")
    if named is not None:
        if named not in FORMATS:
            raise ask.filters.bad("format", f"one of {', '.join(FORMATS)}")
        return named
    kinds = {content_type.partition(";")[0]: kind for kind, (content_type, _) in FORMATS.items()}
    best = ask.accepts(list(kinds))
    return kinds.get(best or "", "json")


def _one(ask: Ask) -> tuple[Record, list[str]]:
    with ask.sandbox.lock:
        return ask.sandbox.coverage.record(), [ask.sandbox.key]


def _all(ask: Ask) -> tuple[Record, list[str]]:
    """Return what the server remembers and what its sandboxes have seen since; no two locks are held at once."""
    registry = ask.service.registry
    found = registry.archive.record()
    sandboxes = registry.all()
    for sandbox in sandboxes:
        with sandbox.lock:
            record = sandbox.coverage.record()
        found.add(record)
    return found, [sandbox.key for sandbox in sandboxes]
