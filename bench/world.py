"""A service in this process, with customers, users and recordings to ask for, and a race over its commands.

Nothing goes over a socket here: what is timed is :meth:`Service.answer`, since HTTP costs every method
the same.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from bench.commands import FORM, PREFIX
from mockserver.model import Inbound
from mockserver.sandbox import DEFAULT
from mockserver.service import Service
from mockserver.settings import ENDPOINT, Settings
from mockserver.simulation.agents import status_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.cases import Case

_TENANT, _PROCESS = "demo_org", "DemoOutbound"
_PATTERN = "meera@demo.example"
"""The user whose copies the others are."""
_FOUND = 10
"""Customers that a look-up by date finds."""
_SAMPLE = 50
_HEADERS = {"content-type": FORM, "host": "127.0.0.1"}


class World:
    """A golden sandbox with so many made-up customers (100 or more), and so many users and recordings more."""

    def __init__(self, customers: int = 100, people: int = 10) -> None:
        self._service = Service.start(Settings(customers=customers))
        self._store = self._service.registry.get(DEFAULT).store
        entries = self._service.catalogue.references["user_status"]["entries"]
        self._wrapup = status_with(entries, "wrapup")
        with self._store.unit():
            self._logins = [self._add_user(number) for number in range(people)]
            self._calls = [self._add_recording(number) for number in range(people)]
        rows = [row for _, row in self._store.find("customers", tenant=_TENANT, process=_PROCESS)]
        self._customers = sorted(rows, key=lambda row: str(row["storedatetime"]))

    def _add_user(self, number: int) -> str:
        known = self._store.first("users", tenant=_TENANT, login_key=_PATTERN)
        if known is None:
            raise RuntimeError(f"the demo tenant has no {_PATTERN}")
        login = f"agent{number}@bench.example"
        changes = {"login": login, "login_key": login, "userid": self._store.take(f"{_TENANT}/userid")}
        self._store.duplicate("users", known[0], changes)
        return login

    def _add_recording(self, number: int) -> tuple[str, str]:
        call, session = f"26010112{number:010}", self._store.take(f"{_TENANT}/calllistid")
        owner = {"tenant": _TENANT, "systemcallid": call}
        entry = {"calllistid": session, "contact": f"{6_000_000_000 + number}", "status": "done"}
        self._store.insert(
            "calls", {**owner, **entry, "process": _PROCESS, "storedatetime": "2026-01-01 12:00:00"}
        )
        url = f"http://192.168.2.127/recordings/1/1/2026/01/01/12/{call}.MP3"
        self._store.insert("recordings", {**owner, "sessionid": session, "url": url, "seconds": 25})
        return call, str(session)

    def words(self, turn: int) -> dict[str, str]:
        """Return what fills the commands of a turn: what is new is so in every turn, what is known goes round."""
        spread = turn * 7 % _SAMPLE
        place = spread * (len(self._customers) - _FOUND) // _SAMPLE
        known, last = self._customers[place], self._customers[place + _FOUND - 1]
        person = spread * len(self._logins) // _SAMPLE
        another = person - 1
        (call, session), (other_call, _) = self._calls[person], self._calls[another]
        return {
            "apikey": _TENANT,
            "servicekey": _PROCESS,
            "fresh": f"{7_000_000_000 + turn}",
            "number": known["contact1"],
            "code": str(known["customercode"]),
            "crm": known["crm"],
            "from": known["storedatetime"],
            "to": last["storedatetime"],
            "last": last["contact1"],
            "agent": self._logins[person],
            "other_agent": self._logins[another],
            "new_login": f"new{turn}@bench.example",
            "call": call,
            "session": session,
            "other_call": other_call,
        }

    def timed(self, case: Case, words: Mapping[str, str]) -> float:
        """Return the seconds of one answer; RuntimeError when it is not the expected one."""
        if case.before:
            self._wrap_up(words["agent"])
        body = PREFIX + case.command.substitute(words).encode()
        inbound = Inbound("POST", ENDPOINT, b"", _HEADERS, body, 80)
        start = perf_counter()
        reply = self._service.answer(inbound)
        taken = perf_counter() - start
        if case.expects.substitute(words).encode() not in reply.body:
            raise RuntimeError(f"unexpected reply to {case.title}: {reply.body[:300]!r}")
        return taken

    def _wrap_up(self, login: str) -> None:
        found = self._store.first("users", tenant=_TENANT, login_key=login)
        if found is not None:
            self._store.update("users", found[0], {"status": self._wrapup})


def race(worlds: Sequence[World], wanted: Sequence[Case], turns: int) -> list[dict[str, list[float]]]:
    """Return, for each world, the seconds of every command by its key.

    All take turns, so that what else the machine does hits all of them, and the worlds take turns at
    being first, since the second finds the processor's caches warm.
    """
    taken: list[dict[str, list[float]]] = [{case.key: [] for case in wanted} for _ in worlds]
    warm_up = max(3, turns // 20)
    with _settled():
        for turn in range(warm_up + turns):
            words = [world.words(turn) for world in worlds]
            order = range(len(worlds)) if turn % 2 else range(len(worlds) - 1, -1, -1)
            for case in wanted:
                for number in order:
                    seconds = worlds[number].timed(case, words[number])
                    if turn >= warm_up:
                        taken[number][case.key].append(seconds)
    return taken


@contextmanager
def _settled() -> Iterator[None]:
    """Keep what is there out of garbage collection, as the server does once it has started."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
