"""What goes out of one sandbox: deliveries, handed to the courier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.simulation.deliveries import on_their_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.deliveries.courier import Courier
    from mockserver.sandbox import Sandbox
    from mockserver.simulation.deliveries import Parcel


class Outbound:
    """Joins one sandbox's floor to the server's courier; hold the sandbox's lock to use it."""

    def __init__(self, sandbox: Sandbox, courier: Courier | None) -> None:
        self._sandbox = sandbox
        self._courier = courier
        self.gone = False
        """Whether the sandbox was dropped: whoever works for it leaves off."""
        floor = sandbox.floor
        floor.send = self._send
        floor.mishaps = self._mishaps

    def _send(self, parcels: Sequence[Parcel]) -> None:
        if self._courier is not None:
            self._courier.take(self._sandbox, parcels)

    def _mishaps(self) -> tuple[int, Mapping[str, Any]] | None:
        # The stage is another one after a snapshot came back.
        return self._sandbox.stage.mishaps()

    def silence(self) -> None:
        """Send nothing from now on: what is delivered stays waiting. For worlds that only play what was."""
        self._courier = None

    @property
    def wanted(self) -> bool:
        """Whether anything may go out from now on."""
        return bool(self._sandbox.floor.rules.outgoing)

    def attend(self) -> None:
        """Let time go on by itself where something is to go out from now on; nothing is sent a second time."""
        if self.wanted:
            self._send(())

    def resume(self) -> None:
        """Send again what was on its way when the state was kept, and let time go on: at least once is promised."""
        parcels = on_their_way(self._sandbox.store)
        if parcels or self.wanted:
            self._send(parcels)
