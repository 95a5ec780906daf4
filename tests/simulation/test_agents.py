"""What agents are doing, and what may follow by itself."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.paths import data_dir
from mockserver.simulation.agents import (
    IllegalMove,
    check_move,
    label,
    legal_moves,
    name_of,
    set_status,
    status_called,
    status_with,
)
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.store.interface import Row, Store

ENTRIES: Mapping[str, Mapping[str, Any]] = json.loads(
    (data_dir("schemas") / "references" / "user_status.json").read_bytes()
)["entries"]
STATUSES = tuple(map(int, ENTRIES))
THEN = "2018-11-12 14:00:05"
LATER = "2018-11-12 14:00:06"


def agent(status: Any = 1) -> tuple[Store, int]:
    """Return a store with one user in a status since THEN, and the user's id."""
    store = TinyStore()
    row = {"tenant": "t", "login": "a@b", "login_key": "a@b", "status": status, "since": THEN}
    return store, store.insert("users", row)


def row_of(store: Store, row_id: int) -> Row:
    row = store.get("users", row_id)
    assert row is not None
    return row


def test_the_statuses_are_those_of_the_documents() -> None:
    """Ten printed statuses spelt as printed, one by example, and logged out without a name (REF-07, REF-08, AM-44)."""
    assert {status: name_of(ENTRIES, status) for status in STATUSES} == {
        0: "", 1: "Ready", 2: "Manual CAll", 3: "Preview CAll", 4: "ACD", 5: "Talking", 6: "Hold", 7: "Wrapup",
        8: "Dialling", 9: "Live Stream", 10: "Transfer", 11: "System Sent NA",
    }  # fmt: skip


def test_the_round_of_a_call_is_legal() -> None:
    """Ready, dialling, talking, hold, talking, transfer, wrapup and ready again, each by itself (SIM-12)."""
    words = ("ready", "dialling", "talking", "on_hold", "talking", "transferring", "wrapup", "ready")
    statuses = [status_with(ENTRIES, word) for word in words]
    assert statuses == [1, 8, 5, 6, 5, 10, 7, 1]
    for before, after in pairwise(statuses):
        check_move(ENTRIES, before, after)


def test_what_is_only_set_by_hand_follows_nothing() -> None:
    """No move leads to 2, 3, 4, 9 or 11; every move leads to a status there is, and from each one leads on (SIM-12)."""
    reached = {move for status in STATUSES for move in legal_moves(ENTRIES, status)}
    assert set(STATUSES) - reached == {2, 3, 4, 9, 11}
    assert reached <= set(STATUSES)
    assert all(legal_moves(ENTRIES, status) for status in STATUSES)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        (7, 7), (7.0, 7), (0, 0), ("Wrapup", 7), ("WRAPUP", 7), (" wrapup ", 7), ("manual call", 2),
        ("logged_out", 0), ("on_hold", 6), ("Hold", 6), ("system sent na", 11),
        (12, None), (-1, None), (7.4, None), (10**30, None), ("", None), ("  ", None), ("7", None), ("Wrap", None),
    ],
)  # fmt: skip
def test_a_status_is_found_by_id_and_by_name(wanted: float | str, status: int | None) -> None:
    """Ids and printed names lead to it, case ignored; no text leads to the one without a name (REF-07, AM-44)."""
    assert status_called(ENTRIES, wanted) == status


def test_every_name_and_word_is_of_one_status() -> None:
    """What a status is called leads back to it, so that no name means two (REF-07, REF-08)."""
    for status, entry in ENTRIES.items():
        for text in filter(None, (entry["name"], entry.get("is"))):
            assert status_called(ENTRIES, text) == int(status)


def test_a_word_the_table_does_not_have_is_an_error() -> None:
    """A word that marks no status is named, rather than some status taken (SIM-12)."""
    with pytest.raises(LookupError, match="at_lunch"):
        status_with(ENTRIES, "at_lunch")


def test_a_status_is_set_with_its_moment() -> None:
    """The new status begins at the moment given; no other column changes (SIM-12)."""
    store, row_id = agent(1)
    before = row_of(store, row_id)
    set_status(store, (row_id, before), 4, LATER)
    assert row_of(store, row_id) == {**before, "status": 4, "since": LATER}


def test_the_same_status_again_goes_on() -> None:
    """To set the status an agent is in changes nothing, so that its duration goes on (SIM-12)."""
    store, row_id = agent(5)
    with store.unit():
        set_status(store, (row_id, row_of(store, row_id)), 5, LATER)
    assert row_of(store, row_id)["since"] == THEN
    assert store.changes() == {}
    check_move(ENTRIES, 5, 5)


def test_an_illegal_move_says_what_would_be_legal() -> None:
    """The error carries where from, where to and what may follow, and names them (SIM-12)."""
    with pytest.raises(IllegalMove) as caught:
        check_move(ENTRIES, 8, 6)
    error = caught.value
    assert (error.before, error.after) == (8, 6)
    assert error.legal == {1: "Ready", 5: "Talking", 7: "Wrapup"}
    assert str(error) == (
        "from 8 (Dialling) an agent does not get to 6 (Hold) by itself;"
        " what may follow is 1 (Ready), 5 (Talking), 7 (Wrapup)"
    )


@pytest.mark.parametrize("status", [99, None, "talking", ["Talking"]])
def test_nothing_follows_a_status_that_does_not_exist(status: Any) -> None:
    """A loaded state may hold any status: it has no name and no move leads on (SIM-12)."""
    assert (legal_moves(ENTRIES, status), name_of(ENTRIES, status)) == ((), "")
    with pytest.raises(IllegalMove, match="nothing") as caught:
        check_move(ENTRIES, status, 1)
    assert f"{status} (unknown)" in str(caught.value)


def test_a_status_without_a_name_is_shown_by_its_word() -> None:
    """People read what a nameless status means (AM-44)."""
    assert (label(ENTRIES, 0), label(ENTRIES, 7)) == ("0 (logged out)", "7 (Wrapup)")


@given(
    start=st.sampled_from(STATUSES),
    verbs=st.lists(st.tuples(st.integers(-1, 13), st.booleans()), max_size=30),
)
def test_strict_verbs_only_move_along_the_table(start: int, verbs: list[tuple[int, bool]]) -> None:
    """Whatever is asked for, the status stays in the table, and strict verbs go only along its moves (SIM-12)."""
    store, row_id = agent(start)
    for second, (wanted, strict) in enumerate(verbs):
        before = row_of(store, row_id)
        moment = f"2018-11-12 14:01:{second:02}"
        status = status_called(ENTRIES, wanted)
        if status is None:
            assert wanted not in STATUSES
            continue
        moves = [int(move) for move in ENTRIES[str(before["status"])]["moves"]]
        if strict and status not in (before["status"], *moves):
            with pytest.raises(IllegalMove) as caught:
                check_move(ENTRIES, before["status"], status)
            assert list(caught.value.legal) == moves
            continue
        if strict:
            check_move(ENTRIES, before["status"], status)
        set_status(store, (row_id, before), status, moment)
        after = row_of(store, row_id)
        assert after["status"] == status
        assert after["status"] in STATUSES
        assert after["since"] == (before["since"] if status == before["status"] else moment)
