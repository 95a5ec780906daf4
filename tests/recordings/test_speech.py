"""The sound itself: valid MPEG audio with the extra ``audio`` and without it, the same for the same number."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.audio import speech
from tests.recordings.mpeg import frames

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = "9000000483"


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which the encoder cannot be imported."""
    monkeypatch.setitem(sys.modules, "lameenc", None)


@pytest.fixture
def with_extra() -> None:
    pytest.importorskip("lameenc", reason="the extra audio is not installed")


def seconds(content: bytes) -> float:
    return sum(frame.seconds for frame in frames(content))


def test_without_the_extra_every_call_is_the_same_second_of_silence(without_extra: None) -> None:
    """A constant short MP3, real MPEG audio, whatever number was called (SIM-17, AM-17)."""
    assert speech.encoder() is None
    assert speech.say(NUMBER) == speech.say("1") == speech.say("") == speech.silence()
    assert 1 <= seconds(speech.silence().content) < 1.3
    assert len(speech.silence().content) < 5000


def test_with_the_extra_a_number_is_spoken_digit_by_digit(with_extra: None) -> None:
    """Real MP3 whose length grows with the digits; other numbers sound otherwise, the order counts (AM-17)."""
    one, two, swapped = (speech.say(number).content for number in ("4", "48", "84"))
    assert len({one, two, swapped, speech.silence().content}) == 4
    assert 0.2 < seconds(one) < seconds(two) < 2
    assert {(frame.rate, frame.mono) for frame in frames(two)} == {(16000, True)}


def test_with_the_extra_the_same_number_gives_the_same_bytes_when_it_is_made_again(with_extra: None) -> None:
    """Nothing depends on what was made before or on the cache (AM-17)."""
    first = speech.say(NUMBER)
    speech._said.cache_clear()
    speech.say("123")
    again = speech.say(NUMBER)
    assert again is not first
    assert again == first


def test_only_the_digits_of_a_number_count_and_no_more_than_32(with_extra: None) -> None:
    """A plus sign or a blank is not spoken, and nobody makes the server speak for minutes."""
    assert speech.say("+90 00-0004 83") == speech.say(NUMBER)
    assert speech.say("7" * 500) == speech.say("7" * speech.LONGEST)
    assert speech.say("no digit, not even ५") == speech.silence()


def test_the_cache_is_bounded() -> None:
    """A client that follows a million links does not fill the memory."""
    bound = speech._said.cache_info().maxsize
    assert bound is not None
    assert bound <= 100


def test_ten_clips_travel_with_the_package_and_none_is_empty() -> None:
    """They follow each other without a gap, differ, and are a fifth to half of a second long each."""
    clips = speech._clips()
    assert len(set(clips)) == 10
    assert all(0.2 < len(clip) / 2 / 8000 < 0.5 for clip in clips)


@given(st.text("0123456789+ ", max_size=12))
def test_an_encoder_gets_whole_samples_of_every_number(number: str) -> None:
    """Whatever is called, what is encoded are 16-bit samples, the digits in order with a gap around each."""
    sent: list[bytes] = []

    def keep(samples: bytes) -> bytes:
        sent.append(samples)
        return samples

    digits = [int(char) for char in number if char.isdigit()]
    said: Callable[..., speech.Sound] = importlib.import_module("mockserver.audio.speech")._said.__wrapped__
    content = said("".join(map(str, digits)), keep).content
    gap = bytes(1280)
    parts = [speech._clips()[digit] for digit in digits]
    assert content == sent[0] == gap + b"".join(part + gap for part in parts or [b""])
