"""Clocks that run: what falls due happens although nobody asks (SIM-07)."""

from __future__ import annotations

import requests

from tests.api import IMPORT, text_of
from tests.server_process import running


def test_a_call_falls_due_by_itself_and_who_waits_is_told() -> None:
    """On a real server with a racing clock: the event comes to a client that was waiting for it, and asked once."""
    with (
        running() as server,
        requests.Session() as session,
    ):
        session.trust_env = False
        clock: dict[str, str | int] = {"mode": "scaled", "scale": 600, "now": "2026-01-02 09:00:00"}
        assert session.put(f"{server.ready['admin']}/clock", json=clock, timeout=20).ok
        command = {**IMPORT, "data": [{"mobilenumber": "8850014998", "callDateTime": "2026-01-02 09:10:00"}]}
        body = f"data={text_of(command)}"
        assert session.post(server.ready["endpoint"], data=body, timeout=20).json()["status"] == 1
        waiting = f"{server.ready['admin']}/events?kind=call.queued&wait=20"
        told = session.get(waiting, timeout=40).json()["events"]
        assert [(event["at"], event["calllistid"]) for event in told] == [("2026-01-02 09:10:00.000", 796)]
