"""The sound behind a recording link: a number spoken digit by digit, as MPEG audio (SIM-17, AM-17).

The digits are clips that travel with the package (``scripts/spoken_digits.py`` makes them). Joining
them to MP3 needs the extra ``audio``; without it every call is the same second of silence, which is
real MPEG audio too.
"""

from __future__ import annotations

import json
import wave
from array import array
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Encoder = Callable[[bytes], bytes]

MIME_TYPE: Final = "audio/mpeg"
"""What every sound of this module is."""

LONGEST: Final = 32
"""Digits that are spoken at most; a systemcallid has 18, a number with its country 12."""

_FOLDER: Final = Path(__file__).parent
_RATE: Final = 8000
_PLAYED_RATE: Final = 16000  # MPEG-2; the MPEG-2.5 of lower rates is no standard, and not played everywhere
_KILOBITS: Final = 32
_BEST: Final = 2
_GAP_SECONDS: Final = 0.08
_CACHED: Final = 64


@dataclass(frozen=True, slots=True)
class Sound:
    """MPEG audio, and a tag that is another one for other bytes."""

    content: bytes
    tag: str


def say(number: str) -> Sound:
    """Return the digits of a text spoken, at most the first 32; the same text gives the same bytes.

    Without the extra ``audio``, or without a digit, it is :func:`silence`.
    """
    digits = "".join(char for char in number if "0" <= char <= "9")[:LONGEST]
    encode = encoder() if digits else None
    return silence() if encode is None else _said(digits, encode)


@lru_cache(1)
def silence() -> Sound:
    """Return one second of silence."""
    return _sound((_FOLDER / "silence.mp3").read_bytes())


def encoder() -> Encoder | None:
    """Return what makes MP3 of 16-bit samples at 8 kHz, or None without the extra ``audio``."""
    try:
        import lameenc  # noqa: F401, PLC0415 - an extra, asked for by the first link that is followed
    except ImportError:
        return None
    return _encode


@lru_cache(_CACHED)
def _said(digits: str, encode: Encoder) -> Sound:
    clips = _clips()
    gap = bytes(2 * int(_GAP_SECONDS * _RATE))
    return _sound(encode(gap + gap.join(clips[int(digit)] for digit in digits) + gap))


@lru_cache(1)
def _clips() -> tuple[bytes, ...]:
    """Return the ten digits as 16-bit samples of this machine's byte order."""
    with wave.open(str(_FOLDER / "digits.wav"), "rb") as file:
        samples = file.readframes(file.getnframes())
    places = json.loads((_FOLDER / "digits.json").read_text(encoding="utf-8"))
    return tuple(
        array("h", ((sample - 128) * 256 for sample in samples[start:end])).tobytes() for start, end in places
    )


def _encode(samples: bytes) -> bytes:
    import lameenc  # noqa: PLC0415 - there, since encoder() has looked

    lame = lameenc.Encoder()
    lame.silence()
    lame.set_channels(1)
    lame.set_in_sample_rate(_RATE)
    lame.set_out_sample_rate(_PLAYED_RATE)
    lame.set_bit_rate(_KILOBITS)
    lame.set_quality(_BEST)
    return bytes(lame.encode(samples) + lame.flush())


def _sound(content: bytes) -> Sound:
    return Sound(content, sha256(content).hexdigest())
