"""The admin API of a real server, over real connections."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver.settings import ENDPOINT
from tests.server_process import running
from tests.web.admin_client import MOBILE, push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """One client that keeps its connections."""
    with requests.Session() as found:
        found.trust_env = False
        yield found


def send(session: requests.Session, url: str, command: Any) -> Any:
    reply = session.post(url, data="data=" + json.dumps(command), timeout=20)
    return reply.json() | {"id": reply.headers["X-Mock-Request-Id"]}


def test_a_sandbox_from_creation_to_drop(server: Running, session: requests.Session) -> None:
    """Create, use through its endpoint and by its keys, force, read, reset, drop (AM-01, AM-10, AM-11, AM-16)."""
    admin = server.ready["admin"]
    body = {"clock": {"mode": "frozen", "now": "2018-11-12 14:00:05"}}
    made = session.post(f"{admin}/sandboxes", json=body, timeout=20)
    assert made.status_code == 201
    found = made.json()
    assert found["url"].startswith(server.ready["url"] + "/sandboxes/")
    own = f"{admin}/sandboxes/{found['key']}"
    created = session.get(f"{own}/state", timeout=20).content
    minted = push(apikey=found["apikey"], servicekey=found["servicekeys"]["MUMBAI_CRM_OBD"])

    by_path = send(session, found["endpoint"], push())
    by_key = send(session, server.ready["endpoint"], minted)
    assert (by_path["id"], by_key["id"]) == ("r000001", "r000002")
    assert by_key["statusdata"][0]["mobilenumber"] == MOBILE
    assert by_key["statusdata"][0]["customercode"] == 125

    assert session.post(f"{own}/faults", json={"status": 17}, timeout=20).status_code == 201
    assert int(send(session, found["endpoint"], push())["status"]) == 17
    journal = session.get(f"{own}/requests", params={"apikey": found["apikey"]}, timeout=20).json()
    assert [each["id"] for each in journal["requests"]] == ["r000002"]

    assert session.post(f"{own}/reset", timeout=20).status_code == 200
    assert session.get(f"{own}/state", timeout=20).content == created
    assert send(session, found["endpoint"], push()) == by_path
    assert session.delete(own, timeout=20).status_code == 204
    assert session.get(own, timeout=20).status_code == 404


def test_sandboxes_made_at_once_are_different(server: Running) -> None:
    """Many clients may make, use and drop sandboxes at the same time; none gets another's (AM-11)."""
    made: list[dict[str, Any]] = []
    wrong: list[Any] = []

    def work() -> None:
        with requests.Session() as session:
            for _ in range(5):
                found = session.post(server.ready["admin"] + "/sandboxes", json={}, timeout=20).json()
                made.append(found)
                answer = send(session, server.ready["endpoint"], push(apikey=found["apikey"]))
                own = f"{server.ready['admin']}/sandboxes/{found['key']}"
                # the service key is of another tenant, so that the answer is refused, but journalled there
                total = session.get(f"{own}/requests", timeout=20).json()["total"]
                if (answer["id"], total) != ("r000001", 1):
                    wrong.append((answer, total))
                session.delete(own, timeout=20)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len({found["key"] for found in made}) == len({found["apikey"] for found in made}) == 20


def test_off_loopback_the_ready_line_has_the_token() -> None:
    """A server that strangers may reach says its token once, in banner and ready line, and asks for it."""
    with running("--host", "0.0.0.0") as found:
        token, url = found.ready["token"], found.ready["url"]
        health = f"{found.ready['admin']}/health"
        assert requests.get(health, timeout=20).status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        assert requests.get(health, headers=bearer, timeout=20).json()["status"] == "ok"
        foreign = requests.get(health, headers=bearer | {"Host": "evil.test"}, timeout=20)
        assert foreign.status_code == 403
        assert requests.get(url + ENDPOINT, timeout=20).status_code == 200
        assert token in found.stop()[2]


def test_a_given_token_is_not_told() -> None:
    """A token from the environment is asked for and printed nowhere."""
    with running(env={"JODO_MOCK_ADMIN_TOKEN": "s3cret-token"}) as found:
        assert "token" not in found.ready
        headers = {"X-Mock-Admin-Token": "s3cret-token"}
        assert requests.get(f"{found.ready['admin']}/health", timeout=20).status_code == 401
        assert requests.get(f"{found.ready['admin']}/health", headers=headers, timeout=20).status_code == 200
        assert "s3cret-token" not in found.stop()[2]
