"""What a demo came to: calls by outcome, time talked, how busy the agents were."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mockserver.simulation.book import Book
    from mockserver.simulation.events import Event

_PERCENT: Final = 100
_MINUTE: Final = 60


@dataclass(slots=True)
class _Agent:
    status: int
    since: datetime
    there: float = 0
    busy: float = 0
    calls: int = 0


@dataclass(slots=True)
class Totals:
    """Counts what happens; give it every event in order."""

    book: Book
    begun: datetime
    agents: dict[str, _Agent] = field(default_factory=dict)
    calls: dict[int, bool] = field(default_factory=dict)
    """Call-list ids, each with whether it is done."""
    outcomes: dict[str, int] = field(default_factory=dict)
    dispositions: int = 0
    talked: int = 0

    def note(self, event: Event) -> None:
        """Count an event."""
        about = event.about
        if event.kind == "agent.status":
            self._moved(about, datetime.fromisoformat(event.at))
        elif event.kind == "disposition.saved":
            self.dispositions += 1
        elif "calllistid" in about and event.kind.startswith("call."):
            self._called(event.kind, about)

    def _called(self, kind: str, about: Mapping[str, Any]) -> None:
        number = about["calllistid"]
        self.calls[number] = kind in ("call.done", "call.barred") or (
            kind == "call.ended" and not about["seconds"] and about.get("by") == "customer"
        )
        if kind == "call.answered":
            self._count(about.get("outcome") or "answered by an agent")
            if about["login"] in self.agents:
                self.agents[about["login"]].calls += 1
        elif kind == "call.unanswered":
            self._count(about["outcome"])
        elif kind == "call.ended":
            self.talked += about["seconds"]
            if self.calls[number]:
                self._count("lost")

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def _moved(self, about: Mapping[str, Any], at: datetime) -> None:
        found = self.agents.setdefault(about["login"], _Agent(about["before"], self.begun))
        self._spend(found, at)
        found.status = about["status"]

    def _spend(self, agent: _Agent, at: datetime) -> None:
        seconds = (at - agent.since).total_seconds()
        agent.since = at
        if agent.status != self.logged_out:
            agent.there += seconds
            agent.busy += 0 if agent.status == self.book.ready else seconds

    @property
    def logged_out(self) -> int:
        """The status of an agent who is not there."""
        return next(int(key) for key, entry in self.book.statuses.items() if entry.get("is") == "logged_out")

    @property
    def done(self) -> int:
        """How many calls are done."""
        return sum(self.calls.values())

    def by_status(self) -> Iterator[str]:
        """Yield how many agents are doing what, for people."""
        for key, entry in self.book.statuses.items():
            many = sum(agent.status == int(key) for agent in self.agents.values())
            if many:
                yield f"{many} {(entry['name'] or 'away').lower()}"

    def lines(self, now: datetime, names: Mapping[str, str]) -> Iterator[str]:
        """Yield the summary, line by line."""
        yield f"{now:%H:%M:%S}  the demo ends"
        yield ""
        yield f"calls        {len(self.calls)}, of which {self.done} are done"
        for outcome, many in sorted(self.outcomes.items(), key=lambda each: (-each[1], each[0])):
            yield f"  {outcome.replace('_', ' '):<22}{many:>5}"
        yield f"talk time    {_time(self.talked)}"
        yield f"dispositions {self.dispositions}"
        yield "agents                      calls  occupied"
        for login, agent in sorted(self.agents.items()):
            self._spend(agent, now)
            if agent.there:
                share = agent.busy / agent.there * _PERCENT
                yield f"  {names.get(login, login)[:24]:<24}{agent.calls:>7}{share:>8.0f} %"


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}"
