"""What every part of the admin API shares: requests as handlers see them, problems, filters."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from mockserver.bell import Watch
from mockserver.contract.documents import known, shown
from mockserver.contract.values import parse_moment
from mockserver.errors import Problem, UnknownQuirk
from mockserver.model import Reply
from mockserver.settings import ADMIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mockserver.sandbox import Sandbox
    from mockserver.service import Service
    from mockserver.web.admin_filters import Filters
    from mockserver.web.openapi.document import Described

HOME: Final = ADMIN
"""Where the admin API stands."""

_EARLIEST: Final = datetime(1900, 1, 1)  # noqa: DTZ001 - the sandbox's time knows no zones
_LATEST: Final = datetime(9000, 1, 1)  # noqa: DTZ001 - what adds to the time must stay within the calendar
_HEADERS: Final = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
_REPORTED: Final = 50
_ROWS_AT_ONCE: Final = 500
LONGEST_WAIT: Final = 60
"""Seconds that a request may wait for something to happen."""

_T = TypeVar("_T")


class AdminProblem(Exception):
    """Why an admin request is not carried out; becomes ``application/problem+json`` (RFC 9457)."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Iterable[Problem] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.errors = tuple(errors)
        self.headers = tuple(headers)

    def reply(self) -> Reply:
        """Return the reply that tells it; at most 50 errors are listed."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": str(self),
        }
        if self.errors:
            document["errors"] = [
                {
                    "pointer": error.pointer,
                    "expected": error.expected,
                    "got": error.got,
                    "message": f"{error.message}; did you mean {error.hint}?"
                    if error.hint
                    else error.message,
                }
                for error in self.errors[:_REPORTED]
            ]
        headers = (("Content-Type", "application/problem+json"), *_HEADERS, *self.headers)
        return Reply(self.status, headers, encode(document))


def unfit(*errors: Problem) -> AdminProblem:
    """Return the problem of a body that is JSON but cannot be used: 422, with every fault and its place."""
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    hint = f": expected {first.expected}" if first.expected else ""
    return AdminProblem(
        422, "the body cannot be used", f"{first.pointer or '/'}: {first.message}{hint}{more}", errors
    )


def not_there(what: str, name: str, names: Iterable[str] = ()) -> AdminProblem:
    """Return the problem of something in a path that does not exist, with the nearest that does."""
    listed = list(names)
    hint = f"; expected {known(listed, name)}" if listed else ""
    return AdminProblem(404, f"unknown {what}", f"there is no {what} {name[:80]!r}{hint}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One admin request as handlers see it.

    ``base`` is the server's URL as the client knows it; ``body`` is checked against the route's
    schema; ``name`` is what the path names beside the sandbox; ``described`` is what the server tells
    about itself.
    """

    service: Service
    base: str
    body: Mapping[str, Any]
    filters: Filters
    name: str
    found: Sandbox | None
    described: Described
    watch: Watch = field(default_factory=Watch)
    accepts: Callable[[list[str]], str | None] = lambda _: None
    """Of these content types, the one that the client likes best; None when it does not say."""

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of the path (sandbox routes only)."""
        if self.found is None:
            raise LookupError("this route is about no sandbox")
        return self.found

    def wait(self, find: Callable[[], tuple[_T, bool]], every: float | None = None) -> _T:
        """Return what ``find`` finds, as soon as it says that something is there; else after the filter ``wait``.

        ``find`` is called now, and again after each ring of the sandbox's bell; it must take the lock
        itself, and change nothing. Reset and drop of the sandbox end the wait. Handlers call this last:
        it may raise Waiting, and the whole request is asked again. ``every`` is for what comes
        about without a ring, as time goes by: the longest time in seconds between two looks.
        """
        seconds = self.filters.seconds("wait", LONGEST_WAIT)
        return self.watch.look(self.sandbox.bell, seconds, find, every)


def moment(body: Mapping[str, Any], member: str, parent: str = "") -> datetime | None:
    """Return a time of a body whose form is checked; None when it is not given. 422 outside 1900 to 8999."""
    text = body.get(member)
    found = parse_moment(text) if isinstance(text, str) else None
    if found is not None:
        check_calendar(found, f"{parent}/{member}")
    return found


def check_calendar(when: datetime, pointer: str) -> None:
    """Raise the 422 of a time the sandbox cannot stand at."""
    if not _EARLIEST <= when < _LATEST:
        got = when.isoformat(" ", "seconds")
        raise unfit(Problem("", pointer, "this time is too far away", "a time from 1900 to 8999", got))


def checked_quirks(check: Callable[[str, object], str], quirks: Mapping[str, str]) -> dict[str, str]:
    """Return quirks of a body, each checked by ``check``; 422 with every one that does not exist (AM-13)."""
    errors = []
    for name, value in quirks.items():
        pointer = f"/quirks/{name.replace('~', '~0').replace('/', '~1')}"
        if name == "edition":
            message = "the edition has a member of its own"
            errors.append(Problem("", pointer, message, "the member edition", shown(value)))
            continue
        try:
            check(name, value)
        except UnknownQuirk as error:
            errors.append(Problem("", pointer, str(error), error.expected, shown(value)))
    if errors:
        raise unfit(*errors)
    return dict(quirks)


def encode(document: Any) -> bytes:
    """Return a document as JSON, whatever a client has put into the sandbox."""
    try:
        return orjson.dumps(document)
    except TypeError:
        # numbers over 64 bits, text with half a surrogate pair
        return json.dumps(document, separators=(",", ":")).encode()


def encode_rows(rows: Iterable[Any]) -> bytes:
    """Return a list as JSON in portions, so that a long one holds up no other thread."""
    listed = list(rows)
    portions = (listed[start : start + _ROWS_AT_ONCE] for start in range(0, len(listed), _ROWS_AT_ONCE))
    return b"[" + b",".join(encode(portion)[1:-1] for portion in portions) + b"]"


@dataclass(frozen=True, slots=True)
class Content:
    """An answer that is not JSON, or may be something else: its type, its bytes, headers of its own."""

    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def answer(status: int, document: Any) -> Reply:
    """Return the reply of an admin request carried out; a document that is bytes is JSON already.

    A handler that answers something else than JSON gives a Content.
    """
    if document is None:
        return Reply(status, _HEADERS, b"")
    if isinstance(document, Content):
        headers = (("Content-Type", document.content_type), *_HEADERS, *document.headers)
        return Reply(status, headers, document.body)
    body = document if isinstance(document, bytes) else encode(document)
    return Reply(status, (("Content-Type", "application/json"), *_HEADERS), body)
