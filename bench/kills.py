"""A server with a state file, killed in the middle of a stream of pushes again and again."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.caller import Caller
from bench.commands import JSON, PREFIX, http, push
from bench.processes import serving
from bench.subjects import sandbox
from mockserver.settings import ADMIN, ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.processes import Server

OTHER = "other"
"""Key of the sandbox that every second connection pushes to; the others push to the default one."""

CONNECTIONS = 4
_FIRST = 7_000_000_000
_WITHIN = 180


@dataclass
class Kill:
    """One kill: what was acknowledged since the one before, and how much of all that there is afterwards."""

    number: int
    acknowledged: int = 0
    in_flight: int = 0
    """Pushes that were sent and not answered, which may or may not be there."""
    all_acknowledged: int = 0
    all_found: int = 0
    """Of all pushes acknowledged so far those that the restarted server has, with the code it told."""
    found: int = 0
    started: float = 0.0
    """Seconds from the start of the restarted server to its first answer."""


@dataclass
class _Stream:
    """What several connections push, and what of it was acknowledged: (sandbox, number) -> customer code."""

    limit: int
    first: int
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    sent: int = 0
    enough: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, port: int, key: str) -> None:
        """Push new numbers until the server is gone."""
        path = ENDPOINT if key == "default" else f"/sandboxes/{key}{ENDPOINT}"
        with suppress(OSError, ValueError), Caller(port, timeout=30) as caller:
            while True:
                with self.lock:
                    number = str(self.first + self.sent)
                    self.sent += 1
                status, body = caller.ask(http(PREFIX + push([number]), path=path))
                record = json.loads(body)["statusdata"][0]
                if status != 200 or record["statuscode"] != "001":
                    raise RuntimeError(f"a push was refused: {body[:300]!r}")
                with self.lock:
                    self.acknowledged[key, number] = record["customercode"]
                    if len(self.acknowledged) >= self.limit:
                        self.enough.set()


def kills(file: Path, many: int) -> Iterator[Kill]:
    """Kill a server ``many`` times and yield what became of the pushes after each restart."""
    known: dict[tuple[str, str], int] = {}
    kill: Kill | None = None
    fresh: dict[tuple[str, str], int] = {}
    for number in range(1, many + 2):
        with serving(sandbox(), None, ["--state", str(file)]) as server:
            if kill is None:
                _make_other(server)
            else:
                held = _held(server)
                kill.found = _count(fresh, held)
                kill.all_acknowledged, kill.all_found = len(known), _count(known, held)
                kill.started = server.first_answer
                yield kill
            if number <= many:
                stream = _killed(server, 1 + number * 37 % _WITHIN, _FIRST + number * 100_000)
                fresh = stream.acknowledged
                known |= fresh
                kill = Kill(number, len(fresh), stream.sent - len(fresh))


def _killed(server: Server, limit: int, first: int) -> _Stream:
    """Push over several connections, kill the server once so many pushes are acknowledged, and return them."""
    stream = _Stream(limit, first)
    keys = ["default", OTHER] * (CONNECTIONS // 2)
    threads = [threading.Thread(target=stream.run, args=(server.port, key), daemon=True) for key in keys]
    for thread in threads:
        thread.start()
    if not stream.enough.wait(60):
        raise RuntimeError("the pushes stopped before the kill")
    server.process.kill()
    server.process.wait()
    for thread in threads:
        thread.join(60)
    return stream


def _make_other(server: Server) -> None:
    body = json.dumps({"key": OTHER}).encode()
    with Caller(server.port) as caller:
        status, answer = caller.ask(http(body, path=f"{ADMIN}/sandboxes", media=JSON))
    if status != 201:
        raise RuntimeError(f"no sandbox was made: {answer[:300]!r}")


def _held(server: Server) -> dict[tuple[str, str], Any]:
    """Return the customers a server has: (sandbox, number) -> code."""
    found: dict[tuple[str, str], Any] = {}
    for key in ("default", OTHER):
        with Caller(server.port) as caller:
            request = http(b"", path=f"{ADMIN}/sandboxes/{key}/state/customers", verb="GET")
            _, body = caller.ask(request)
        found |= {(key, row["contact1"]): row["customercode"] for row in json.loads(body)["rows"]}
    return found


def _count(wanted: dict[tuple[str, str], int], held: dict[tuple[str, str], Any]) -> int:
    return sum(held.get(place) == code for place, code in wanted.items())


def table(found: list[Kill]) -> list[str]:
    """Return the kills as a Markdown table, one row for each and one for all."""
    lines = [
        "| kill | acknowledged | found | of all acknowledged | found | under way | restart |",
        "|-----:|-------------:|------:|--------------------:|------:|----------:|--------:|",
    ]
    lines += [
        f"| {each.number} | {each.acknowledged} | {each.found} | {each.all_acknowledged} | {each.all_found}"
        f" | {each.in_flight} | {each.started:.2f} s |"
        for each in found
    ]
    acknowledged, there = sum(each.acknowledged for each in found), sum(each.found for each in found)
    lines.append(f"| all | {acknowledged} | {there} | | | {sum(each.in_flight for each in found)} | |")
    return lines
