"""Draws that do not depend on the order things happen in.

A draw is a pure function of what it is for: the sandbox's seed, the rule, the business identity of
the command and the attempt number. The generator is BLAKE2b and pinned by a golden test, so that a
seed gives the same draws with every Python and on every platform.
"""

from __future__ import annotations

import hashlib
import math
from typing import Final

_SEPARATOR: Final = b"\x1f"
_OCTETS: Final = 4
_RANGE: Final = 1 << (_OCTETS << 3)


class Chance:
    """The draws of one firing of one rule; each is named by its use, and the same use is the same draw."""

    __slots__ = ("_key",)

    def __init__(self, *parts: str | int) -> None:
        text = _SEPARATOR.join(str(part).encode("utf-8", "surrogatepass") for part in parts)
        self._key = hashlib.blake2b(text, digest_size=32).digest()

    def fraction(self, use: str) -> float:
        """Return a number from 0 (included) to 1 (excluded)."""
        return int.from_bytes(self.octets(use, _OCTETS)) / _RANGE

    def normal(self, use: str) -> float:
        """Return a number of the standard normal distribution, made of two even ones (Box and Muller)."""
        radius = math.sqrt(-2 * math.log(1 - self.fraction(f"{use}/radius")))
        return radius * math.cos(2 * math.pi * self.fraction(f"{use}/turn"))

    def octets(self, use: str, count: int) -> bytes:
        """Return that many bytes."""
        numbers = range(-(-count // hashlib.blake2b.MAX_DIGEST_SIZE))
        blocks = [hashlib.blake2b(f"{use}/{number}".encode(), key=self._key).digest() for number in numbers]
        return b"".join(blocks)[:count]
