"""The floor put together: what timers do, by kind, and who serves an agent that is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mockserver.simulation import calls, speech
from mockserver.simulation.calllist import FALLS_DUE
from mockserver.simulation.control import RUNG_OUT, ring_out
from mockserver.simulation.deliveries import SENDS, goes_out
from mockserver.simulation.dialler import OFFERS, fall_due, offers, serve
from mockserver.simulation.floor import Floor
from mockserver.simulation.storyline import STORY, play_step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mockserver.contract.catalogue import Catalogue
    from mockserver.simulation.floor import Happening, Rules
    from mockserver.store.interface import Store

KINDS: Final[Mapping[str, Happening]] = {
    FALLS_DUE: fall_due,
    OFFERS: offers,
    RUNG_OUT: ring_out,
    SENDS: goes_out,
    STORY: play_step,
    **calls.KINDS,
    **speech.KINDS,
}
"""What timers do, by kind."""


def make_floor(store: Store, catalogue: Catalogue, seed: int, now: datetime, rules: Rules) -> Floor:
    """Return the floor of a sandbox's store; draws follow from the seed."""
    return Floor(store, catalogue, seed, now=now, rules=rules, kinds=KINDS, serve=serve)
