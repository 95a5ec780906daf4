"""What happens in one sandbox depends on that sandbox alone, and a reset is exact: any commands, any order, threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.app import create_app
from tests.api import shared_service
from tests.web.admin_client import Admin, push

if TYPE_CHECKING:
    from collections.abc import Sequence

Reply = tuple[int, list[tuple[str, str]], bytes]
Step = tuple[str, Any]

FROZEN = {"clock": {"mode": "frozen", "now": "2026-01-02 03:04:05"}}
NUMBERS = st.sampled_from(["8850014998", "9000100203", "12345", "9000100204"])
KEYS = st.sampled_from(["MUMBAI_CRM_OBD", "VoiceProcess", "nobody", "ERR_038"])


def _method(name: str, **fields: Any) -> dict[str, Any]:
    return {"method": name, "apikey": "test_org", "servicekey": "MUMBAI_CRM_OBD", **fields}


COMMANDS = st.one_of(
    st.builds(lambda numbers, key: push(*numbers, servicekey=key), st.lists(NUMBERS, max_size=3), KEYS),
    st.builds(lambda number: _method("getProcessData", mobilenumber=number), NUMBERS),
    st.sampled_from(
        [
            _method("userStatus", userid="dinesh.s@avhan.com"), _method("getActiveUserList"),
            _method("deleteUser", userid="dinesh.s@avhan.com"), b"data={", {},
        ]
    ),
)  # fmt: skip
SCENARIO = {
    "rules": [
        {"id": "drawn", "probability": 0.4, "then": {"status": 38}},
        {"id": "once", "then": {"status": 17}, "times": 2},
    ]
}
STEPS: st.SearchStrategy[Step] = st.one_of(
    COMMANDS.map(lambda command: ("send", command)),
    COMMANDS.map(lambda command: ("send", command)),
    st.sampled_from(
        [
            ("fault", {"status": 38, "times": 2}), ("fault", {"fault": "malformed_json"}), ("advance", 90),
            ("quirk", {"overlong": "truncate"}), ("edition", "web"), ("scenario", None), ("dial", 7),
        ]
    ),
)  # fmt: skip
SEQUENCES = st.lists(STEPS, max_size=8)


class World:
    """One sandbox and everything that can be seen of it over HTTP."""

    def __init__(self, admin: Admin, key: str) -> None:
        self.admin, self.key, self.home = admin, key, f"/sandboxes/{key}"
        admin.ok("POST", "/sandboxes", {"key": key, "seed": 7, **FROZEN})

    def take(self, step: Step) -> Reply | None:
        """Take one step; return the reply to a command, byte for byte with its headers."""
        what, value = step
        admin, home = self.admin, self.home
        if what == "send":
            reply = admin.send(value, self.key)
            return reply.status_code, list(reply.headers), reply.data
        if what == "scenario":
            admin.ok("PUT", f"{home}/scenarios/mine", SCENARIO)
            admin.ok("POST", f"{home}/scenarios/mine/activate")
        elif what == "fault":
            admin.ok("POST", f"{home}/faults", value)
        elif what == "advance":
            admin.ok("POST", f"{home}/clock/advance", {"seconds": value})
        elif what == "dial":
            admin.ask("POST", f"{home}/simulation/users/dinesh.s@avhan.com/status", {"status": value})
        else:
            admin.ok(
                "PATCH", f"{home}/settings", {"edition": value} if what == "edition" else {"quirks": value}
            )
        return None

    def seen(self) -> list[bytes]:
        """Return everything of it that a client can read and that does not tell real time."""
        paths = ("/state", "/clock", "/settings", "/faults", "/scenarios", "/simulation/users")
        return [self.admin.ask("GET", self.home + path).data for path in paths]

    def drop(self) -> None:
        self.admin.ok("DELETE", self.home)


def play(admin: Admin, key: str, steps: Sequence[Step]) -> tuple[list[Reply | None], list[bytes]]:
    """Return what a sandbox gives alone."""
    world = World(admin, key)
    try:
        return [world.take(step) for step in steps], world.seen()
    finally:
        world.drop()


@pytest.fixture(scope="module")
def admin() -> Admin:
    """The admin API of the shared service; every example makes its own sandboxes and drops them."""
    return Admin(create_app(shared_service()).test_client())


@settings(deadline=None, max_examples=30)
@given(first=SEQUENCES, second=SEQUENCES, data=st.data())
def test_two_interleaved_sandboxes_give_what_each_gives_alone(
    admin: Admin, first: list[Step], second: list[Step], data: st.DataObject
) -> None:
    """State, ids, clock, draws, faults and settings are a sandbox's own: replies and dumps are the same bytes (AM-10)."""
    alone = play(admin, "left", first), play(admin, "right", second)
    turns = data.draw(st.permutations([0] * len(first) + [1] * len(second)))
    left, right = World(admin, "left"), World(admin, "right")
    try:
        rest = [iter(first), iter(second)]
        replies: list[list[Reply | None]] = [[], []]
        for turn in turns:
            replies[turn].append((left, right)[turn].take(next(rest[turn])))
        assert ((replies[0], left.seen()), (replies[1], right.seen())) == alone
    finally:
        left.drop()
        right.drop()


@settings(deadline=None, max_examples=30)
@given(steps=SEQUENCES)
def test_a_reset_is_exact(admin: Admin, steps: list[Step]) -> None:
    """The dump after it is that of creation, and the same commands give the same bytes, ids of requests too (AM-16)."""
    world = World(admin, "again")
    try:
        created = world.seen()
        replies, seen = [world.take(step) for step in steps], world.seen()
        admin.ok("POST", f"{world.home}/reset")
        assert world.seen() == created
        assert admin.ok("GET", f"{world.home}/requests")["total"] == 0
        assert ([world.take(step) for step in steps], world.seen()) == (replies, seen)
    finally:
        world.drop()


@settings(deadline=None, max_examples=30)
@given(before=SEQUENCES, steps=SEQUENCES, between=SEQUENCES)
def test_a_restore_is_exact(admin: Admin, before: list[Step], steps: list[Step], between: list[Step]) -> None:
    """From a snapshot the same commands give the same bodies and the same state, whatever was done meanwhile."""
    world = World(admin, "again")
    try:
        for step in before:
            world.take(step)
        admin.ok("POST", f"{world.home}/snapshots")
        first = _without_ids(world, steps)
        for step in between:
            world.take(step)
        admin.ok("POST", f"{world.home}/snapshots/s1/restore")
        assert _without_ids(world, steps) == first
    finally:
        world.drop()


def _without_ids(world: World, steps: list[Step]) -> Any:
    """Return replies and what is seen; ids of requests go on over a restore."""
    replies = [reply for reply in map(world.take, steps) if reply is not None]
    headers = [[pair for pair in pairs if pair[0] != "X-Mock-Request-Id"] for _, pairs, _ in replies]
    return [(status, body) for status, _, body in replies], headers, world.seen()


def test_threads_do_not_disturb_each_other(admin: Admin) -> None:
    """Eight sandboxes in eight threads, with resets in between, all give the bytes that one of them gave alone."""
    steps: list[Step] = [("scenario", None), ("fault", {"status": 38, "times": 2})]
    steps += [
        ("send", push(str(9_000_000_000 + number), servicekey="MUMBAI_CRM_OBD")) for number in range(12)
    ]

    def normal(key: str, replies: Sequence[Reply | None]) -> str:
        return repr(replies).replace(key, "KEY")

    alone = normal("solo", play(admin, "solo", steps)[0])
    found: list[str] = []

    def work(key: str) -> None:
        own = Admin(admin.client.application.test_client())
        world = World(own, key)
        for _ in range(3):
            found.append(normal(key, [world.take(step) for step in steps]))
            own.ok("POST", f"{world.home}/reset")
        world.drop()

    threads = [threading.Thread(target=work, args=(f"thread{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 24
