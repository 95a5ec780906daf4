"""The state file on disk: locked, appended to, and put in place of itself when it has grown."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path
from shutil import copymode
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from mockserver.errors import InvalidSetting, NotKept
from mockserver.persistence.lines import encode, head, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.persistence.lines import Line

BASE: Final = {"base": "whole"}
"""The line behind what a file began with; a file that ends before it is not whole."""

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
_log = logging.getLogger(__name__)


def lock(path: Path) -> FileLock:
    """Return the lock of a state file, taken; InvalidSetting when another server has it or none can be made."""
    beside = path.with_name(path.name + ".lock")
    found = FileLock(beside, timeout=0, thread_local=False)
    try:
        found.acquire()
    except Timeout:
        raise InvalidSetting(
            f"the state file {path} is in use by another server; a file belongs to one at a time"
        ) from None
    except (OSError, NotImplementedError) as error:
        raise InvalidSetting(f"cannot use the state file {path}: {_reason(error)}") from None
    return found


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


class StateFile:
    """A state file that is open for appending. Safe for threads.

    ``base`` is how long it was when it was last written as a whole, in bytes; ``end`` is its length now.
    """

    def __init__(self, path: Path, last: Line, base: int) -> None:
        self.path = path
        self.base = base
        self.end = last.end
        self._checksum = last.checksum
        self._lock = Lock()
        self._failing = False
        self._fd: int | None = None
        try:
            self._fd = os.open(path, _FLAGS)
            os.ftruncate(self._fd, last.end)  # what was torn was never acknowledged
            if not last.whole:
                self._put(b"\n")
        except OSError as error:
            self.close()
            raise InvalidSetting(f"cannot write the state file {path}: {_reason(error)}") from None

    def append(self, content: Any) -> None:
        """Write one line, in one go; raise NotKept when it cannot be written, and then it is not in the file."""
        body = encode(content)
        with self._lock:
            line, checksum = written(body, self._checksum)
            try:
                if self._failing:
                    self._cut()
                self._put(line)
            except OSError as error:
                self._failed(error)
                raise NotKept(f"the state file {self.path} cannot be written: {_reason(error)}") from None
            self._checksum = checksum
            if self._failing:
                self._failing = False
                _log.warning("the state file %s is written again", self.path)

    def _put(self, line: bytes) -> None:
        if self._fd is None:
            raise OSError("it is closed")
        done = os.write(self._fd, line)
        while done < len(line):
            done += os.write(self._fd, line[done:])
        self.end += len(line)

    def _cut(self) -> None:
        """Take away what a failed write has left; OSError when that fails too."""
        if self._fd is not None:
            os.ftruncate(self._fd, self.end)

    def _failed(self, error: OSError) -> None:
        if not self._failing:
            _log.error(
                "the state file %s cannot be written (%s): commands that change something fail until it can",
                self.path, _reason(error),
            )  # fmt: skip
        self._failing = True
        with suppress(OSError):
            self._cut()

    def take_over(self, new: NewFile, since: int) -> None:
        """Put a file in place of this one, with the lines that were appended to this one since an offset.

        OSError when that fails; this file then goes on as it was.
        """
        since = new.follow(self.path, since, self.end)
        with self._lock:
            if self._fd is None:
                raise OSError("it is closed")
            new.follow(self.path, since, self.end)
            new.close()
            # Windows replaces no file that is open.
            os.close(self._fd)
            self._fd = None
            try:
                os.replace(new.path, self.path)  # noqa: PTH105 - the outcome is the same
                self.end, self.base, self._checksum = new.end, new.base, new.checksum
            finally:
                self._fd = os.open(self.path, _FLAGS)

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None


class NewFile:
    """A state file being written as a whole, beside the one whose place it takes."""

    def __init__(self, place: Path, header: Any) -> None:
        self.path = place.with_name(place.name + ".new")
        line, self.checksum = head(header)
        self.end = self.base = 0
        self._file = self.path.open("wb")
        with suppress(OSError):
            copymode(place, self.path)
        self._write(line)

    def _write(self, line: bytes) -> None:
        self._file.write(line)
        self.end += len(line)

    def line(self, content: Any) -> None:
        """Write one line."""
        line, self.checksum = written(encode(content), self.checksum)
        self._write(line)

    def lines(self, contents: Iterable[Any]) -> None:
        """Write what the file begins with, and see that it is on the disk."""
        for content in contents:
            self.line(content)
        self.line(BASE)
        self.base = self.end
        self._file.flush()
        os.fsync(self._file.fileno())

    def follow(self, path: Path, since: int, upto: int) -> int:
        """Write the lines of another file between two offsets as well, and return the second."""
        with path.open("rb") as file:
            file.seek(since)
            while since < upto:
                raw = file.readline()
                since += len(raw)
                line, self.checksum = written(raw[9:-1], self.checksum)
                self._write(line)
        return since

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def discard(self) -> None:
        """Take the file away again."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink()


def create(path: Path, header: Any, contents: Iterable[Any] = ()) -> None:
    """Write a state file as a whole and put it in its place; InvalidSetting when that fails."""
    try:
        new = NewFile(path, header)
    except OSError as error:
        raise InvalidSetting(f"cannot write the state file {path}: {_reason(error)}") from None
    try:
        new.lines(contents)
        new.close()
        os.replace(new.path, path)  # noqa: PTH105 - the outcome is the same
    except OSError as error:
        new.discard()
        raise InvalidSetting(f"cannot write the state file {path}: {_reason(error)}") from None


def located(text: str) -> Path:
    """Return where a state file is, links followed; InvalidSetting when no file can be there."""
    path = Path(text).expanduser().resolve()
    if path.is_dir():
        raise InvalidSetting(f"the state file {text} is a folder: expected a file")
    if not path.parent.is_dir():
        raise InvalidSetting(f"the folder of the state file {text} is not there: make it first")
    return path
