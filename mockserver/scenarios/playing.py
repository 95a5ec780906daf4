"""Playing scenarios in a sandbox: which rules fire, how often, and why the others do not."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mockserver.faults.chance import Chance
from mockserver.scenarios.model import STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mockserver.model import Exchange
    from mockserver.scenarios.model import Point, Rule, Scenario

_REMEMBERED: Final = 50_000
"""Commands whose attempts a rule remembers; the one not seen for longest is forgotten first."""

_OCTETS: Final = 20


@dataclass(slots=True)
class Tally:
    """What became of one rule: how many requests it was asked about, how many fitted, how many it fired for."""

    asked: int = 0
    fitted: int = 0
    fired: int = 0
    unmet: dict[str, int] = field(default_factory=dict)
    """Why it did not fire, with how often; the last ten reasons."""

    def why_not(self, reason: str) -> None:
        """Note why it did not fire."""
        count = self.unmet.pop(reason, 0)
        self.unmet[reason] = count + 1
        if len(self.unmet) > _REASONS:
            del self.unmet[next(iter(self.unmet))]


_REASONS: Final = 10


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that acts on a request, and its draws."""

    play: Play
    rule: Rule
    chance: Chance
    attempt: int

    @property
    def scenario(self) -> str:
        """The scenario's name."""
        return self.play.scenario.name


class Play:
    """One scenario being played: its state, its counts, when it began."""

    def __init__(self, scenario: Scenario, seed: int, since: datetime) -> None:
        self.scenario = scenario
        self.seed = seed if scenario.seed is None else scenario.seed
        self.since = since
        self.state = STARTED
        self.edition: str | None = scenario.setup.get("edition")
        self.quirks: dict[str, str] = dict(scenario.setup.get("quirks", {}))
        self.deliveries: Mapping[str, Any] | None = scenario.setup.get("deliveries")
        self.tallies = {rule.id: Tally() for rule in scenario.rules}
        self._attempts: dict[str, OrderedDict[bytes, int]] = {
            rule.id: OrderedDict() for rule in scenario.rules
        }

    def copy(self) -> Play:
        """Return the same scenario at the same point, which goes on by itself."""
        made = Play(self.scenario, self.seed, self.since)
        made.seed, made.state, made.edition = self.seed, self.state, self.edition
        made.quirks = dict(self.quirks)
        made.tallies = {name: replace(tally, unmet=dict(tally.unmet)) for name, tally in self.tallies.items()}
        made._attempts = {name: attempts.copy() for name, attempts in self._attempts.items()}
        return made

    def ask(
        self,
        point: Point,
        exchange: Exchange,
        identity: str,
        known_as: tuple[str, ...],
        status: int | None = None,
        *,
        success: bool = False,
    ) -> Firing | None:
        """Return the first rule of that point that fires for the exchange, and count.

        ``identity`` is what makes a retry the same command, ``known_as`` the names of its API key.
        """
        for rule in self.scenario.rules:
            if rule.point == point:
                unmet = rule.conditions.unmet(exchange, known_as, self.since, status, success=success)
                firing = self._try(rule, exchange, identity, unmet)
                if firing is not None:
                    return firing
        return None

    def _try(self, rule: Rule, exchange: Exchange, identity: str, unmet: str) -> Firing | None:
        tally = self.tallies[rule.id]
        tally.asked += 1
        if rule.state not in (None, self.state):
            unmet = f"the state is {self.state}"
        unmet = unmet or _impossible(rule, exchange)
        if unmet:
            tally.why_not(unmet)
            return None
        tally.fitted += 1
        attempt = self._attempt(rule, identity)
        chance = Chance(self.seed, self.scenario.name, rule.id, identity, attempt)
        for missed, reason in (
            (rule.times is not None and tally.fired >= rule.times, "it has fired as often as it may"),
            (rule.call is not None and not rule.call.holds(tally.fitted), f"not its turn: {rule.call}"),
            (
                rule.attempt is not None and not rule.attempt.holds(attempt),
                f"not that attempt: {rule.attempt}",
            ),
            # 0 never, 1 always: a fraction is at least 0 and less than 1
            (
                rule.then.level == "request" and chance.fraction("fires") >= rule.probability,
                "the draw was against it",
            ),
        ):
            if missed:
                tally.why_not(reason)
                return None
        tally.fired += 1
        return Firing(self, rule, chance, attempt)

    def draws_record(self, firing: Firing, identity: str) -> bool:
        """Tell whether a rule about records fires for the record of that identity."""
        rule = firing.rule
        attempt = self._attempt(rule, f"record\n{identity}")
        chance = Chance(self.seed, self.scenario.name, rule.id, identity, attempt)
        return chance.fraction("fires") < rule.probability

    def _attempt(self, rule: Rule, identity: str) -> int:
        attempts = self._attempts[rule.id]
        # An identity holds whatever the client sent and may be long.
        known = hashlib.blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=_OCTETS).digest()
        number = attempts.pop(known, 0) + 1
        attempts[known] = number
        if len(attempts) > _REMEMBERED:
            attempts.popitem(last=False)
        return number

    def moved(self, firing: Firing) -> bool:
        """Take over what a firing says of the scenario itself; tell whether edition or quirks changed."""
        then = firing.rule.then
        if then.state is not None:
            self.state = then.state
        before = (self.edition, dict(self.quirks))
        self.edition = then.edition or self.edition
        self.quirks.update(then.quirks)
        return before != (self.edition, self.quirks)


def _impossible(rule: Rule, exchange: Exchange) -> str:
    """Return why the method that answers cannot have the rule's status; empty when it can (AM-14)."""
    code = rule.then.status
    if code is None:
        return ""
    if exchange.spec is None:
        return "no method answers"
    return "" if exchange.spec.can_force(code, rule.then.level) else f"{exchange.method} has no status {code}"


class Stage:
    """The scenarios of a sandbox: those that play, in order, and those that single requests ask for."""

    def __init__(self) -> None:
        self._active: dict[str, Play] = {}
        self._asked_for: dict[str, Play] = {}

    def __bool__(self) -> bool:
        return bool(self._active)

    @property
    def active(self) -> tuple[Play, ...]:
        """The scenarios that play, in the order they were activated."""
        return tuple(self._active.values())

    def get(self, name: str) -> Play | None:
        """Return the play of an active scenario, or None."""
        return self._active.get(name)

    def begin(self, play: Play) -> None:
        """Let a scenario play from now on; one of the same name begins anew, in its place."""
        self._active[play.scenario.name] = play

    def end(self, name: str) -> bool:
        """Stop a scenario; False when it does not play."""
        return self._active.pop(name, None) is not None

    def clear(self) -> None:
        """Stop all."""
        self._active.clear()
        self._asked_for.clear()

    def copy(self) -> Stage:
        """Return the same scenarios at the same points, which go on by themselves."""
        made = Stage()
        made._active = {name: play.copy() for name, play in self._active.items()}
        made._asked_for = {name: play.copy() for name, play in self._asked_for.items()}
        return made

    def for_request(self, plays: Iterator[Play]) -> tuple[Play, ...]:
        """Return what plays for a request that asks for scenarios of its own; their counts go on from one to the next.

        What plays in the sandbox already, and what is asked for twice, acts once.
        """
        own: dict[str, Play] = {}
        for play in plays:
            name = play.scenario.name
            if name in self._active:
                continue
            known = self._asked_for.get(name)
            if known is None or known.scenario is not play.scenario:
                self._asked_for[name] = play
            own[name] = self._asked_for[name]
        return (*self.active, *own.values())

    def mishaps(self) -> tuple[int, Mapping[str, Any]] | None:
        """Return what the active scenarios do to deliveries, and the seed of the draws; the latest that says so decides."""
        found = [play for play in self.active if play.deliveries is not None]
        return (found[-1].seed, found[-1].deliveries or {}) if found else None

    def settings(self) -> tuple[str | None, dict[str, Any]]:
        """Return edition and quirks that the active scenarios choose; a later one wins."""
        edition, quirks = None, {}
        for play in self.active:
            edition = play.edition or edition
            quirks.update(play.quirks)
        return edition, quirks
