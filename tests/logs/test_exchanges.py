"""A line for each exchange: what it tells, and what it does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.logs.exchanges import ExchangeLog
from mockserver.logs.lines import Lines
from mockserver.settings import Settings
from tests.api import IMPORT, drop, fresh, without

if TYPE_CHECKING:
    from tests.api import Api

PASSWORD = "ecc4208a7778c1d76e7e89c5253128c5"
USER = {
    "method": "addEditUser", "apikey": "test_org", "action": "add", "username": "Bat", "loginid": "bat@avhan.com",
    "usertype": "user", "newpassword": PASSWORD, "confirmpassword": PASSWORD,
}  # fmt: skip


class Caught(Lines):
    """Keeps the lines instead of writing them."""

    def __init__(self) -> None:
        self.dropped = 0
        self.made: list[bytes] = []

    def put(self, render: Any, value: Any) -> None:
        self.made.append(render(value))


@pytest.fixture
def api() -> Any:
    """A sandbox of its own, of the shared service."""
    found = fresh()
    yield found
    drop(found)


def logged(api: Api, form: str, *, told: bool = False) -> tuple[ExchangeLog, Caught]:
    """Let a log watch the sandbox alone."""
    log, caught = ExchangeLog(form, told=told), Caught()
    log.to(caught)
    api.sandbox._world = replace(api.sandbox._world, watchers=(log.watch,))
    return log, caught


def test_a_json_line_tells_all_of_an_exchange(api: Api) -> None:
    """Id, sandbox, method, edition, status, rule, HTTP, time, masked keys, warnings, faults; like the journal's entry."""
    _, caught = logged(api, "json")
    api.post(without(nonsense="x"))
    line = json.loads(caught.made[0])
    entry = api.journal()
    same = (
        "id",
        "method",
        "edition",
        "status",
        "rule",
        "http_status",
        "microseconds",
        "faults",
        "ended",
        "error",
    )
    assert {name: line[name] for name in same} == {name: entry[name] for name in same}
    assert line["time"] == entry["received"]
    assert (line["level"], line["logger"], line["sandbox"]) == (
        "info",
        "mockserver.exchanges",
        api.sandbox.key,
    )
    assert (line["warnings"], line["failed_records"]) == (1, 0)
    assert line["apikey"].startswith("tes***")
    assert line["servicekey"].startswith("MUM***")


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_line_holds_keys_or_passwords(api: Api, form: str) -> None:
    """Neither keys nor passwords nor admin tokens of any request, answered, refused or unreadable, stand in a line."""
    _, caught = logged(api, form)
    secrets = {"Authorization": "Bearer s3cret-token", "X-Mock-Admin-Token": "s3cret-token"}
    api.post(USER, headers=secrets)
    api.post({**USER, "apikey": "prod-key-of-somebody", "newpassword": "other"}, headers=secrets)
    api.post(IMPORT)
    api.post(b'data={"newpassword":"' + PASSWORD.encode())
    written = b"".join(caught.made).decode()
    assert len(caught.made) == 4
    for secret in (PASSWORD, "test_org", "MUMBAI_CRM_OBD", "prod-key-of-somebody", "s3cret-token"):
        assert secret not in written


def test_text_lines_are_aligned_and_one_line_each(api: Api) -> None:
    """People compare columns; a client's line breaks and control characters begin no line and move no cursor."""
    _, caught = logged(api, "text")
    api.post(IMPORT)
    api.post({**IMPORT, "method": "bad\n12:00:00 r000009 default \x1b[31m"})
    api.post(b"data={")
    first, second, third = (line.decode() for line in caught.made)
    assert all(line.count("\n") == 1 and line.endswith("\n") for line in (first, second, third))
    assert "\x1b" not in second
    assert "bad\\n12:00:00" in second
    assert first.index(" ms ") == third.index(" ms ")
    assert f" r000001 {api.sandbox.key}" in first
    assert first.split()[3:7] == ["ImportProcessData", "1.0.6", "1", "200"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_whatever_a_client_sends_is_a_line(api: Api, form: str) -> None:
    """Half surrogate pairs, other scripts and very long names are written, cut and escaped."""
    _, caught = logged(api, form)
    api.post('data={"method":"\\ud800","apikey":"\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800"}')
    api.post({**IMPORT, "method": "ग्राहक" * 1000})
    assert len(caught.made) == 2
    assert max(map(len, caught.made)) < 2_000
    assert [line.decode().count("\n") for line in caught.made] == [1, 1]


def test_an_error_of_ours_is_told_without_secrets(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of the traceback stands in the line, at level error; a key in its message does not."""
    from mockserver.methods import HANDLERS

    def broken(_: Any) -> Any:
        raise ValueError('cannot use {"apikey": "test_org", "newpassword": "pw"} here')

    monkeypatch.setitem(HANDLERS, "ImportProcessData", broken)
    _, caught = logged(api, "json")
    api.post(IMPORT)
    line = json.loads(caught.made[0])
    assert line["level"] == "error"
    assert line["error"] == 'ValueError: cannot use {"apikey": "***", "newpassword": "***"} here'


def test_a_line_about_a_treated_connection_waits_for_its_end(api: Api) -> None:
    """Written when the edge tells how it ended; at the end of the log at the latest, and before its number comes again."""
    log, caught = logged(api, "json", told=True)
    exchange = _answered(api)
    reply = replace(exchange.reply, origin=(api.sandbox.key, 7))
    for _ in range(2):
        api.sandbox.keep(exchange.evolve(number=7, reply=reply, harm=("fault 1: latency",)))
    assert [json.loads(line)["ended"] for line in caught.made[1:]] == [None]
    log.ended((api.sandbox.key, 7), "client gone")
    assert json.loads(caught.made[2])["ended"] == "client gone"
    assert json.loads(caught.made[2])["faults"] == ["fault 1: latency"]
    api.sandbox.keep(exchange.evolve(number=8, reply=replace(reply, origin=(api.sandbox.key, 8))))
    assert len(caught.made) == 3
    log.to(None)
    assert json.loads(caught.made[3])["id"] == "r000008"
    api.post(IMPORT)
    assert len(caught.made) == 4


def test_lines_that_wait_for_an_end_are_bounded(api: Api) -> None:
    """Ends that nobody tells fill no memory: the oldest lines are written without."""
    log, caught = logged(api, "text", told=True)
    exchange = _answered(api)
    for number in range(2, 1_100):
        origin = (api.sandbox.key, number)
        api.sandbox.keep(exchange.evolve(number=number, reply=replace(exchange.reply, origin=origin)))
    assert len(log._held) <= 1_000
    assert len(caught.made) == 1_099 - len(log._held)


def _answered(api: Api) -> Any:
    api.post(IMPORT)
    return api.sandbox.journal.newest()


@pytest.mark.parametrize(
    ("settings", "logs"),
    [
        ({}, False),
        ({"log_format": "json"}, True),
        ({"log_format": "json", "log_level": "warning"}, False),
        ({"log_format": "json", "log_requests": "off"}, False),
        ({"log_requests": "on"}, True),
        ({"log_requests": "on", "log_level": "error"}, True),
    ],
)
def test_when_exchanges_are_logged(settings: dict[str, str], logs: bool) -> None:
    """Not in text unless asked for, since it takes time; in JSON unless the level or --log-requests says no."""
    assert Settings(**settings).logs_exchanges is logs  # type: ignore[arg-type]
