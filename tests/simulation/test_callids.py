"""System call ids: the sandbox's clock to the millisecond and a sequence of three digits (SIM-18, AM-55)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation.callids import next_systemcallid
from mockserver.store.tinystore import TinyStore
from tests.simulation.floors import AT_ONCE, TENANT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.floors import Shop

NOW = datetime(2014, 9, 12, 18, 35, 54, 281000)  # noqa: DTZ001 - the sandbox's time knows no zones


def take(store: TinyStore, now: datetime, tenant: str = TENANT) -> str:
    """Return the next id, and let a call have it."""
    made = next_systemcallid(store, now, tenant)
    store.insert("calls", {"tenant": tenant, "systemcallid": made})
    return made


def test_an_id_is_the_clock_and_a_sequence() -> None:
    """SIM-18: YYMMDDHHMMSS, milliseconds, and a sequence that begins at 001 in every millisecond."""
    store = TinyStore()
    made = [take(store, NOW), take(store, NOW), take(store, NOW + timedelta(milliseconds=1))]
    assert made == ["140912183554281001", "140912183554281002", "140912183554282001"]


def test_a_full_millisecond_goes_over_into_the_next() -> None:
    """AM-55: 999 calls of one millisecond, then 001 of the next, and so on over the end of the second and of the day."""
    store = TinyStore()
    made = [take(store, NOW) for _ in range(2_500)]
    assert made[998:1000] == ["140912183554281999", "140912183554282001"]
    assert made[1997:1999] == ["140912183554282999", "140912183554283001"]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    late = datetime(2014, 12, 31, 23, 59, 59, 999000)  # noqa: DTZ001 - as above
    assert [take(store, late) for _ in range(1_000)][-1] == "150101000000000001"


def test_the_next_millisecond_knows_what_went_over_into_it() -> None:
    """AM-55, SIM-18: when the clock gets there, the first free sequence of it is next."""
    store = TinyStore()
    for _ in range(1_000):
        take(store, NOW)
    assert take(store, NOW + timedelta(milliseconds=1)) == "140912183554282002"


@settings(max_examples=15, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(-3, 3), st.sampled_from((1, 2, 999, 1001))), max_size=6))
def test_no_id_is_given_twice_however_the_clock_is_set(moves: list[tuple[int, int]]) -> None:
    """SIM-18, AM-55: forwards, standing or set back, each id is new and of 18 digits."""
    store, seen, now = TinyStore(), set[str](), NOW
    for milliseconds, many in moves:
        now += timedelta(milliseconds=milliseconds)
        for _ in range(many):
            made = take(store, now)
            assert made not in seen
            assert len(made) == 18
            assert not made.endswith("000")
            seen.add(made)


def test_an_id_that_a_recording_has_is_taken() -> None:
    """SIM-18: a recording of another tenant would be served in its place."""
    store = TinyStore()
    store.insert("recordings", {"tenant": "another", "systemcallid": "140912183554281001"})
    assert take(store, NOW) == "140912183554281002"


def test_a_call_that_is_dialled_gets_one_and_its_session_is_its_entry(shop: Callable[..., Shop]) -> None:
    """SIM-18: at the moment of dialling; the recording's session is the call-list id."""
    floor = shop("user1")
    call = floor.push(AT_ONCE)
    assert floor.entry(call)["systemcallid"] == "260102030405000001"
    floor.advance(600)
    (row,) = [row for _, row in floor.store.rows("recordings") if row["systemcallid"] == "260102030405000001"]
    assert row["sessionid"] == call
