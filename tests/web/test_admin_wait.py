"""Long-poll: a request that waits for something to happen, in the bare Flask app and under the real server."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.bell import Bell, Waiting, Watch
from mockserver.sandbox import Plan
from mockserver.settings import ENDPOINT
from tests.server_process import message, read_reply, running
from tests.web.admin_client import MOBILE, OTHER_MOBILE, push

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from mockserver.sandbox import Sandbox
    from mockserver.service import Service
    from tests.server_process import Running
    from tests.web.admin_client import Admin

CROWD = 30
"""Clients that wait at once: more than the server has threads for its pages."""
LONG = 30
"""Seconds that nobody really waits in these tests."""


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.trust_env = False
        yield found


def asking(server: Running, stack: ExitStack, key: str, query: str) -> socket.socket:
    """Send a request for a sandbox's journal and do not wait for the reply."""
    connection = stack.enter_context(server.connect())
    path = f"/__admin/sandboxes/{key}/requests?{query}"
    connection.sendall(message(b"", verb="GET", path=path).replace(b"mock.test", b"localhost"))
    return connection


def answer(connection: socket.socket) -> tuple[int, Any]:
    with connection.makefile("rb") as stream:
        status, _, body = read_reply(stream)
    return status, json.loads(body)


def send(session: requests.Session, server: Running, key: str, mobile: str = MOBILE) -> None:
    url = f"{server.ready['url']}/sandboxes/{key}{ENDPOINT}"
    assert session.post(url, data="data=" + json.dumps(push(mobile)), timeout=20).status_code == 200


def made(server: Running, session: requests.Session, **body: Any) -> str:
    found = session.post(f"{server.ready['admin']}/sandboxes", json=body, timeout=20)
    return str(found.json()["key"])


def test_a_crowd_that_waits_holds_no_thread_and_is_answered_by_the_first_push_that_fits(
    server: Running, session: requests.Session
) -> None:
    """Design decision 4: thirty wait, other pages and the API answer all the same, and then all have the push."""
    key = made(server, session)
    with ExitStack() as stack:
        waiting = [asking(server, stack, key, f"wait={LONG}&contains={MOBILE}") for _ in range(CROWD)]
        started = perf_counter()
        for _ in range(CROWD):
            assert session.get(f"{server.ready['admin']}/clock", timeout=20).status_code == 200
        send(session, server, key, OTHER_MOBILE)
        send(session, server, key)
        for connection in waiting:
            status, found = answer(connection)
            assert (status, found["total"], found["requests"][0]["id"]) == (200, 1, "r000002")
    assert perf_counter() - started < LONG / 2


def test_what_is_there_is_answered_at_once_and_nothing_after_the_time(
    server: Running, session: requests.Session
) -> None:
    """A wait is a bound and no delay; when it is over the answer is an empty list."""
    key = made(server, session)
    url = f"{server.ready['admin']}/sandboxes/{key}/requests"
    send(session, server, key)
    started = perf_counter()
    assert session.get(f"{url}?wait={LONG}&status=1", timeout=20).json()["total"] == 1
    assert perf_counter() - started < LONG / 2
    started = perf_counter()
    assert session.get(f"{url}?wait=0.2&since=r000001", timeout=20).json() == {"total": 0, "requests": []}
    assert perf_counter() - started >= 0.2


def still_there(server: Running, session: requests.Session, key: str, seconds: float) -> None:
    """Look for so long that an idle sandbox would be gone: whoever asked for it is known to wait."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        assert key in session.get(f"{server.ready['admin']}/sandboxes", timeout=20).text


def test_a_client_that_goes_away_ends_its_wait_and_the_idle_sandbox_expires(
    server: Running, session: requests.Session
) -> None:
    """While somebody waits for a sandbox it is in use; once all have gone it lasts as long as it was to, and no longer."""
    key = made(server, session, idle=1)
    with ExitStack() as stack:
        asking(server, stack, key, f"wait={LONG}")
        still_there(server, session, key, 1.5)
    end = perf_counter() + LONG / 2
    while key in session.get(f"{server.ready['admin']}/sandboxes", timeout=20).text:
        assert perf_counter() < end
    gone = session.get(f"{server.ready['admin']}/sandboxes/{key}", timeout=20)
    assert (gone.status_code, "expired" in gone.json()["detail"]) == (404, True)


def test_a_server_that_stops_answers_who_waits() -> None:
    """SIGTERM ends the process at once, and a waiting client gets what there is: nothing."""
    with running() as server, ExitStack() as stack, requests.Session() as session:
        session.trust_env = False
        key = made(server, session, idle=1)
        connection = asking(server, stack, key, f"wait={LONG}")
        still_there(server, session, key, 1.5)
        started = perf_counter()
        code, _, err = server.stop()
        assert (code, "Traceback" in err) == (0, False)
        assert answer(connection) == (200, {"total": 0, "requests": []})
        assert perf_counter() - started < LONG / 2


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """Start work and return how to get its result."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()

    def result() -> Any:
        thread.join(LONG / 2)
        return results[0]

    return result


def heard(sandbox: Sandbox) -> None:
    """Return once somebody waits for a sandbox."""
    end = perf_counter() + LONG / 2
    while not sandbox.bell.heard:
        assert perf_counter() < end


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [("POST", "/sandboxes/one/reset", 200), ("DELETE", "/sandboxes/one", 404)],
)
def test_reset_and_drop_end_a_wait(admin: Admin, service: Service, verb: str, path: str, status: int) -> None:
    """Nothing that was waited for can come any more: an empty journal after a reset, 404 after a drop."""
    sandbox = service.registry.create(Plan(), "one")
    waiting = in_thread(
        lambda: admin.client.application.test_client().get(f"/__admin/sandboxes/one/requests?wait={LONG}")
    )
    heard(sandbox)
    admin.ok(verb, path)
    reply = waiting()
    assert reply.status_code == status
    assert (reply.json or {}).get("total", 0) == 0
    assert not sandbox.bell.heard


def test_another_wsgi_server_waits_in_its_own_thread(admin: Admin, service: Service) -> None:
    """Without an event loop below, the thread of the request sleeps until a push that fits."""
    sandbox = service.registry.create(Plan(), "one")
    client = admin.client.application.test_client()
    waiting = in_thread(lambda: client.get(f"/__admin/sandboxes/one/requests?wait={LONG}&status=1"))
    heard(sandbox)
    admin.send(push(apikey="nobody"), "one")
    admin.send(push(), "one")
    assert [each["id"] for each in waiting().json["requests"]] == ["r000002"]
    assert client.get("/__admin/requests?wait=0.05").json == {"total": 0, "requests": []}


@pytest.mark.parametrize("value", ["61", "-1", "x", "1e9", "", "0.", "60.5"])
def test_a_wait_is_from_0_to_60_seconds(admin: Admin, value: str) -> None:
    """Anything else is refused at once, and says what was expected."""
    problem = admin.refused("GET", f"/requests?wait={value}")
    assert (problem["status"], "seconds from 0 to 60" in problem["detail"]) == (400, True)


def test_a_ring_between_look_and_listen_is_not_missed() -> None:
    """What happens after a look found nothing, and before somebody listens, wakes at once."""
    bell, watch, woken = Bell(), Watch(), threading.Event()

    def nothing() -> tuple[str, bool]:
        return "nothing", False

    with pytest.raises(Waiting):
        watch.look(bell, LONG, nothing)
    bell.ring()
    stop = watch.listen(woken.set)
    assert woken.is_set()
    stop()
    assert not bell.heard
    bell.ring(end=True)
    assert watch.look(bell, LONG, nothing) == "nothing"


def test_nobody_waits_for_a_sandbox_of_the_same_key_that_came_later() -> None:
    """Dropped and made again, it is another world with another bell; what was waited for is over."""
    watch = Watch()
    with pytest.raises(Waiting):
        watch.look(Bell(), LONG, lambda: ("", False))
    assert watch.look(Bell(), LONG, lambda: ("over", False)) == "over"


def test_what_comes_about_by_itself_is_looked_for_again() -> None:
    """Time that passes rings no bell: with a longest time between looks it is seen all the same."""
    bell, watch, looks = Bell(), Watch(), []

    def find() -> tuple[int, bool]:
        looks.append(1)
        return len(looks), len(looks) == 3

    while True:
        try:
            assert watch.look(bell, LONG, find, every=0.01) == 3
            break
        except Waiting:
            watch.block()
