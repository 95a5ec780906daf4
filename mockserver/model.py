"""The values that travel through the sandbox: what came in, what was found, what goes out.

All are immutable. Words are those of the glossary in ``docs/glossary.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["request", "record"]
"""Whether a status answers a whole command or one record of it (GEN-04)."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One HTTP request as it came in.

    ``verb`` is upper case, ``path`` is percent-decoded, ``query`` and ``body`` are raw bytes and
    the names in ``headers`` are lower case. ``port`` is the port the server was reached on.
    """

    verb: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply: status, header pairs in order, body bytes."""

    http_status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the bytes of a request: where (offset in bytes), what, and how to mend it."""

    ledger: str
    text: str
    offset: int | None = None
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: conduct the documents forbid but the vendor would probably swallow (AM-08)."""

    ledger: str
    pointer: str
    text: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a command.

    ``pointer`` is the JSON pointer in the command as the client spelt it, ``keyword`` the failing
    keyword or the name of the failing rule, ``record`` the index of the record it stands in.
    """

    pointer: str
    keyword: str
    status: int
    level: Level
    ledger: str
    expected: str
    got: str
    record: int | None = None


Json = Any
"""A decoded JSON value."""
