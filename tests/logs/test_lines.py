"""Lines on their way to stderr: never waited for, never lost without saying so."""

from __future__ import annotations

import io
import threading
from time import perf_counter
from typing import Any

from mockserver.logs.lines import Lines, writer_of


class Sink:
    """A stream that can be blocked, broken or short of breath."""

    def __init__(self, most: int = 1 << 20) -> None:
        self.taken = b""
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self.broken = False
        self._most = most

    def write(self, data: bytes) -> int:
        self.entered.set()
        self.open.wait(20)
        if self.broken:
            raise BrokenPipeError
        self.taken += data[: self._most]
        return len(data[: self._most])


def told(count: int) -> bytes:
    return b"dropped %d\n" % count


def test_lines_come_out_in_order() -> None:
    """All lines of many, in order, also where the stream takes a few bytes at a time."""
    sink = Sink(7)
    lines = Lines(sink.write, told)
    for number in range(700):
        lines.put(b"%d\n".__mod__, number)
    lines.close(20)
    assert sink.taken.split() == [b"%d" % number for number in range(700)]
    assert lines.dropped == 0


def test_a_reader_that_does_not_read_stops_nobody() -> None:
    """Beyond the limit lines are dropped and counted; once there is room a line says how many."""
    sink = Sink()
    sink.open.clear()
    lines = Lines(sink.write, told, limit=10)
    lines.put(bytes, b"first\n")
    assert sink.entered.wait(20)
    started = perf_counter()
    for _ in range(50):
        lines.put(bytes, b"line\n")
    assert perf_counter() - started < 5
    assert lines.dropped == 40
    sink.open.set()
    lines.close(20)
    assert sink.taken.count(b"line\n") == 10
    assert b"dropped 40\n" in sink.taken


def test_a_reader_that_has_gone_stops_nobody() -> None:
    """A broken pipe raises nowhere; what nobody reads is counted."""
    sink = Sink()
    sink.broken = True
    lines = Lines(sink.write, told)
    lines.put(bytes, b"one\n")
    lines.close(20)
    assert lines.dropped == 1
    lines.put(bytes, b"two\n")
    assert lines.dropped == 2


def test_the_end_does_not_wait_for_a_blocked_reader() -> None:
    """Closing gives up after the time it is given."""
    sink = Sink()
    sink.open.clear()
    lines = Lines(sink.write, told)
    lines.put(bytes, b"one\n")
    assert sink.entered.wait(20)
    started = perf_counter()
    lines.close(0.05)
    assert perf_counter() - started < 5
    sink.open.set()


def test_a_full_pipe_that_does_not_block_is_tried_again() -> None:
    """A stream that takes nothing for now (None) gets the same bytes once more."""
    answers: list[int | None] = [None, None, 4]
    seen: list[bytes] = []

    def write(data: bytes) -> int | None:
        seen.append(data)
        return answers.pop(0)

    lines = Lines(write, told)
    lines.put(bytes, b"one\n")
    while len(seen) < 3:
        lines._thread.join(0.01)
    lines.close(20)
    assert seen == [b"one\n"] * 3


def test_a_line_that_cannot_be_made_says_so() -> None:
    """One bad line does not end the others."""
    sink = Sink()
    lines = Lines(sink.write, told)

    def bad(_: Any) -> bytes:
        raise KeyError("secret")

    lines.put(bad, None)
    lines.put(bytes, b"next\n")
    lines.close(20)
    assert sink.taken == b"a log line could not be made: KeyError\nnext\n"


def test_any_stream_will_do() -> None:
    """A text stream over bytes, a text stream without, and none at all (a program without a console)."""
    binary = io.BytesIO()
    stream = io.TextIOWrapper(binary)
    assert writer_of(stream)(b"\xc2\xb5\n") == 3
    assert binary.getvalue() == b"\xc2\xb5\n"
    text = io.StringIO()
    assert writer_of(text)(b"\xc2\xb5\n") == 3
    assert text.getvalue() == "µ\n"
    assert writer_of(None)(b"gone") == 4
