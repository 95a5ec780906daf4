"""``jodo-mock`` for a program that starts it and may die: it ends when its standard input does.

Whoever starts it holds the other end of a pipe. The system closes that end whatever becomes of the
holder, also when it is killed, on every platform; nobody has to be watched by a process number that
somebody else may have by then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from mockserver.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence

GRACE_SECONDS: Final = 5.0
"""How long the kind end may take before the process just stops."""

_CHUNK: Final = 4096


def run(arguments: Sequence[str]) -> int:
    """Run the command line until it ends or standard input does; return the exit code."""
    threading.Thread(target=_end_with_input, daemon=True, name="keeper").start()
    return main(arguments)


def _end_with_input() -> None:
    # Not sys.stdin: a thread that waits in it holds a lock the interpreter wants at exit.
    try:
        while os.read(0, _CHUNK):
            pass
    except OSError:  # no standard input at all is an end of it
        pass
    signal.raise_signal(signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
