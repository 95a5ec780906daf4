"""Draws over real connections: neither order nor threads nor connections change what happens to a command."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.helpers import push
from tests.server_process import running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.server_process import Running

SHAKY: dict[str, Any] = {
    "name": "shaky",
    "rules": [
        {"id": "reset", "probability": 0.25, "then": {"faults": ["connection_reset"]}},
        {"id": "page", "probability": 0.4, "then": {"faults": [{"http_status": {"code": 502}}]}},
        {"id": "late", "probability": 0.5, "then": {"faults": [{"latency": {"fixed": 0.002, "phase": "before"}}]}},
    ],
}  # fmt: skip
"""As ``flaky-network``, but oftener and without its long waits."""

NUMBERS = [f"91000{number:05d}" for number in range(60)]
CONNECTIONS = 8
ATTEMPTS = 3


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """One server; each run plays in a sandbox of its own."""
    with running() as found:
        yield found


def ask(connection: HTTPConnection, verb: str, path: str, body: bytes) -> tuple[int, str, bytes]:
    connection.request(verb, path, body, {"Content-Type": "text/html"})
    with connection.getresponse() as reply:
        return reply.status, reply.getheader("X-Mock-Fault", ""), reply.read()


def made(server: Running, seed: int) -> str:
    """Return the path of the API of a new sandbox of this seed in which the scenario plays."""
    connection = HTTPConnection(*server.address, timeout=20)
    found = json.loads(ask(connection, "POST", "/__admin/sandboxes", b'{"seed": %d}' % seed)[2])
    home = f"/__admin/sandboxes/{found['key']}/scenarios/shaky"
    for verb, path, body in (("PUT", home, json.dumps(SHAKY).encode()), ("POST", f"{home}/activate", b"")):
        assert ask(connection, verb, path, body)[0] == 200
    connection.close()
    return str(found["endpoint"].removeprefix(server.ready["url"]))


def fates(server: Running, path: str, numbers: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """Push each number a few times over one connection; return what became of each attempt."""
    connection = HTTPConnection(*server.address, timeout=20)
    found: dict[str, list[tuple[int, str]]] = {}
    for number in numbers:
        body = b"data=" + json.dumps(push(number)).encode()
        for _ in range(ATTEMPTS):
            try:
                status, fault, _ = ask(connection, "POST", path, body)
            except (ConnectionResetError, RemoteDisconnected):
                # http.client opens a new connection for the next request
                connection.close()
                status, fault = 0, "reset"
            found.setdefault(number, []).append((status, fault))
    connection.close()
    return found


def shared_out(server: Running, seed: int, order: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Push the numbers over several connections at once."""
    path = made(server, seed)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = pool.map(
            lambda part: fates(server, path, part), [order[at::CONNECTIONS] for at in range(CONNECTIONS)]
        )
        return {number: fate for part in parts for number, fate in part.items()}


def test_the_same_commands_meet_the_same_in_any_order_and_on_any_number_of_connections(
    server: Running,
) -> None:
    """SIM-27: a seed decides each attempt of each command, whoever sends what first; another seed decides otherwise."""
    one_by_one = fates(server, made(server, 7), NUMBERS)
    kinds = {fate for each in one_by_one.values() for fate in each}
    assert len(kinds) == 4, "each rule fires, and sometimes none does"
    assert len({tuple(each) for each in one_by_one.values()}) > ATTEMPTS, "attempts are drawn one by one"
    for turn in range(2):
        order = random.Random(turn).sample(NUMBERS, len(NUMBERS))
        assert shared_out(server, 7, order) == one_by_one
    assert shared_out(server, 8, NUMBERS) != one_by_one
