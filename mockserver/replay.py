"""``jodo-mock replay``: play a reproduction again, in process, and find the first difference.

The sandbox is made anew under the same key, so that its minted keys are the same. Its clock stands still
and is moved to the recorded time before each step, whatever its mode was; so nothing depends on how quick
the machine is. Nothing waits: a request that a fault held back takes effect at its place among the steps,
and how long a reply was delayed and how its connection ended are not played.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from mockserver import __version__
from mockserver.app import create_app
from mockserver.comparing import Unequal, first_difference
from mockserver.errors import InvalidDocument
from mockserver.model import Inbound, Pause, Reply
from mockserver.reproduction import bytes_of
from mockserver.sandbox import DEFAULT, Plan
from mockserver.scenarios.loading import load_document
from mockserver.service import Service
from mockserver.settings import ADMIN, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.sandbox import Sandbox
    from mockserver.scenarios.model import Scenario

    Node = Mapping[str, Any]

_WHOM: Final = ("apikey", "process", "calllistid", "contact", "login", "status", "outcome")
_ID: Final = "x-mock-request-id"
_SNAPSHOT: Final = re.compile("/snapshots/([^/]+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """The first step that went another way: its number from 1, its request id if any, and what differs."""

    step: int
    id: str
    title: str
    at: str
    what: str
    pointer: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a replay. ``played`` counts the steps until the difference, ``passed_over`` those not recorded whole."""

    key: str
    package: str
    steps: int
    played: int
    passed_over: int
    difference: Difference | None

    def shown(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        found = asdict(self)
        return {"same": self.difference is None, "replayed_by": __version__, **found}

    def lines(self) -> list[str]:
        """Return it as text for people."""
        difference, over = self.difference, self.passed_over
        passed = f" ({over} that were not recorded whole passed over)" if over else ""
        versions = (
            "" if self.package == __version__ else f", recorded by {self.package}, played by {__version__}"
        )
        if difference is None:
            return [
                f"sandbox {self.key}: {self.played} {'step' if self.played == 1 else 'steps'} played{passed}{versions}: no difference"
            ]
        where = f" at {difference.pointer}" if difference.pointer else ""
        name = " ".join(filter(None, (difference.id, difference.title)))
        return [
            f"sandbox {self.key}: step {difference.step} of {self.steps} differs{passed}{versions}",
            f"  {name}, {difference.at}",
            f"  {difference.what}{where}",
            f"    expected  {difference.expected}",
            f"    got       {difference.got}",
        ]


def play(document: Node, file: str = "reproduction") -> Outcome:
    """Play a checked reproduction until its end or the first difference.

    ``file`` is the name problems give it. Raises InvalidDocument for a scenario in it that this version
    cannot play, and what :meth:`Service.start` raises.
    """
    player = _Player(document, file)
    played = passed_over = 0
    difference = None
    for number, step in enumerate(document["steps"], start=1):
        if player.cannot_play(step):
            passed_over += 1
            continue
        played += 1
        unequal = player.take(step)
        if unequal is not None:
            title = (
                f"{step['admin']['verb']} {step['admin']['path']}"
                if "admin" in step
                else step.get("method", "")
            )
            place = (number, step.get("id", ""), title, step["at"])
            difference = Difference(*place, unequal.what, unequal.pointer, unequal.expected, unequal.got)
            break
    steps = len(document["steps"])
    difference = difference or player.end(document)
    return Outcome(player.sandbox.key, document["package"], steps, played, passed_over, difference)


class _Player:
    """One replay: a service of its own with the one sandbox, and the requests that are still held back."""

    def __init__(self, document: Node, file: str) -> None:
        settings = _settings(document)
        self._service = Service.start(settings, wire=True)
        self.sandbox, self._wanted = _made(document, self._service, file)
        # Whoever plays a run again does not want a stranger's hooks to ring.
        self.sandbox.outbound.silence()
        self._client = create_app(self._service).test_client()
        self._pending: dict[str, Pause | Reply] = {}
        # Without the first steps ids count from elsewhere.
        self._complete: bool = document["complete"]
        self._ignored = () if self._complete else (_ID,)

    def cannot_play(self, step: Node) -> bool:
        """Tell whether what a step needs was not recorded; only documents that are not complete have such steps."""
        if step.get("cut") == "request" or self._lacks_snapshot(step):
            return True
        return step["do"] != "admin" and "request" not in step and step["id"] not in self._pending

    def _lacks_snapshot(self, step: Node) -> bool:
        """Tell whether a step is about a snapshot that was taken before what was recorded."""
        named = _SNAPSHOT.match(step["admin"]["path"]) if "admin" in step else None
        return not self._complete and named is not None and self.sandbox.snapshots.find(named[1]) is None

    def take(self, step: Node) -> Unequal | None:
        """Take one step; return in what it went another way."""
        self._stand_at(datetime.fromisoformat(step["at"]))
        if step["do"] == "admin":
            return self._administer(step["admin"])
        answered = self._go_on(step)
        if step["do"] == "hold":
            self._pending[step["id"]] = answered
            return None
        while isinstance(answered, Pause):
            answered = answered.resume()
        if step.get("cut") == "reply":
            return None
        return first_difference(_reply(step["reply"]), answered, self._ignored)

    def end(self, document: Node) -> Difference | None:
        """Let pass what time there was after the last step; return the first event that went another way.

        Compared are kinds, and whom they concern: clocks that ran give other milliseconds. Where speech or
        hooks went out over the network nothing is compared, since nothing is sent now.
        """
        if not self._complete or "ended" not in document or self.sandbox.outbound.wanted:
            return None
        self._stand_at(datetime.fromisoformat(document["ended"]))
        with self.sandbox.lock:
            self.sandbox.settle()
            played = {event.id: _concerned(event.shown()) for event in self.sandbox.floor.log.newest_first()}
        recorded = {event["id"]: _concerned(event) for event in document["events"]}
        for name in sorted({*played, *recorded}):
            expected, got = recorded.get(name, "nothing"), played.get(name, "nothing")
            if expected != got and (name in recorded or not recorded or name > min(recorded)):
                steps = len(document["steps"])
                return Difference(steps, name, "event", document["ended"], "what happened", "", expected, got)
        return None

    def _go_on(self, step: Node) -> Pause | Reply:
        """Send the request of a step, or let one take effect that was held back."""
        before = self._pending.pop(step["id"], None)
        if before is None:
            return self._service.begin(_inbound(step["request"]))
        return before.resume() if isinstance(before, Pause) else before

    def _administer(self, asked: Node) -> Unequal | None:
        path = f"{ADMIN}/sandboxes/{self.sandbox.key}{quote(asked['path'])}"
        body = json.dumps(asked["body"]).encode() if "body" in asked else b""
        reply = self._client.open(path, method=asked["verb"], data=body)
        with self.sandbox.lock:
            # Forgetting a scenario of the server's ends it, and no more.
            for name, scenario in self._wanted.items():
                self.sandbox.scenarios.setdefault(name, scenario)
        if reply.status_code == asked["status"]:
            return None
        told = reply.json.get("detail", "") if reply.is_json and reply.json else ""
        return Unequal("HTTP status", "", str(asked["status"]), f"{reply.status_code} {told}".strip())

    def _stand_at(self, moment: datetime) -> None:
        """Bring the clock to a time, by moving it on where that is possible, so that what falls due does."""
        with self.sandbox.lock:
            clock = self.sandbox.clock
            if clock.mode != "frozen":
                clock.set("frozen")
            by = moment - clock.now()
            if by < timedelta(0):
                clock.set("frozen", moment)
            else:
                clock.advance(by)


def _concerned(event: Node) -> str:
    """Return what an event is and whom it concerns, without what depends on milliseconds."""
    told = [f"{name} {event[name]}" for name in _WHOM if event.get(name) is not None]
    return ", ".join([str(event["kind"]), *told])


def _settings(document: Node) -> Settings:
    """Return the recorded settings; those of the sandbox itself are the default sandbox's too."""
    made, given = document["sandbox"], document["settings"]
    chosen = {name: value for name, value in given.items() if name != "diagnostics"}
    return Settings(
        **chosen,
        seed=made["seed"] if made["key"] == DEFAULT else 0,
        preset=made["preset"] if made["key"] == DEFAULT else "golden",
        customers=made["customers"] if made["key"] == DEFAULT else None,
        clock="frozen",
        at=datetime.fromisoformat(made["begun"]),
    )


def _made(document: Node, service: Service, file: str) -> tuple[Sandbox, Mapping[str, Scenario]]:
    """Make the sandbox; return it with the scenarios of the server that were wanted in it."""
    made = document["sandbox"]
    loaded = {
        place: _loaded(nodes, service, file, place)
        for place, nodes in (("/sandbox/scenarios", made["scenarios"]), ("/scenarios", document["scenarios"]))
    }
    plan = Plan(
        seed=made["seed"],
        preset=made["preset"],
        customers=made["customers"],
        edition=made["edition"],
        quirks=service.catalogue.quirks.check_all(made["quirks"]),
        clock="frozen",
        at=datetime.fromisoformat(made["begun"]),
        scenarios=tuple(loaded["/sandbox/scenarios"]),
        dialler=made["dialler"],
    )
    if made["key"] == DEFAULT:
        sandbox = service.registry.get(DEFAULT)
        sandbox.plan = plan
        sandbox.reset()
    else:
        sandbox = service.registry.create(plan, made["key"], mint=made["minted"])
    wanted = {scenario.name: scenario for scenario in loaded["/scenarios"]}
    sandbox.scenarios.update(wanted)
    sandbox.snapshots.number = made.get("snapshots", 0)
    return sandbox, wanted


def _loaded(nodes: Sequence[Node], service: Service, file: str, place: str) -> list[Scenario]:
    found = []
    for number, node in enumerate(nodes):
        try:
            scenario, _ = load_document(node, service.catalogue, name=node["name"], wire=True)
        except InvalidDocument as error:
            raise InvalidDocument(
                [
                    replace(each, file=file, pointer=f"{place}/{number}{each.pointer}")
                    for each in error.problems
                ]
            ) from None
        found.append(scenario)
    return found


def _inbound(node: Node) -> Inbound:
    return Inbound(
        verb=node["verb"],
        path=node["path"],
        query=bytes_of(node, "query"),
        headers=dict(node["headers"]),
        body=bytes_of(node, "body"),
        port=node["port"],
        scheme=node["scheme"],
    )


def _reply(node: Node) -> Reply:
    headers = tuple((name, value) for name, value in node["headers"])
    return Reply(node["http_status"], headers, bytes_of(node, "body"))
