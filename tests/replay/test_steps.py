"""The steps of a sandbox: what becomes one, what is lost when there are too many, and that it is said."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from mockserver.replay import play
from mockserver.reproduction import problems_of
from mockserver.settings import Settings
from mockserver.web import admin_http, admin_sandboxes
from tests.replay.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

LONG = 17 * 1024
"""Bytes of a body that the journal cuts."""


def kinds(document: Any) -> Sequence[str]:
    return [step["do"] for step in document["steps"]]


def test_changes_are_steps_and_questions_are_none() -> None:
    """Admin requests that change the sandbox are kept with body and path below it; reading and refused ones are not."""
    recorded = Recorded()
    for path in ("/clock", "/requests", "/state", "/faults", "/reproduction"):
        recorded.ok("GET", path)
    recorded.ok("POST", "/requests/verify", {"count": {"exactly": 0}})
    recorded.admin.refused("POST", "/sandboxes/one/faults", {"status": 4711})
    recorded.admin.ok("PATCH", "/settings", {"edition": "web"})  # of another sandbox
    recorded.ok("PATCH", "/settings", {"edition": "web"})
    recorded.ok("POST", "/simulation/users/user1/status", {"status": 7, "apikey": "test_org"})
    recorded.ok("DELETE", "/requests")
    steps = [step["admin"] for step in recorded.document()["steps"]]
    assert steps == [
        {"verb": "PATCH", "path": "/settings", "body": {"edition": "web"}, "status": 200},
        {
            "verb": "POST",
            "path": "/simulation/users/user1/status",
            "body": {"status": 7, "apikey": "test_org"},
            "status": 200,
        },
        {"verb": "DELETE", "path": "/requests", "status": 204},
    ]


def test_the_default_sandbox_has_its_changes_by_either_address() -> None:
    """Both addresses of the default sandbox, and the header that names another one (AM-10)."""
    recorded = Recorded(key="default")
    recorded.ok("POST", "/faults", {"status": 38})
    recorded.admin.ok("POST", "/faults", {"status": 38})
    recorded.admin.ok("POST", "/sandboxes", {"key": "two"})
    recorded.admin.ask("DELETE", "/faults", headers={"X-Mock-Sandbox": "two"})
    assert [step["admin"]["path"] for step in recorded.document()["steps"]] == ["/faults"] * 2
    other = recorded.admin.ok("GET", "/sandboxes/two/reproduction")
    assert [step["admin"]["path"] for step in other["steps"]] == ["/faults"]


def test_a_reset_begins_anew() -> None:
    """After a reset nothing of before is known, and ids count from 1; the reset itself is no step (AM-16)."""
    recorded = Recorded(Settings(journal=2))
    for _ in range(4):
        recorded.push("9000100200")
    assert not recorded.document()["complete"]
    recorded.ok("POST", "/reset")
    recorded.push("9000100200")
    document = recorded.document()
    assert (document["complete"], kinds(document)) == (True, ["answer"])
    assert document["steps"][0]["id"] == "r000001"
    assert play(document).difference is None


def test_snapshots_outlast_a_reset_and_so_do_their_numbers() -> None:
    """A snapshot that was taken after a reset is found again by its id, which went on counting (AM-16)."""
    recorded = Recorded()
    recorded.ok("POST", "/snapshots", {})
    recorded.ok("POST", "/reset")
    recorded.push("9000100200")
    assert recorded.ok("POST", "/snapshots", {})["id"] == "s2"
    recorded.push("9000100201")
    recorded.ok("POST", "/snapshots/s2/restore")
    recorded.push("9000100202")
    document = recorded.document()
    assert document["complete"]
    assert play(document).lines() == ["sandbox one: 5 steps played: no difference"]


def test_a_snapshot_of_before_the_last_reset_is_said_to_be_missing() -> None:
    """Going back to one, or deleting it, cannot be played; the document says so, and the rest is played."""
    recorded = Recorded()
    recorded.ok("POST", "/snapshots", {"name": "old"})
    recorded.ok("POST", "/reset")
    recorded.ok("POST", "/snapshots/old/restore")
    recorded.push("9000100200")
    recorded.ok("DELETE", "/snapshots/old")
    document = recorded.document()
    assert document["reasons"] == ["the snapshot old was taken before the last reset"]
    outcome = play(document)
    assert (outcome.difference, outcome.played, outcome.passed_over) == (None, 1, 2)


def test_clearing_the_journal_loses_nothing() -> None:
    """Tests clear the journal between their parts; the steps are none the fewer, and ids go on."""
    recorded = Recorded()
    recorded.push("9000100200")
    recorded.ok("DELETE", "/requests")
    recorded.push("9000100201")
    document = recorded.document()
    assert (document["complete"], kinds(document)) == (True, ["answer", "admin", "answer"])
    assert play(document).difference is None


def test_long_bodies_are_kept_whole() -> None:
    """A batch over 16 KiB, which the journal cuts, is played and compared to its last byte."""
    recorded = Recorded()
    recorded.push(*(f"90{number:08d}" for number in range(400)))
    document = recorded.document()
    assert len(document["steps"][0]["request"]["body"]) > LONG
    assert document["complete"]
    assert play(document).difference is None


def test_too_many_steps_are_told() -> None:
    """Beyond --journal the first go, the document says how many, and the rest can be played for what it is worth."""
    recorded = Recorded(Settings(journal=3))
    for number in range(5):
        recorded.command("getProcessData", searchparam="mobilenumber", mobilenumber=[f"900010020{number}"])
    document = recorded.document()
    assert [step["id"] for step in document["steps"]] == ["r000003", "r000004", "r000005"]
    assert (document["complete"], len(document["reasons"])) == (False, 1)
    assert "first 2 steps" in document["reasons"][0]
    outcome = play(document)
    # Ids of requests count from elsewhere then, which is no difference.
    assert (outcome.played, outcome.passed_over, outcome.difference) == (3, 0, None)


def test_bodies_beyond_the_room_are_cut_and_told() -> None:
    """At most 4 MiB of long bodies are kept: what came later is passed over by a replay, and named."""
    recorded = Recorded()
    long = b"data=" + b"x" * (3 * 1024 * 1024)
    recorded.send(long)
    recorded.send(long)
    recorded.ok("POST", "/faults", {"fault": "latency", "fixed": 3, "phase": "before"})
    recorded.send(long)
    recorded.go_on()
    recorded.push("9000100200")
    document = recorded.document()
    assert problems_of(document, "file") == []
    assert [step.get("cut") for step in document["steps"]] == [
        None,
        "request",
        None,
        "request",
        "request",
        None,
    ]
    assert document["reasons"] == [f"the body of request {number} was too long to keep" for number in (2, 3)]
    outcome = play(document)
    assert outcome.passed_over == 3


def test_long_bodies_make_room_when_they_go() -> None:
    """What the first steps took is free again when they are dropped."""
    recorded = Recorded(Settings(journal=2))
    for _ in range(4):
        recorded.send(b"data=" + b"x" * (3 * 1024 * 1024))
        recorded.push("9000100200")
        recorded.push("9000100200")
    assert recorded.document()["reasons"] == [
        "the first 10 steps are no longer kept (--journal 2 is how many are)"
    ]


def test_a_scenario_file_that_changes_is_told(tmp_path: Any) -> None:
    """With --watch a file that is read again changes what plays: no step, so the document is not complete."""
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nrules:\n  - then: {status: 38}\n", encoding="utf-8")
    recorded = Recorded(Settings(scenarios=(str(file),)), key="default")
    file.write_text("name: mine\nrules:\n  - then: {status: 1107}\n", encoding="utf-8")
    assert recorded.service.refresh() in (["mine"], [])
    recorded.service.refresh()
    assert recorded.document()["reasons"] == ["the file of scenario mine was read again"]


def test_steps_that_overlap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is answered while an admin request is being carried out: which came first is not known."""
    recorded = Recorded()
    plain = admin_http.checked_quirks

    def slow(check: Any, quirks: Any) -> Any:
        thread = threading.Thread(target=recorded.push, args=("9000100200",))
        thread.start()
        thread.join()
        return plain(check, quirks)

    monkeypatch.setattr(admin_sandboxes, "checked_quirks", slow)
    recorded.ok("PATCH", "/settings", {"edition": "web"})
    document = recorded.document()
    assert kinds(document) == ["answer", "answer", "admin"]
    assert "PATCH /settings took place while others were answered" in document["reasons"][0]


def test_credentials_of_the_admin_api_stay_out() -> None:
    """Neither of the headers that carry a token, nor a cookie, is in the document; the sandbox's keys are."""
    recorded = Recorded()
    secrets = {"authorization": "Bearer s3cret", "x_mock_admin_token": "s3cret", "cookie": "a=s3cret"}
    recorded.push("9000100200", proxy_authorization="Basic s3cret", x_mock_edition="web", **secrets)
    text = json.dumps(recorded.document())
    assert "s3cret" not in text
    assert recorded.apikey in text
    assert '"x-mock-edition": "web"' in text
