"""The floor of one sandbox: call list, agents and timers, moved on by the sandbox's clock alone.

Nothing here knows threads, real time or HTTP. What happens is told as events, which are kept when the
unit of work that they belong to is, and forgotten with it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import NotKept
from mockserver.simulation.agents import name_of, set_status
from mockserver.simulation.book import Book
from mockserver.simulation.calllist import CallList
from mockserver.simulation.deliveries import announce
from mockserver.simulation.events import EventLog
from mockserver.simulation.timers import moment_of, next_timer, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from mockserver.contract.catalogue import Catalogue
    from mockserver.simulation.calllist import Found
    from mockserver.simulation.deliveries import Parcel
    from mockserver.store.interface import Row, Store

    Happening = Callable[["Floor", Row], object]
    """What a timer of one kind does; the floor's ``now`` is the timer's moment."""

_FAILED: Final = "floor.failed"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rules:
    """How the floor runs: the dialler's mode, and those settings of ``schemas/floor.json`` that somebody chose."""

    dialler: str = "off"
    chosen: Mapping[str, int | None] = field(default_factory=dict)
    outgoing: Mapping[str, Any] = field(default_factory=dict)
    """Where deliveries go, as ``PATCH …/simulation`` takes it: members speech, screen_pop and hooks."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A command that a storyline sends: whoever moves the time on sends it once the timer's work is done."""

    scenario: str
    step: int
    tenant: str
    command: Mapping[str, Any]

    @property
    def sender(self) -> str:
        """Who sends it, for the journal: the scenario and the number of its step."""
        return f"{self.scenario}/{self.step}"


class Floor:
    """One sandbox's floor. Hold the sandbox's lock, and set :attr:`now` before anything else is asked.

    ``kinds`` are what timers do, by kind; ``serve`` gives an agent who has become free his next call.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        seed: int,
        *,
        now: datetime,
        rules: Rules,
        kinds: Mapping[str, Happening],
        serve: Callable[[Floor, Found], object],
    ) -> None:
        self.store = store
        self.seed = seed
        self.now = now
        self.log = EventLog()
        self.rules = rules
        self.errands: list[Errand] = []
        """What the timer that fired last wants to be sent."""
        self.sending = False
        """Whether that is being sent just now."""
        self._catalogue = catalogue
        self._kinds = kinds
        self._serve = serve
        self._made: tuple[Book, CallList] | None = None
        self._told: list[tuple[str, str | None, Mapping[str, Any]]] = []
        self._freed: dict[tuple[str, str], None] = {}
        self._parcels: list[Parcel] = []
        self.send: Callable[[Sequence[Parcel]], object] = len
        """Takes what is to be sent once it is kept; must be quick and never raise."""
        self.mishaps: Callable[[], tuple[int, Mapping[str, Any]] | None] = lambda: None
        """What scenarios do to deliveries, and the seed of their draws."""

    @property
    def book(self) -> Book:
        """What the documents say of the floor."""
        return self._parts()[0]

    @property
    def calls(self) -> CallList:
        """The call list."""
        return self._parts()[1]

    def begin(self, now: datetime, rules: Rules, events: int = 0) -> None:
        """Begin anew, as if newly made: no events (AM-16). The store is put back by its owner.

        ``events`` is how many ids were given to events before, by a server that was stopped meanwhile.
        """
        self.go_back(now, rules)
        self.log.clear(events)

    @property
    def number(self) -> int:
        """How many events there were since creation, with those that were told and are not kept yet."""
        return self.log.last + len(self._told)

    def go_back(self, now: datetime, rules: Rules) -> None:
        """Go on from another moment; events stay, since they tell what happened. The store is put back by its owner."""
        self.now = now
        self.rules = rules
        self.discard()

    def _parts(self) -> tuple[Book, CallList]:
        # Most sandboxes of a test suite never need them.
        if self._made is None:
            book = Book(self._catalogue)
            self._made = book, CallList(self.store, book)
        return self._made

    def rule(self, name: str) -> int | None:
        """Return a setting of the floor, the document's default where nobody chose."""
        found: int | None = self.rules.chosen.get(name, self.book.defaults[name])
        return found

    # Telling

    def tell(self, kind: str, tenant: str | None, **about: Any) -> None:
        """Say that something happened now."""
        self._note(kind, tenant, about)

    def _note(self, kind: str, tenant: str | None, about: Mapping[str, Any]) -> None:
        self._told.append((kind, tenant, about))
        if self.rules.outgoing:
            announce(self, self.log.last + len(self._told), kind, tenant, about)

    def hand_over(self, parcel: Parcel) -> None:
        """Have something sent once the unit of work is kept."""
        self._parcels.append(parcel)

    def tell_call(self, kind: str, row: Mapping[str, Any], **about: Any) -> None:
        """Say that something happened to an entry of the call list now."""
        known = {
            "calllistid": row["calllistid"],
            "process": row["process"],
            "contact": row["contact"],
            "login": row.get("agent") or row["login"],
            "systemcallid": row.get("systemcallid"),
        }
        self._note(kind, row["tenant"], {**known, **about})

    def refused(self, errand: Errand, status: int | None, why: str, real: float) -> None:
        """Tell that a command of a storyline was refused."""
        about = {"scenario": errand.scenario, "step": errand.step, "command": errand.command["method"]}
        self.tell("story.refused", errand.tenant, **about, status=status, reason=why)
        self.commit(real)

    def commit(self, real: float) -> int:
        """Keep what was told since the last time as events; return how many. ``real`` in seconds since 1970."""
        told, self._told = self._told, []
        at = stamp(self.now)
        for kind, tenant, about in told:
            self.log.record(at, real, kind, tenant, about)
        if self._parcels:
            parcels, self._parcels = self._parcels, []
            self.send(parcels)
        return len(told)

    def discard(self) -> None:
        """Forget what was told: it was undone."""
        self._told.clear()
        self._freed.clear()
        self._parcels.clear()
        self.errands.clear()

    @property
    def untold(self) -> bool:
        """Whether something was told that is neither kept nor forgotten yet."""
        return bool(self._told)

    # Timers

    def next_due(self) -> str | None:
        """Return when the next timer fires, as text to the millisecond, or None."""
        found = next_timer(self.store)
        return None if found is None else found[1]["at"]

    def fire(self, until: datetime, real: float) -> bool:
        """Let the next timer happen if it is due by then, at its own moment; False when none is.

        A timer that fails is taken away all the same and told as an event, so that time can go on; one that
        cannot be kept stays (NotKept).
        """
        found = next_timer(self.store, stamp(until))
        if found is None:
            return False
        row_id, timer = found
        self.now = moment_of(timer)
        try:
            with self.store.unit():
                self.store.remove("timers", row_id)
                happening = self._kinds.get(timer["kind"])
                if happening is not None:
                    happening(self, timer)
                self.serve_freed()
        except NotKept:
            self.discard()
            raise
        except Exception:  # noqa: BLE001 - one bad timer must not stop the time
            _log.exception("the timer %s of %s failed", timer["kind"], timer["at"])
            self.discard()
            self.store.remove("timers", row_id)
            self.tell(_FAILED, timer["tenant"], timer=timer["kind"], calllistid=timer["subject"])
        self.commit(real)
        return True

    # Agents

    def user(self, tenant: str, login: str | None) -> Found | None:
        """Return the user of a login (letter case ignored), or None."""
        return None if login is None else self.store.first("users", tenant=tenant, login_key=login.casefold())

    def put(self, user: Found, status: int) -> Found:
        """Put an agent into a status from now on, and tell; return him as he is then."""
        row_id, row = user
        if row["status"] == status:
            return user
        moment = self.now.isoformat(" ", "seconds")
        set_status(self.store, user, status, moment)
        names = self.book.statuses
        self.tell(
            "agent.status",
            row["tenant"],
            login=row["login"],
            status=status,
            name=name_of(names, status),
            before=row["status"],
        )
        if status in (self.book.ready, self.book.preview):
            self.free(user)
        return row_id, {**row, "status": status, "since": moment}

    def free(self, user: Found) -> None:
        """Note that an agent may take a call now."""
        self._freed[user[1]["tenant"], user[1]["login_key"]] = None

    def serve_freed(self) -> None:
        """Give the agents who have become free their next calls, if the dialler runs by itself."""
        while self._freed:
            freed, self._freed = self._freed, {}
            for tenant, login in freed:
                user = self.user(tenant, login) if self.rules.dialler != "off" else None
                if user is not None:
                    self._serve(self, user)

    def later(self, seconds: float) -> datetime:
        """Return the moment that many seconds from now."""
        return self.now + timedelta(seconds=seconds)
