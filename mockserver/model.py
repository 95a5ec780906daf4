"""The values that travel through the sandbox: what came in, what was found, what goes out.

All are immutable. Words are those of the glossary in ``docs/glossary.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

Level = Literal["request", "record"]
"""Whether a status answers a whole command or one record of it (GEN-04)."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One HTTP request as it came in.

    ``verb`` is upper case, ``path`` is percent-decoded, ``query`` and ``body`` are raw bytes and
    the names in ``headers`` are lower case. ``port`` is the port the server was reached on,
    ``scheme`` how: http or https.
    """

    verb: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: int = 0
    scheme: str = "http"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply: status, header pairs in order, body bytes.

    ``faults`` are what the edge does before or instead of sending it (:mod:`mockserver.faults.base`), in
    order. ``origin`` is the sandbox's key and the number of the exchange, so that the edge can tell how
    the connection ended; None where nobody asks.
    """

    http_status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    faults: tuple[Any, ...] = ()
    origin: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """No reply yet: wait ``seconds`` (real time, holding no lock and no thread), then ask ``resume`` for it."""

    seconds: float
    resume: Callable[[], Reply | Pause]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the bytes of a request: where (offset in bytes), what, and how to mend it."""

    ledger: str
    text: str
    offset: int | None = None
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: conduct the documents forbid but the vendor would probably swallow (AM-08).

    ``known`` are the names of which one may have been meant by the key at ``pointer``; none are
    given where the key itself is not what is wrong.
    """

    ledger: str
    pointer: str
    text: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a command.

    ``pointer`` is the JSON pointer in the command as the client spelt it, ``field`` the property it
    stands in (of the command, or of its record), ``keyword`` the failing keyword or the name of the
    failing rule, ``record`` the index of the record. ``promoted`` is the status that answers the
    whole command when every record of a batch failed and the process says so (IPD106-28);
    ``evidence`` grades the row of a check that no method's own table has.
    """

    pointer: str
    field: str
    keyword: str
    status: int
    level: Level
    ledger: str
    expected: str
    got: str
    record: int | None = None
    promoted: int | None = None
    evidence: str = ""


Json = Any
"""A decoded JSON value."""


class _Nothing(dict[str, Any]):
    """An empty mapping that can stand as a default, since nothing can be put in."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError("this mapping stays empty")


NOTHING: Final[Mapping[str, Any]] = _Nothing()
"""The empty mapping: what an exchange holds where nothing is known yet."""


@dataclass(frozen=True)
class Exchange:
    """One request with all that became of it: carried through the stages, then kept by the journal.

    ``number`` counts the exchanges of a sandbox from 1. ``received`` is real time in seconds since
    1970, ``now`` the sandbox's moment, ``at`` the same as text. ``violation`` is what refused the command (None: it was
    accepted), ``reason`` a status that its refusal gives beside its own (0: none, DISP-14); ``status`` is the vendor's code the command was answered with; ``forced`` says that somebody asked for it; ``forced_record`` is a
    status that was queued for records, with the fields they must match. ``stages`` holds name and nanoseconds of
    each stage that ran, ``nanoseconds`` the sum of them.

    ``plays`` are the scenarios that may act on it, ``memo`` what already fired before a wait, ``met`` the points
    at which rules acted on it since, ``faults``
    and ``patches`` what they planned for the reply and ``harm`` the same in words; ``late`` answers a command
    that was carried out all the same. ``ended`` is how the connection ended, where a fault had a hand in it.
    ``story`` names the storyline and its step that sent it; empty for a client.
    ``quirks`` and ``batch`` are what the journal keeps of regime and spec, to read the command again: ``batch`` is
    :attr:`mockserver.contract.methodspec.MethodSpec.batch`.
    """

    number: int
    sandbox: str
    inbound: Inbound
    received: float
    now: datetime
    at: str = ""
    regime: Any = None
    regime_source: tuple[Mapping[str, str], str] = (NOTHING, "")
    command: Mapping[str, Any] = NOTHING
    method: str = ""
    spec: Any = None
    tenant: Mapping[str, Any] = NOTHING
    process: Mapping[str, Any] = NOTHING
    apikey: str = ""
    servicekey: str = ""
    call: Any = None
    finding: Finding | None = None
    violation: Violation | None = None
    reason: int = 0
    forced: bool = False
    forced_record: Any = None
    plays: tuple[Any, ...] = ()
    memo: Any = None
    met: tuple[str, ...] = ()
    faults: tuple[Any, ...] = ()
    harm: tuple[str, ...] = ()
    patches: tuple[Mapping[str, Any], ...] = ()
    late: Violation | None = None
    ended: str = ""
    notices: tuple[Notice, ...] = ()
    failed_records: tuple[Violation, ...] = ()
    outcome: Mapping[str, Any] | None = None
    rule: str = ""
    evidence: str = ""
    description: str = ""
    error: str = ""
    changes: Mapping[str, Mapping[str, int]] = NOTHING
    stages: tuple[tuple[str, int], ...] = ()
    nanoseconds: int = 0
    reply: Reply = Reply(500, (), b"")
    edition: str = ""
    quirks: Mapping[str, str] = NOTHING
    batch: tuple[str, str, int] | None = None
    story: str = ""
    status: int | None = None
    body_length: int = 0

    @classmethod
    def begin(cls, **members: Any) -> Self:
        """Return an exchange with these members; the others read as their defaults."""
        exchange = object.__new__(cls)
        object.__setattr__(exchange, "__dict__", members)
        return exchange

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some members changed (as ``dataclasses.replace``, several times faster).

        Members that nobody set are not copied: they stay on the class.
        """
        copy = object.__new__(type(self))
        object.__setattr__(copy, "__dict__", {**self.__dict__, **changes})
        return copy
