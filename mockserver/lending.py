"""Who lends a server to sandboxes that name none: a run of tests has one for all of its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.client import Server

    Lender = Callable[[], Server]
    """Returns a running server, started if need be, or raises NoServer."""


class Lending:
    """Those who lend; of several, as when a run of tests runs another one, the last counts."""

    def __init__(self) -> None:
        self._lenders: list[Lender] = []

    def begin(self, lender: Lender) -> None:
        """Let somebody lend from now on."""
        self._lenders.append(lender)

    def end(self, lender: Lender) -> None:
        """Let nobody ask this one any more."""
        self._lenders.remove(lender)

    def server(self) -> Server | None:
        """Return the server that is lent, or None; raise NoServer when it cannot be started."""
        return self._lenders[-1]() if self._lenders else None


LENDING: Final = Lending()
"""Those of this process."""
