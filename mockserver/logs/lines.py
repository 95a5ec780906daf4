"""Lines on their way to stderr: written by a thread of their own, so that nobody waits for a slow reader."""

from __future__ import annotations

import contextlib
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[bytes], Any]
    Item = tuple[Callable[[Any], bytes], Any]

LIMIT: Final = 4_000
"""Lines that wait at most; what comes while as many do is dropped and counted."""

_GATHER_SECONDS: Final = 0.02
_AT_ONCE: Final = 500
_CLOSE_SECONDS: Final = 1.0


class Lines:
    """A bounded queue of lines and the thread that writes them.

    :meth:`put` never waits and never raises. Lines are made into bytes by the thread, some fiftieths
    of a second of them at a time. A pipe that nobody reads makes lines drop, a broken one drops them
    all; ``dropped`` counts them, and a line says so as soon as there is room again.
    """

    def __init__(self, write: Write, told: Callable[[int], bytes], limit: int = LIMIT) -> None:
        self.dropped = 0
        self._write = write
        self._told = told
        self._limit = limit
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        self._counting = Lock()
        self._reported = 0
        self._broken = False
        self._closing = Event()
        self._thread = Thread(target=self._run, name="log lines", daemon=True)
        self._thread.start()

    def put(self, render: Callable[[Any], bytes], value: Any) -> None:
        """Have ``render(value)`` written soon, or dropped when too much waits already."""
        if self._broken or self._queue.qsize() >= self._limit:
            self._drop(1)
        else:
            self._queue.put((render, value))

    def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Write what waits; give up after some time when nobody reads."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(seconds)

    def _drop(self, count: int) -> None:
        with self._counting:
            self.dropped += count

    def _run(self) -> None:
        ended = False
        while not ended:
            batch = [self._queue.get()]
            # A thread that woke for each line would cost the event loop a switch of threads for each.
            self._closing.wait(_GATHER_SECONDS)
            with contextlib.suppress(Empty):
                while len(batch) < _AT_ONCE:
                    batch.append(self._queue.get_nowait())
            ended = None in batch
            self._write_out([item for item in batch if item is not None])

    def _write_out(self, batch: list[Item]) -> None:
        made = [_made(item) for item in batch]
        dropped = self.dropped
        if dropped > self._reported and not self._broken:
            made.insert(0, self._told(dropped - self._reported))
            self._reported = dropped
        try:
            self._all(b"".join(made))
        except (OSError, ValueError):
            # The reader has gone, or the stream was closed: there is nobody left to tell.
            self._broken = True
            self._drop(len(batch))

    def _all(self, data: bytes) -> None:
        while data:
            written = self._write(data)
            if written is None:  # a pipe that is set not to block, and full
                if self._closing.wait(_GATHER_SECONDS):
                    raise BlockingIOError
                continue
            data = data[written:]


def _made(item: Item) -> bytes:
    render, value = item
    try:
        return render(value)
    except Exception as error:  # noqa: BLE001 - a line that cannot be made must not end all others
        return f"a log line could not be made: {type(error).__name__}\n".encode()


def writer_of(stream: Any) -> Write:
    """Return what writes bytes to a stream and says how many it took, past the buffers where that can be.

    A thread that hangs in a buffer's lock when the process ends would end it with a crash.
    """
    if stream is None:
        return len
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if raw is not None:
        write: Write = raw.write
        return write

    def as_text(data: bytes) -> int:
        stream.write(data.decode("utf-8", "replace"))
        return len(data)

    return as_text
