"""Reads MPEG audio frame by frame (layer III, as ISO 11172-3 and 13818-3 lay the header out)."""

from __future__ import annotations

from typing import NamedTuple

KILOBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {1: (44100, 48000, 32000), 2: (22050, 24000, 16000)}


class Frame(NamedTuple):
    """What a frame's header says."""

    size: int
    rate: int
    seconds: float
    mono: bool


def frames(content: bytes) -> list[Frame]:
    """Return the frames of a file that holds nothing else; AssertionError where there is none."""
    found = []
    at = 0
    while at < len(content):
        frame = _frame(content[at : at + 4])
        found.append(frame)
        at += frame.size
    assert at == len(content), "the last frame is cut short"
    return found


def _frame(head: bytes) -> Frame:
    assert len(head) == 4
    word = int.from_bytes(head, "big")
    assert word >> 21 == 0x7FF, f"no sync word in {head.hex()}"
    version = {3: 1, 2: 2}[word >> 19 & 3]
    assert word >> 17 & 3 == 1, "not layer III"
    kilobits = KILOBITS[version][word >> 12 & 15]
    assert kilobits, "a free bit rate"
    rate = RATES[version][word >> 10 & 3]
    samples = 1152 if version == 1 else 576
    size = samples // 8 * kilobits * 1000 // rate + (word >> 9 & 1)
    return Frame(size, rate, samples / rate, mono=word >> 6 & 3 == 3)
