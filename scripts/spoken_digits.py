"""Make the sounds behind the recording links anew: ten spoken digits and one second of silence.

Needs espeak-ng (``apt-get install espeak-ng``) and the extra ``audio``. Run it from the checkout:

    .venv/bin/python scripts/spoken_digits.py

It writes ``mockserver/audio/digits.wav`` (8 kHz, mono, 8 bits; the digits one behind the other),
``digits.json`` (where each of them begins and ends, in samples) and ``silence.mp3``. The sounds are
committed, so nobody needs to run this to use or test the package.
"""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess
import sys
import wave
from array import array
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "mockserver" / "audio"
RATE: Final = 8000
WORDS_A_MINUTE: Final = "190"
TAPS: Final = 32
"""Samples of the source on either side that make one sample at the lower rate."""

QUIET: Final = 0.02
"""Share of the loudest sample below which the ends of a clip are silence."""

PEAK: Final = 120


def spoken(digit: int) -> tuple[int, array[int]]:
    """Return rate and samples of a digit as espeak-ng says it."""
    program = shutil.which("espeak-ng")
    if program is None:
        sys.exit("espeak-ng is missing: apt-get install espeak-ng")
    command = [program, "-v", "en-gb", "-s", WORDS_A_MINUTE, "--stdout", str(digit)]
    done = subprocess.run(command, capture_output=True, check=True)
    # Written into a pipe, its header does not know the length; everything behind it is sound.
    with wave.open(io.BytesIO(done.stdout)) as sound:
        samples = array("h", sound.readframes(len(done.stdout)))
        if sys.byteorder == "big":
            samples.byteswap()
        return sound.getframerate(), samples


def slower(samples: array[int], rate: int) -> list[float]:
    """Return the samples at the lower rate, without what it cannot carry (a windowed sinc)."""
    step = rate / RATE
    reach = int(TAPS * step)
    found = []
    for number in range(int(len(samples) / step)):
        centre = number * step
        total = 0.0
        for place in range(max(0, int(centre) - reach), min(len(samples), int(centre) + reach + 1)):
            distance = (place - centre) / step
            sinc = math.sin(math.pi * distance) / (math.pi * distance) if distance else 1.0
            window = 0.5 + 0.5 * math.cos(math.pi * distance / TAPS) if abs(distance) < TAPS else 0.0
            total += samples[place] * sinc * window / step
        found.append(total)
    return found


def clip(samples: list[float]) -> bytes:
    """Return the loud part of a clip as unsigned bytes, all clips equally loud."""
    peak = max(map(abs, samples))
    loud = [place for place, sample in enumerate(samples) if abs(sample) > QUIET * peak]
    return bytes(round(sample / peak * PEAK) + 128 for sample in samples[loud[0] : loud[-1] + 1])


def main() -> None:
    """Write the three files."""
    sys.path.insert(0, str(ROOT))
    from mockserver.audio.speech import encoder  # noqa: PLC0415 - the checkout is on the path only now

    clips = [clip(slower(samples, rate)) for rate, samples in map(spoken, range(10))]
    ends = [sum(map(len, clips[: digit + 1])) for digit in range(10)]
    with wave.open(str(FOLDER / "digits.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(RATE)
        sound.writeframes(b"".join(clips))
    places = [[end - len(each), end] for end, each in zip(ends, clips, strict=True)]
    (FOLDER / "digits.json").write_text(json.dumps(places) + "\n", encoding="utf-8")
    make = encoder()
    if make is None:
        sys.exit("the extra audio is missing: pip install '.[audio]'")
    (FOLDER / "silence.mp3").write_bytes(make(bytes(2 * RATE)))
    for path in sorted(FOLDER.glob("[ds]i*")):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
