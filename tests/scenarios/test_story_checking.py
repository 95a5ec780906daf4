"""What the checker says about stories: each mistake with line, column and what was meant."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.scenarios.loading import load_bytes
from mockserver.simulation.storyline import filled, moment_of_step, seconds_of

if TYPE_CHECKING:
    from mockserver.contract.catalogue import Catalogue

BEGUN = datetime.fromisoformat("2026-03-02 09:00:00")

WRONG = [
    ("{at: +90, say: x}", "4:10: /story/0/at: this is a number where text is wanted: quote it"),
    ('{at: "90", say: x}', "4:10: /story/0/at: this text has the wrong form"),
    ('{at: "25:00", say: x}', "4:10: /story/0/at: this text has the wrong form"),
    ('{at: "+1"}', "4:5: /story/0: this step does nothing; expected say, or one of send, "),
    ("{say: x}", "4:5: /story/0/at: a member is missing"),
    ('{at: "+1", sya: x}', "4:16: /story/0/sya: this member is not known; "),
    (
        '{at: "+1", agent: {login: u, status: Raedy}}',
        "4:42: /story/0/agent/status: agents have no such status; expected one of ",
    ),
    (
        '{at: "+1", call: {number: "98765", verb: transfer}}',
        "4:46: /story/0/call/verb: transfer needs more; expected a member to",
    ),
    (
        '{at: "+1", call: {number: "98765", verb: hold, keys: "1"}}',
        "4:52: /story/0/call/keys: keys goes with press alone",
    ),
    (
        '{at: "+1", floor: {dialler: auto}, incoming: {servicekey: a, number: "98765"}}',
        "4:16: /story/0/floor: a step does one thing",
    ),
    ('{at: "+1", send: {method: usrStatus}}', "4:31: /story/0/send/method: there is no such method; "),
    (
        '{at: "+1", send: {method: ImportProcessData, medai: "12"}}',
        "4:50: /story/0/send/medai: no command of this method has this field; ",
    ),
    (
        '{at: "+1", send: {method: ImportProcessData, media: "99"}}',
        "4:57: /story/0/send/media: media never has this value; ",
    ),
    (
        '{at: "+1", send: {method: ImportProcessData, media: "12", data: [{mobilenumber: 0123}]}}',
        "4:85: /story/0/send/data/0/mobilenumber: this is read as a number, without what it begins with",
    ),
    (
        '{at: "+1", send: {method: userStatus, loginids: [{loginidd: a}]}}',
        "4:55: /story/0/send/loginids/0/loginidd: no record of this method has this field; ",
    ),
]


@pytest.mark.parametrize(("step", "expected"), WRONG)
def test_each_mistake_has_its_message(catalogue: Catalogue, step: str, expected: str) -> None:
    """SIM-27: what is wrong with a step is told once, with line and column."""
    text = f"name: x\nrules: []\nstory:\n  - {step}\n"
    with pytest.raises(InvalidDocument) as refused:
        load_bytes(text.encode(), Path("x.yaml"), catalogue, wire=True)
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"x.yaml:{expected}")


def test_steps_stand_in_the_order_of_time(catalogue: Catalogue) -> None:
    """An offset before the one above it is a mistake; times of day stand wherever they like."""
    text = 'name: x\nrules: []\nstory:\n  - {at: "+90", say: a}\n  - {at: "09:00", say: b}\n  - {at: "+00:01:00", say: c}\n'
    with pytest.raises(InvalidDocument, match=r"x\.yaml:6:10: /story/2/at: this step comes before"):
        load_bytes(text.encode(), Path("x.yaml"), catalogue, wire=True)


@given(st.integers(0, 99_999_999))
def test_offsets_count_seconds(seconds: int) -> None:
    """Plain seconds and hours, minutes and seconds are the same moment."""
    hours, rest = divmod(seconds, 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    assert seconds_of(text) == seconds_of(str(seconds)) == seconds
    assert moment_of_step(f"+{text}", BEGUN) == moment_of_step(f"+{seconds}", BEGUN)


@given(st.times())
def test_a_time_of_day_is_within_a_day(time: object) -> None:
    """Never before the activation, and less than a day after it."""
    found = moment_of_step(str(time)[:8], BEGUN)
    assert 0 <= (found - BEGUN).total_seconds() < 86_400
    assert str(found.time()) == str(time)[:8]


def test_moments_in_values_are_filled() -> None:
    """{now} and {+…} become moments wherever they stand; all else stays."""
    given_value = {"a": ["{now}", {"b": "{+00:01:00}"}], "c": "at {+5}!", "d": 5, "e": "{later}"}
    assert filled(given_value, BEGUN) == {
        "a": ["2026-03-02 09:00:00", {"b": "2026-03-02 09:01:00"}],
        "c": "at 2026-03-02 09:00:05!",
        "d": 5,
        "e": "{later}",
    }
