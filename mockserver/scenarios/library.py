"""The scenarios a server knows by name: those that ship with it and those its operator gave it.

A file is read when its scenario is first asked for. Once read well, a scenario stays until its file
holds another good one: a file that has become bad, or has gone, replaces nothing.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mockserver.contract.documents import known, nearest
from mockserver.errors import InvalidDocument, InvalidSetting, UnknownScenario
from mockserver.paths import data_dir
from mockserver.scenarios.loading import SUFFIXES, load_bytes, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mockserver.contract.catalogue import Catalogue
    from mockserver.errors import Note, Problem
    from mockserver.scenarios.model import Scenario

    Stamp = tuple[int, ...]

_NEVER: Final[tuple[int, ...]] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file, how it looked when it was last read, and what came of that."""

    path: Path
    stamp: Stamp = _NEVER
    digest: bytes = b""
    scenario: Scenario | None = None
    """The last good one."""
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()


class Library:
    """Scenarios by name, from the packaged folder and from what ``--scenario NAME|FILE`` names.

    A file or folder among ``given`` makes its scenarios known; one of them wins over a packaged one of
    its name. Safe to use from several threads. Raises InvalidSetting for a file or folder that is not
    there and for two files of one name, UnknownScenario for a name that nothing has.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        given: Sequence[str] = (),
        *,
        wire: bool,
        packaged: Path | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._wire = wire
        self._lock = threading.Lock()
        self._packaged = packaged or data_dir("scenarios")
        self._folders = [Path(each) for each in given if Path(each).is_dir()]
        self._files = [Path(each) for each in given if _is_file(each)]
        self._entries: Mapping[str, _Entry] = {path.stem: _Entry(path) for path in self._found()}
        self._check_given()
        self.chosen: tuple[str, ...] = tuple(
            Path(each).stem if _is_file(each) else self._known(each)
            for each in given
            if not Path(each).is_dir()
        )
        """Names of the scenarios that were asked for one by one, in their order."""

    def names(self) -> tuple[str, ...]:
        """Return every name in order, also of files that no good scenario was in yet."""
        return tuple(sorted(self._entries))

    def get(self, name: str) -> Scenario:
        """Return the scenario of that name: the last good one.

        Raises UnknownScenario naming the nearest, InvalidDocument when its file was never good.
        """
        self._known(name)
        with self._lock:
            entry = self._entries[name]
            if entry.stamp == _NEVER:
                entry = self._read(entry)
                self._entries = {**self._entries, name: entry}
        if entry.scenario is None:
            raise InvalidDocument(entry.problems)
        return entry.scenario

    def problems(self, name: str | None = None) -> list[Problem]:
        """Return what is wrong with the files as they were last read; their last good scenarios still stand.

        ``name`` asks for the problems of one scenario's file.
        """
        entries = self._entries.items()
        return [problem for each, entry in entries if name in (None, each) for problem in entry.problems]

    def notes(self) -> list[Note]:
        """Return what is odd about the scenarios that were read."""
        return [note for entry in self._entries.values() for note in entry.notes]

    def changed(self) -> list[Path]:
        """Return the files that are new, other than when they were read, or gone; cheap enough for twice a second.

        Files that were not read yet are not looked at: they are read as they are when they are needed.
        """
        found = {path.stem: path for path in self._found()}
        entries = self._entries
        fresh = [path for name, path in found.items() if name not in entries or entries[name].path != path]
        other = [
            entry.path
            for name, entry in entries.items()
            if (name not in found or found[name] == entry.path)
            and (entry.stamp != _NEVER or name not in found)
            and _stamp(entry.path) != entry.stamp
        ]
        return [*fresh, *other]

    def refresh(self) -> list[Scenario]:
        """Read the changed files again and return the scenarios that are new or another than before."""
        return self._again(self.changed())

    def reload(self) -> list[Scenario]:
        """Read every file again and return the scenarios that are new or another than before.

        All changes count from the same moment on.
        """
        return self._again([*self._found(), *(entry.path for entry in self._entries.values())])

    def _again(self, paths: Iterable[Path]) -> list[Scenario]:
        wanted = set(paths)
        with self._lock:
            found = {path.stem: path for path in self._found()}
            before = self._entries
            after = {name: _Entry(path) for name, path in found.items() if name not in before}
            for name, entry in before.items():
                moved = replace(entry, path=found.get(name, entry.path))
                if name in found or entry.scenario is not None:
                    after[name] = self._read(moved) if moved.path in wanted else moved
            for name in after.keys() - before.keys():
                after[name] = self._read(after[name])
            self._entries = after
        return [
            entry.scenario
            for name, entry in sorted(after.items())
            if entry.scenario is not None
            and (name not in before or entry.scenario is not before[name].scenario)
        ]

    def _read(self, entry: _Entry) -> _Entry:
        """Return the entry as its file is now; a bad file changes nothing but the problems."""
        stamp = _stamp(entry.path)
        try:
            data = read_bytes(entry.path)
            digest = hashlib.blake2b(data).digest()
            if digest == entry.digest and entry.scenario is not None:
                return replace(entry, stamp=stamp, problems=())
            scenario, notes = load_bytes(data, entry.path, self._catalogue, wire=self._wire)
        except InvalidDocument as error:
            return replace(entry, stamp=stamp, problems=error.problems)
        return _Entry(entry.path, stamp, digest, scenario, tuple(notes))

    def _found(self) -> Iterator[Path]:
        """Yield every file there is; of one name the last counts."""
        for folder in (self._packaged, *self._folders):
            yield from scenario_files(folder)
        yield from self._files

    def _known(self, name: str) -> str:
        if name not in self._entries:
            near = nearest(self._entries, name)
            hint = f"; did you mean {near}?" if near else f"; expected {known(self.names(), name)}"
            raise UnknownScenario(f"there is no scenario {name[:80]!r}{hint}")
        return name

    def _check_given(self) -> None:
        files = [*self._files, *(path for folder in self._folders for path in scenario_files(folder))]
        named: dict[str, Path] = {}
        for path in files:
            if not path.is_file():
                raise InvalidSetting(f"scenario file {path} is not there")
            other = named.setdefault(path.stem, path)
            if other.resolve() != path.resolve():
                raise InvalidSetting(f"two scenario files are called {path.stem}: {other} and {path}")


def scenario_files(folder: Path) -> list[Path]:
    """Return the scenario files of a folder in order of names."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError:
        return []


def _is_file(given: str) -> bool:
    """Tell whether what was given is the path of a file rather than a name."""
    path = Path(given)
    return not path.is_dir() and (path.suffix.lower() in SUFFIXES or path.parent != Path() or path.is_file())


def _stamp(path: Path) -> Stamp:
    """Return what changes when a file does, as far as a look from outside tells; zeros when it is gone."""
    try:
        stat = path.stat()
    except OSError:
        return (0,)
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino
