"""What a fault is: harm done to a reply or to its connection.

Each kind is one class in a file of its own under :mod:`mockserver.faults.kinds`. A fault is planned
in the core, where every draw is made, and performed where it belongs: a reply fault turns a reply
into another, a wait holds the command or its reply back, a wire fault treats the connection. Only
the server's edge can perform the last two; it never holds a thread or a lock for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.faults.chance import Chance
    from mockserver.model import Reply


class Fault(ABC):
    """One planned fault. ``settings`` passed the JSON Schema of its kind; defaults are filled in."""

    name: ClassVar[str]
    """The word for it in scenario files."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other tools' words for it."""
    about: ClassVar[str]
    """One sentence for people."""
    properties: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """JSON Schema of each setting, with ``description``, ``examples`` and ``default``."""
    required: ClassVar[tuple[str, ...]] = ()
    """Settings that must be given."""

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
    """A client's connection as the edge lends it to a wire fault. What is written is written raw."""

    async def write(self, data: bytes) -> bool:
        """Write bytes and wait until the client takes them; False when the client has gone."""

    async def wait(self, seconds: float | None) -> bool:
        """Wait so long (None: for ever); False as soon as the client has gone or the server stops."""

    def head(self, reply: Reply, *, length: int | None, chunked: bool = False) -> bytes:
        """Return status line and headers of a reply as bytes, with this Content-Length or chunked."""

    def close(self) -> None:
        """End the connection in order (FIN), what was written still goes out."""

    def reset(self) -> None:
        """Break the connection (RST): the client sees ECONNRESET."""
