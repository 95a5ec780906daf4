"""The people of a demo at work: agents log in, answer, save dispositions and take breaks; a campaign pushes.

What is a command of the API is sent as a client sends it. Whatever they do follows from the seed and from
what happened on the floor, so that equal demos are equal to the byte.
"""

from __future__ import annotations

import heapq
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from mockserver.contract.documents import read_json
from mockserver.faults.chance import Chance
from mockserver.model import Inbound
from mockserver.paths import data_dir
from mockserver.settings import ENDPOINT
from mockserver.simulation.agents import status_with
from mockserver.simulation.book import drawn
from mockserver.simulation.calllist import DIALLING, TALKING
from mockserver.simulation.control import carry_out, come_in, set_agent
from mockserver.simulation.storyline import process_called

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.demo.people import Person
    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Scenario
    from mockserver.service import Service
    from mockserver.simulation.events import Event

    Work = Callable[[], None]

_HEADERS: Final = {"content-type": "application/x-www-form-urlencoded", "user-agent": "jodo-mock demo"}


def script() -> Mapping[str, Any]:
    """Return what the people of a demo send and how long they take: ``schemas/demo.json``."""
    document: Mapping[str, Any] = read_json(data_dir("schemas") / "demo.json")
    return document


class Autopilot:
    """Does what the people of a demo do, when it is time for it; ``seed`` decides."""

    def __init__(self, service: Service, sandbox: Sandbox, scenario: Scenario, seed: int) -> None:
        self._service = service
        self._sandbox = sandbox
        self._seed = seed
        self._script = script()
        self._agenda: list[tuple[datetime, int, bool, Work]] = []
        self._count = 0
        self._tenant = sandbox.own_apikey
        self._staff: dict[str, Person] = {}
        self.breaks: dict[str, bool] = {}
        """Logins (lower case) of agents who are on a break just now."""
        # Whom the story lets ring, the story also lets answer or not.
        self._scripted = {step["incoming"]["number"] for step in scenario.story if "incoming" in step}

    # The agenda

    def next_due(self) -> datetime | None:
        """Return when somebody does something next, or None."""
        return self._agenda[0][0] if self._agenda else None

    @property
    def idle(self) -> bool:
        """Whether nothing is left to do but breaks."""
        return not any(matters for _, _, matters, _ in self._agenda)

    def act(self, now: datetime) -> None:
        """Do everything that it is time for."""
        while self._agenda and self._agenda[0][0] <= now:
            heapq.heappop(self._agenda)[3]()

    def _at(self, moment: datetime, work: Work, *, matters: bool = True) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (moment, self._count, matters, work))

    def _drawn(self, bounds: Sequence[int], *parts: str | int) -> timedelta:
        chance = Chance(self._seed, "demo", *parts)
        return timedelta(seconds=drawn((bounds[0], bounds[1]), chance, "time"))

    def _likely(self, share: float, *parts: str | int) -> bool:
        return Chance(self._seed, "demo", *parts).fraction("likely") < share

    # Before the story

    def prepare(self, staff: Sequence[Person], crowd: Sequence[Person], kept: str) -> None:
        """Let the agents join and plan their day; agents of the sandbox that ``kept`` does not name go home."""
        script, start = self._script, self._sandbox.clock.now()
        for person in staff:
            self._send(_filled(script["agent"], {"name": person.name, "login": person.login}))
            self._staff[person.login] = person
        with self._sandbox.act() as floor:
            for user in floor.store.find("users", tenant=self._tenant):
                if user[1]["login_key"] not in kept.casefold():
                    set_agent(floor, user, status_with(floor.book.statuses, "logged_out"))
        for person in staff:
            self._at(start + self._drawn(script["login"], "login", person.login), self._ready(person.login))
            self._plan_break(person, start)
        wave = script["wave"]
        for number, first in enumerate(range(0, len(crowd), wave["size"])):
            moment = start + timedelta(seconds=wave["first"] + number * wave["every"])
            self._at(moment, self._pushes(crowd[first : first + wave["size"]]))
        for person in crowd[:: script["rings_back"]["one_in"]]:
            after = self._drawn(script["rings_back"]["after"], "rings back", person.number)
            self._at(start + after, self._rings(person))

    def _plan_break(self, person: Person, start: datetime) -> None:
        plan = self._script["break"]
        if self._likely(plan["share"], "break", person.login):
            after = self._drawn(plan["after"], "break", person.login)
            self._at(start + after, self._break(person), matters=False)

    # What they do

    def _send(self, command: Mapping[str, Any]) -> None:
        keys = self._service.catalogue.common["keys"]
        whole = {keys["method"]: command["method"], keys["apikey"]: self._tenant, **command}
        body = f"data={quote_plus(json.dumps(whole, ensure_ascii=False))}".encode()
        self._service.begin(Inbound("POST", ENDPOINT, headers=_HEADERS, body=body))

    def _ready(self, login: str) -> Work:
        return lambda: self._put(login, "ready")

    def _put(self, login: str, word: str) -> None:
        self.breaks.pop(login, None)
        with self._sandbox.act() as floor:
            user = floor.user(self._tenant, login)
            if user is not None:
                set_agent(floor, user, status_with(floor.book.statuses, word))

    def _break(self, person: Person) -> Work:
        def work() -> None:
            with self._sandbox.lock:
                floor, now = self._sandbox.floor, self._sandbox.settle()
                user = floor.user(self._tenant, person.login)
                busy = user is None or user[1]["status"] != floor.book.ready
                busy = busy or floor.calls.handled_by(self._tenant, person.login) is not None
            if busy:
                self._at(now + timedelta(minutes=1), work, matters=False)
                return
            self._put(person.login, "logged_out")
            self.breaks[person.login] = True
            length = self._drawn(self._script["break"]["length"], "length", person.login)
            self._at(now + length, self._ready(person.login), matters=False)

        return work

    def _pushes(self, people: Sequence[Person]) -> Work:
        script = self._script

        def work() -> None:
            command = _filled(script["push"], {"servicekey": script["servicekey"]})
            command[script["records"]] = [
                _filled(
                    script["record"],
                    {"number": each.number, "name": each.name, "campaign": self._campaign(each)},
                )
                for each in people
            ]
            self._send(command)

        return work

    def _campaign(self, person: Person) -> str:
        return self._choice(self._script["campaigns"], "campaign", person.number)

    def _choice(self, texts: Sequence[str], *parts: str | int) -> str:
        return texts[int(Chance(self._seed, "demo", *parts).fraction("choice") * len(texts))]

    def _rings(self, person: Person) -> Work:
        def work() -> None:
            with self._sandbox.act() as floor:
                process = process_called(floor.store, self._tenant, self._script["servicekey"])
                if process is not None:
                    come_in(floor, process, person.number)

        return work

    # What they see

    def see(self, event: Event) -> None:
        """Let somebody take up what happened."""
        about, moment = event.about, datetime.fromisoformat(event.at)
        if event.tenant != self._tenant:
            return
        if event.kind == "call.ringing" and about["contact"] not in self._scripted:
            after = self._drawn(self._script["answer"], "answer", about["calllistid"])
            self._at(moment + after, self._verb(about["calllistid"], DIALLING, "answer"))
            talk = self._drawn(self._script["talk"], "talk", about["calllistid"])
            self._at(moment + after + talk, self._verb(about["calllistid"], TALKING, "hangup"))
        elif event.kind == "agent.status" and about["status"] == self._sandbox.floor.book.wrapup:
            after = self._drawn(self._script["wrapup"], "wrapup", about["login"], event.at)
            self._at(moment + after, self._disposes(about["login"]))

    def _verb(self, number: int, stands: str, verb: str) -> Work:
        def work() -> None:
            with self._sandbox.act() as floor:
                found = floor.calls.get(self._tenant, number)
                if found is not None and found[1]["status"] == stands:
                    carry_out(floor, found, verb, {})

        return work

    def _disposes(self, login: str) -> Work:
        def work() -> None:
            with self._sandbox.lock:
                floor, now = self._sandbox.floor, self._sandbox.settle()
                user = floor.user(self._tenant, login)
                if user is None or user[1]["status"] != floor.book.wrapup:
                    return
                found = floor.calls.handled_by(self._tenant, login.casefold())
                process = found and process_called(floor.store, self._tenant, found[1]["process"])
                if found is not None and process and process["masters"]:
                    self._send(self._disposition(login, found[1], process, now))
                elif floor.rule("wrapup") is None:
                    self._put(login, "ready")

        return work

    def _disposition(
        self, login: str, call: Mapping[str, Any], process: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """Return what an agent saves about a call; now and then it books a callback."""
        script, parts = self._script, (call["calllistid"], call["attempts"] or 0)
        again = self._likely(script["callback"]["share"], "callback", *parts) and bool(call["attempts"])
        reasons = [
            (master["id"], reason["id"])
            for master in process["masters"]
            for reason in master["reasons"]
            if reason["callback"] is again
        ]
        place = int(Chance(self._seed, "demo", "reason", *parts).fraction("choice") * len(reasons))
        master, reason = reasons[place] if reasons else ("", "")
        due = now + self._drawn(script["callback"]["after"], "callback", *parts)
        words = {
            "servicekey": process["servicekey"],
            "login": login,
            "number": call["contact"],
            "call": call["systemcallid"] or "",
            "master": str(master),
            "reason": str(reason),
            "remark": self._choice(script["remarks"], "remark", *parts),
            "due": due.isoformat(" ", "seconds") if again else "",
        }
        command: dict[str, Any] = _filled(script["disposition"], words)
        return command


def _filled(template: Any, words: Mapping[str, str]) -> Any:
    """Return a template with its ``{places}`` filled."""
    if isinstance(template, dict):
        return {name: _filled(value, words) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, words) for value in template]
    if isinstance(template, str) and template.startswith("{"):
        return words[template[1:-1]]
    return template
