"""The rules about conduct: each fires when it should, and does not when a client behaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.coverage.conduct import ADVICE, RULES, Conduct
from tests.api import IMPORT, RECORD, drop, fresh, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.coverage.conduct import Mark
    from mockserver.model import Exchange
    from tests.api import Api

KEYS = {"apikey": "test_org", "servicekey": "VoiceProcess"}
STATUS = {"method": "userStatus", **KEYS, "loginids": ["user1"]}
LOOK = {
    "method": "getProcessData", **KEYS, "searchparam": "mobilenumber", "mobilenumber": "9999900000",
}  # fmt: skip


@dataclass
class Client:
    """Sends commands at times of its own and collects what the rules find in them."""

    api: Api
    conduct: Conduct
    seen: list[Exchange]

    def send(self, command: Any, at: float, **headers: str) -> list[Mark]:
        """Send a command that arrives at ``at`` (real seconds) and return what is found, warnings aside."""
        self.api.post(command, headers=headers)
        marks = self.conduct.marks(self.seen[-1].evolve(received=1000.0 + at))
        return [mark for mark in marks if mark.rule != "warning"]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client of a fresh sandbox."""
    api = fresh()
    seen: list[Exchange] = []
    monkeypatch.setattr(api.sandbox.coverage, "note", seen.append)
    yield Client(api, Conduct(), seen)
    drop(api)


def names(marks: list[Mark]) -> list[str]:
    return [mark.rule for mark in marks]


def test_every_rule_has_its_advice() -> None:
    """A finding without advice would help nobody."""
    assert ADVICE.keys() == RULES.keys()


def test_warnings_are_one_finding_for_each_ledger_id_and_text() -> None:
    """AM-08: however many records and methods were warned about."""
    api = fresh()
    api.post(without("reqdatetime", data=[{**RECORD, "mobilenumber": 8850014998}] * 5))
    api.post({"method": "deleteUser", "apikey": "test_org", "loginid": "nobody@avhan.com", "color": "red"})
    with api.sandbox.lock:
        found = api.sandbox.coverage.record().findings
    assert {mark.ledger: count.total for mark, count in found.items() if mark.rule == "warning"} == {
        "GEN-13": 1, "GEN-18": 2, "GEN-10": 1,
    }  # fmt: skip
    drop(api)


def test_polling_is_found_at_the_third_question_within_a_second_each(client: Client) -> None:
    """Two quick ones are no habit; from the third on each one counts."""
    assert [names(client.send(STATUS, at)) for at in (0, 0.4, 0.8, 1.2)] == [[], [], ["polling"], ["polling"]]


@pytest.mark.parametrize("times", [(0, 1, 2, 3), (0, 0.4, 1.5, 1.9), (0, 0.9, 2, 2.9)])
def test_a_pause_of_a_second_ends_polling(client: Client, times: tuple[float, ...]) -> None:
    """Once a second is what a client may ask; a quick pair now and then is no polling."""
    assert [client.send(STATUS, at) for at in times] == [[]] * 4


def test_other_questions_are_no_polling(client: Client) -> None:
    """Other logins each time, or a method that has no interval."""
    for number in range(5):
        assert client.send({**STATUS, "loginids": [f"user{number}"]}, number / 10) == []
        assert client.send(LOOK, number / 10) == []


@pytest.mark.parametrize("changed", [{}, {"reqdatetime": "2026-01-02 03:04:09"}])
def test_a_push_again_after_its_success_is_an_unsafe_retry(client: Client, changed: dict[str, Any]) -> None:
    """Also with another reqdatetime: by the fields that make it the same command."""
    assert client.send(dict(IMPORT), 0) == []
    (mark,) = client.send({**IMPORT, **changed}, 9)
    assert (mark.rule, mark.method) == ("unsafe-retry", "ImportProcessData")
    assert "after a success" in mark.reason


def test_a_large_batch_again_is_an_unsafe_retry_too(client: Client) -> None:
    """A large one is compared by its bytes."""
    many = without(data=[{**RECORD, "mobilenumber": f"88500{number:05}"} for number in range(400)])
    assert [names(client.send(many, at)) for at in (0, 1)] == [[], ["unsafe-retry"]]


def test_no_unsafe_retry(client: Client) -> None:
    """Later, with another record, after a look, after a refusal, or of a method that makes nothing."""
    client.send(dict(IMPORT), 0)
    assert client.send(dict(IMPORT), 10.5) == []
    assert client.send(without(data=[{**RECORD, "mobilenumber": "8850014999"}]), 11) == []
    client.send(LOOK, 12)
    assert client.send(dict(IMPORT), 13) == []
    refused = without(servicekey="NoFieldList")
    assert [client.send(refused, at) for at in (20, 21)] == [[], []]
    assert [client.send(LOOK, at) for at in (22, 23)] == [[], []]


def test_a_push_again_after_a_lost_reply_is_found_for_a_minute(client: Client) -> None:
    """Whether it took effect nobody can know without looking."""
    client.api.sandbox.forced.add(
        None, method=None, level="request", times=1, until=None, match=None,
        fault=("malformed_json", {"how": "quotes"}),
    )  # fmt: skip
    assert client.send(dict(IMPORT), 0) == []
    (mark,) = client.send(dict(IMPORT), 50)
    assert "harmed or lost" in mark.reason
    assert client.send(dict(IMPORT), 61) == []


def test_a_refused_command_again_unchanged_is_an_ignored_failure(client: Client) -> None:
    """HTTP 200 was taken for success: same fields but the time of the request; with the field's ledger id."""
    bad = without(media="99")
    assert client.send(bad, 0) == []
    (mark,) = client.send({**bad, "reqdatetime": "2026-01-02 03:04:09"}, 5)
    assert (mark.rule, mark.ledger) == ("ignored-failure", "IPD106-04")
    assert names(client.send(b"data={", 6) + client.send(b"data={", 7)) == ["ignored-failure"]


def test_no_ignored_failure(client: Client) -> None:
    """Changed, later, refused by the state or the keys, forced, or accepted in the end."""
    assert client.send(without(media="99"), 0) == []
    assert client.send(without(media="98"), 1) == []
    assert client.send(without(media="99"), 11) == []
    for command in (
        LOOK, without(apikey="nobody"), without(servicekey="FORCE_17"),
        {"method": "deleteUser", "apikey": "test_org", "loginid": "nobody@avhan.com"},
    ):  # fmt: skip
        assert [names(client.send(command, at)) for at in (20, 20.5)] == [[], []]


def test_rows_of_commands_nobody_can_compare_quickly(client: Client) -> None:
    """Numbers beyond 64 bits and nested values are compared too."""
    strange = without(data=[{**RECORD, "other": [1, {"a": 10**30}]}, RECORD])
    assert [names(client.send(strange, at)) for at in (0, 1)] == [[], ["unsafe-retry"]]
