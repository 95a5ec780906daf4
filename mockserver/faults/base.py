"""What a fault is: harm done to a reply or to its connection.

Each kind is one class in a file of its own under :mod:`mockserver.faults.kinds`. A fault is planned
in the core, where every draw is made, and performed where it belongs: a reply fault turns a reply
into another, a wait holds the command or its reply back, a wire fault treats the connection. Only
the server's edge can perform the last two; it never holds a thread or a lock for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.faults.chance import Chance
    from mockserver.model import Reply


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another tool's settings, taken beside our own under that tool's word for a kind.

    ``properties`` is the JSON Schema of each, ``ours`` turns those that were given into our settings.
    """

    properties: Mapping[str, Mapping[str, Any]]
    ours: Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Fault(ABC):
    """One planned fault. ``settings`` passed the JSON Schema of its kind; defaults are filled in."""

    name: ClassVar[str]
    """The word for it in scenario files."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other tools' words for it."""
    about: ClassVar[str]
    """One sentence for people: what the client sees."""
    properties: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """JSON Schema of each setting, with ``description``, ``examples`` and ``default``."""
    required: ClassVar[tuple[str, ...]] = ()
    """Settings that must be given."""
    alternatives: ClassVar[tuple[str, ...]] = ()
    """Settings of which at most one may be given: each is another way to say the same."""
    foreign: ClassVar[Mapping[str, Foreign]] = {}
    """Another tool's settings by that tool's word for the kind."""

    def __init__(self, settings: Mapping[str, Any], chance: Chance) -> None:
        self.settings = settings
        self.chance = chance

    @property
    def applied(self) -> bool:
        """Whether the command takes effect all the same. A kind that can do without has a setting ``applied``."""
        return bool(self.settings.get("applied", True))

    def told(self) -> str:
        """Return what is said of it in ``X-Mock-Fault`` and in the journal: ASCII, no client text."""
        return self.name


class ReplyFault(Fault):
    """A fault that turns the reply into another one."""

    @abstractmethod
    def distort(self, reply: Reply, before: Reply | None) -> Reply:
        """Return the harmed reply; ``before`` is the sandbox's reply before this one, if there was one."""


class Wait(Fault):
    """A fault that takes time and does nothing else."""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """How long, in real seconds."""

    @property
    def before(self) -> bool:
        """Whether the wait comes before the command takes effect; else it holds back the reply."""
        return False


class WireFault(Fault):
    """A fault of the connection; performed by the edge in place of sending the reply."""

    @abstractmethod
    async def perform(self, connection: Connection, reply: Reply) -> str:
        """Do it, and return how the connection ended, in a few words for the journal."""


class Connection(Protocol):
    """A client's connection as the edge lends it to a wire fault. What is written is written raw.

    A fault ends with :meth:`done`, :meth:`close` or :meth:`reset`; a connection that it leaves
    otherwise is dropped.
    """

    @property
    def ending(self) -> str:
        """Why nothing can be done any more, ``client gone`` or ``server stopping``; empty while it can."""

    async def write(self, data: bytes) -> bool:
        """Write bytes and wait until the client takes them; False when the client has gone."""

    async def wait(self, seconds: float | None) -> bool:
        """Wait so long (None: for ever); False as soon as the client has gone or the server stops."""

    def head(self, reply: Reply, *, length: int | None, chunked: bool = False) -> bytes:
        """Return status line and headers of a reply as bytes, with this Content-Length or chunked.

        With neither the end of the connection is the end of the body, and the head says so.
        """

    def body(self, reply: Reply) -> bytes:
        """Return the bytes of the body that may follow the head: none where the client asked by HEAD."""

    def done(self) -> None:
        """Tell that a whole reply was written: the connection goes on to its next request as after any other."""

    def close(self) -> None:
        """End the connection in order (FIN), what was written still goes out."""

    def reset(self) -> None:
        """Break the connection (RST): the client sees ECONNRESET."""
