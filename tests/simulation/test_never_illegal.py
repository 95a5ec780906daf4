"""Whatever people, commands and time do to a floor in whatever order, it never stands as no floor can."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mockserver.simulation.control import VERBS, IllegalVerb, legal_verbs
from tests.api import NOW
from tests.simulation.floors import (
    AT_ONCE,
    BUSY,
    HUNG_UP,
    LATE,
    LONG,
    MACHINE,
    NO_ANSWER,
    PRESSES_1,
    TENANT,
    Shop,
)
from tests.simulation.sound import wrongs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.store.interface import Store

AGENTS = ("rupesh.v@avhan.com", "test@avhan.com", "test@avha.com")
NUMBERS = (AT_ONCE, BUSY, HUNG_UP, LATE, LONG, MACHINE, NO_ANSWER, PRESSES_1, "8850014998", "9000100203")
STATUSES = (0, 1, 1, 1, 2, 3, 3, 5, 6, 7, 8, 10, 11)

agents = st.sampled_from(AGENTS)
numbers = st.sampled_from(NUMBERS)
some_seconds = st.sampled_from((0, 1, 4, 5, 6, 20, 30, 31, 60, 300, 1800, 3600, 90_000))
calls = st.integers(0, 30)


class Floors(RuleBasedStateMachine):
    """One floor, and everything that can be done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(*AGENTS)
        self.by_hand: set[str] = set()
        self.kept: list[tuple[Any, set[str]]] = []
        self.closed: dict[int, int] = {}

    def teardown(self) -> None:
        self.shop.close()

    @property
    def store(self) -> Store:
        return self.shop.store

    def _present(self, login: str) -> bool:
        return self.shop.floor.user(TENANT, login) is not None

    @rule(
        number=numbers,
        kind=st.sampled_from(("5", "71", "1001", "31")),
        login=st.none() | agents,
        due=st.none() | some_seconds,
    )
    def push(self, number: str, kind: str, login: str | None, due: int | None) -> None:
        """A record is pushed, for now or later, for somebody or anybody."""
        record: dict[str, Any] = {"call_type": kind}
        if login is not None and self._present(login):
            record["userlogin"] = login
        if due is not None:
            record["callDateTime"] = (self.shop.now + timedelta(seconds=due)).strftime("%Y-%m-%d %H:%M:%S")
        self.shop.push(number, **record)

    @rule(number=numbers)
    def comes_in(self, number: str) -> None:
        """A customer calls."""
        self.shop.incoming(number)

    @rule(call=calls, verb=st.sampled_from(VERBS), to=agents, by=st.sampled_from(("customer", "agent")))
    def by_verb(self, call: int, verb: str, to: str, by: str) -> None:
        """Somebody does something with a call; what is refused changes nothing."""
        with self.shop.sandbox.lock:
            self.shop.sandbox.settle()
        before = self.store.dump()
        found = self.shop.floor.calls.get(TENANT, 796 + call)
        if found is None:
            return
        legal = legal_verbs(self.shop.floor, found[1])
        if verb in legal and verb != "transfer":
            self.shop.verb(796 + call, verb, by=by, keys="1")
            return
        try:
            self.shop.verb(796 + call, verb, to=to)
        except IllegalVerb:
            assert self.store.dump() == before
        else:
            assert verb in legal
            self.by_hand.discard(to)

    @rule(login=agents, status=st.sampled_from(STATUSES))
    def set_status(self, login: str, status: int) -> None:
        """A status is set by hand."""
        if self._present(login):
            self.by_hand.add(login.casefold())
            self.shop.put(login, status)

    @rule(seconds=some_seconds)
    def time_passes(self, seconds: int) -> None:
        """The clock moves on."""
        self.shop.advance(seconds)

    @rule(back=some_seconds)
    def clock_is_set(self, back: int) -> None:
        """The clock is set back."""
        self.shop.sandbox.clock.set("frozen", max(NOW, self.shop.now - timedelta(seconds=back)), 1)

    @rule()
    def tick(self) -> None:
        """The dialler looks."""
        self.shop.sandbox.tick()

    @rule(
        dialler=st.sampled_from(("off", "auto", "auto")),
        chosen=st.fixed_dictionaries(
            {},
            optional={
                "attempts": st.sampled_from((None, 1, 2)),
                "wrapup": st.sampled_from((None, 0, 30)),
                "ringing": st.sampled_from((5, 30)),
            },
        ),
    )
    def rules_change(self, dialler: str, chosen: Mapping[str, int | None]) -> None:
        """The floor runs otherwise from now on."""
        self.shop.floor.rules = replace(self.shop.floor.rules, dialler=dialler, chosen=chosen)
        self.shop.sandbox.react()

    @rule(login=agents, number=numbers, reason=st.sampled_from((1, 2)), auto=st.sampled_from(("on", "off")))
    def disposes(self, login: str, number: str, reason: int, auto: str) -> None:
        """A disposition is saved, or refused."""
        due = (self.shop.now + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
        found = self.shop.floor.calls.handled_by(TENANT, login.casefold())
        number = number if found is None else found[1]["contact"]
        quirks = {"disp_auto_ready": auto}
        self.shop.dispose(login, number, disporeasonid=reason, selecteddatetime=due, quirks=quirks)

    @rule(login=agents)
    def deleted(self, login: str) -> None:
        """A user is deleted, in a call or not."""
        self.shop.command("GV-23", loginid=login)
        assert not self._present(login)
        self.by_hand.discard(login.casefold())

    @rule(login=agents, name=st.sampled_from(("One", "Two")))
    def added(self, login: str, name: str) -> None:
        """A user is added, or renamed."""
        action = "edit" if self._present(login) else "add"
        self.shop.command("GV-20", loginid=login, username=name, action=action)
        assert self._present(login)

    @rule(login=agents, number=numbers, later=st.sampled_from((0, 60)))
    def reallocated(self, login: str, number: str, later: int) -> None:
        """The entries of a contact go to somebody else."""
        due = (self.shop.now + timedelta(seconds=later)).strftime("%Y-%m-%d %H:%M:%S")
        self.shop.command("GV-13", contactnumber=number, login=login, calldatetime=due)

    @rule(number=numbers)
    def barred(self, number: str) -> None:
        """A number comes onto the list of those that are not called."""
        with self.store.unit():
            self.store.insert("dnc", {"tenant": TENANT, "number": number})

    @rule()
    def snapshot(self) -> None:
        """A snapshot is taken."""
        if len(self.kept) < 3:
            with self.shop.sandbox.lock:
                self.kept.append((self.shop.sandbox.snapshots.take(self.shop.sandbox), set(self.by_hand)))

    @precondition(lambda self: self.kept)
    @rule(which=st.integers(0, 2))
    def restored(self, which: int) -> None:
        """The sandbox goes back to a snapshot."""
        snapshot, by_hand = self.kept[which % len(self.kept)]
        snapshot.restore(self.shop.sandbox)
        self.by_hand = set(by_hand)
        self.closed.clear()

    @rule()
    def reset(self) -> None:
        """The sandbox goes back to its creation."""
        self.shop.sandbox.reset()
        self.by_hand.clear()
        self.closed.clear()

    @invariant()
    def nothing_is_wrong(self) -> None:
        """No agent is in two calls, none is Talking with nobody, and every call under way has an end."""
        assert not wrongs(self.shop.floor, self.by_hand)
        assert not [event for event in self.shop.events() if event["kind"] == "floor.failed"]
        assert not self.shop.floor.untold

    @invariant()
    def what_is_over_stays_over(self) -> None:
        """An entry that was closed is never dialled again."""
        for _, row in self.store.rows("calls"):
            number = row["calllistid"]
            if number in self.closed:
                assert (row["status"], row["attempts"] or 0) == ("done", self.closed[number])
            elif row["status"] == "done":
                self.closed[number] = row["attempts"] or 0


TestFloors = Floors.TestCase
TestFloors.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
