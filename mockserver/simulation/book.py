"""What the documents say of the floor, made ready for use: statuses, call types, outcomes of calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.simulation.agents import status_with
from mockserver.simulation.events import event_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.contract.catalogue import Catalogue
    from mockserver.faults.chance import Chance


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a dialled number answers: a member of ``outcomes`` in ``schemas/floor.json``; times in seconds."""

    name: str
    about: str
    ring: tuple[int, int]
    talk: tuple[int, int] | None = None
    number: str | None = None
    weight: int = 0
    retry: int | None = None
    presses: str | None = None
    after: int = 0


class Book:
    """The floor's reference data (REF-04, REF-07, AM-54), shared and never changed."""

    def __init__(self, catalogue: Catalogue) -> None:
        floor = catalogue.floor
        kinds: Mapping[str, Mapping[str, Any]] = catalogue.references["call_types"]["entries"]
        self.statuses: Mapping[str, Mapping[str, Any]] = catalogue.references["user_status"]["entries"]
        self.ready = status_with(self.statuses, "ready")
        self.dialling = status_with(self.statuses, "dialling")
        self.talking = status_with(self.statuses, "talking")
        self.on_hold = status_with(self.statuses, "on_hold")
        self.transferring = status_with(self.statuses, "transferring")
        self.wrapup = status_with(self.statuses, "wrapup")
        self.preview = status_with(self.statuses, "preview")
        self.urgent = frozenset(int(kind) for kind, entry in kinds.items() if "urgent" in entry)
        self.fresh = status_with(kinds, "fresh")
        self.previewed = frozenset(int(kind) for kind, entry in kinds.items() if "preview" in entry)
        media: Mapping[str, Mapping[str, Any]] = catalogue.references["media"]["entries"]
        self.voice = frozenset(int(medium) for medium, entry in media.items() if "voice" in entry)
        self.voice_in, self.voice_out = _voice(media, "in"), _voice(media, "out")
        self.prefix: str = floor["magic"]["prefix"]
        self.outcomes = tuple(
            Outcome(
                name, ring=tuple(each["ring"]), **{key: _ready(each[key]) for key in each if key != "ring"}
            )
            for name, each in floor["outcomes"].items()
        )
        self.named = {each.name: each for each in self.outcomes}
        self.by_number = {each.number: each for each in self.outcomes if each.number is not None}
        self.defaults = {name: each["default"] for name, each in floor["settings"].items()}
        self.events = event_words(floor["events"])
        """What events can be asked for by: each kind, and what stands before its point."""
        self.waiting: int = floor["list_status"]["waiting"]
        self.converted: int = floor["list_status"]["converted"]
        self.speech: Mapping[str, Any] = floor["speech"]
        self.deliveries: Mapping[str, Any] = floor["deliveries"]
        self.recording: Mapping[str, str] = floor["recording"]
        self.recording_base: str = catalogue.common["recordings"]["base"]

    def outcome(self, contact: str, chance: Chance) -> Outcome:
        """Return how a number answers: as its magic value says (AM-54), else by the draw."""
        digits = contact.lstrip("+0")
        if digits.startswith(self.prefix):
            magic = self.by_number.get(digits[len(self.prefix) :])
            if magic is not None:
                return magic
        left = chance.fraction("outcome") * sum(each.weight for each in self.outcomes)
        for each in self.outcomes:
            left -= each.weight
            if left < 0:
                return each
        return self.outcomes[0]

    def recording_url(self, systemcallid: str) -> str:
        """Return where a call's recording is stored: the documented pattern with single slashes (REC-09, MREC-11)."""
        year, month, day, hour = (
            f"20{systemcallid[:2]}",
            systemcallid[2:4],
            systemcallid[4:6],
            systemcallid[6:8],
        )
        path = self.recording["path"]
        for mark, text in (("%Y", year), ("%m", month), ("%d", day), ("%H", hour)):
            path = path.replace(mark, text)
        return f"{self.recording_base}{path}{systemcallid}{self.recording['suffix']}"


def _voice(media: Mapping[str, Mapping[str, Any]], way: str) -> int:
    return next(int(medium) for medium, entry in media.items() if entry.get("voice") == way)


def _ready(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def drawn(bounds: tuple[int, int], chance: Chance, use: str) -> int:
    """Return whole seconds between two bounds, both included."""
    low, high = bounds
    return low + int(chance.fraction(use) * (high - low + 1))
