"""The keeper: writes down what becomes of the sandboxes of a server, and brings them back.

Everything is written under the sandbox's lock and before anybody is told that it was done. What a command
changed goes out with the unit of work itself; settings, clock and scenarios with the next line of the
sandbox, or with :attr:`Sandbox.save` when there is none.
"""

from __future__ import annotations

import hashlib
import logging
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mockserver import __version__
from mockserver.errors import InvalidSetting, MockServerError, NotKept
from mockserver.persistence.book import Book
from mockserver.persistence.file import NewFile, StateFile, create, located, lock
from mockserver.persistence.image import Image, Kept, born, header
from mockserver.persistence.lines import encode
from mockserver.persistence.plans import plan_as_json, revived
from mockserver.store.deltas import between, portions
from mockserver.store.kept import KeptStore
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mockserver.model import Exchange
    from mockserver.persistence.plans import Define
    from mockserver.sandbox import Sandbox, World
    from mockserver.store.data import Content

GROWTH: Final = 8 * 1024 * 1024
"""Bytes a file may grow by before it is written anew; a larger one may double."""

_Kind = TypeVar("_Kind", bound=TinyStore)
_log = logging.getLogger(__name__)


class Keeper:
    """The state file of one server. Build it with :meth:`open`; :meth:`close` gives the file free."""

    def __init__(self, path: Path, file: StateFile, image: Image | None, release: Callable[[], None]) -> None:
        self.path = path
        self._file = file
        self._image = image
        self._release = release
        self._templates: dict[str, TinyStore] = {}
        self._books: dict[str, Book] = {}
        self._planting = Lock()
        self._compacting = Lock()
        self._patience = 1
        self._closed = False
        for name, content in (image.templates if image else {}).items():
            self._templates[name] = _fork(content)

    @classmethod
    def open(cls, text: str) -> Keeper:
        """Take the state file of that path for this server, and make one if there is none.

        Raises InvalidSetting (in use, cannot be written) and InvalidDocument (not ours, newer, damaged).
        """
        path = located(text)
        held = lock(path)
        try:
            file, image = _opened(path)
        except BaseException:
            held.release()
            raise
        return cls(path, file, image, held.release)

    def revive(self, world: World, define: Define) -> tuple[list[Sandbox], int]:
        """Return the sandboxes that the file has, in their order, and how many keys were given by number."""
        image, self._image = self._image, None
        if image is None:
            return [], 0
        found = []
        for key, kept in image.sandboxes.items():
            store = _store_of(KeptStore(()), kept.pristine)
            sandbox = revived(self.path, key, kept, store, world=world, define=define, fork=_fork)
            store.content = kept.content
            self._attend(sandbox, store).seen()
            found.append(sandbox)
        return found, image.numbered

    def template(self, store: TinyStore) -> tuple[TinyStore, str]:
        """Return a sealed state that sandboxes start from, and its name in the file; each is written once."""
        digest = hashlib.sha256()
        for part in portions(store.content):
            digest.update(encode(part))
        name = digest.hexdigest()[:16]
        with self._planting:
            if name not in self._templates:
                self.write({"template": name})
                for part in portions(store.content):
                    self.write({"template": name, **part})
                self._templates[name] = store
            return self._templates[name], name

    def store(self, template: TinyStore) -> KeptStore:
        """Return the store of a new sandbox, which is kept from :meth:`adopt` on."""
        return _store_of(KeptStore(()), template.content)

    def adopt(self, sandbox: Sandbox, template: str, numbered: int) -> None:
        """Write a new sandbox down, in one line, and all that becomes of it from now on; raises NotKept."""
        origin = self._templates[template].content
        pristine, store = sandbox.pristine, sandbox.store
        if not (isinstance(pristine, TinyStore) and isinstance(store, KeptStore)):
            raise TypeError("a sandbox is kept when its store came from the keeper")
        book = self._attend(sandbox, store)
        key = sandbox.key
        kept = Kept(plan_as_json(sandbox.plan), template, sandbox.minted, pristine.content, store.content)
        made = {"in": key, **between(origin, kept.pristine)}
        since = {**book.entry(), **between(kept.pristine, kept.content)}
        try:
            self.write([born(key, kept, numbered), made, {"seal": key}, since])
        except NotKept:
            self._books.pop(key).close()
            raise
        book.seen()

    def _attend(self, sandbox: Sandbox, store: KeptStore) -> Book:
        book = self._books[sandbox.key] = Book(self.write, sandbox)
        store.recorder = book.record
        sandbox.save = book.save
        return book

    def drop(self, key: str) -> None:
        """Write that a sandbox is gone; what is still under way in it is not kept. Raises NotKept."""
        self._books[key].close({"drop": key})
        del self._books[key]

    def watch(self, sandbox: Sandbox, _: Exchange) -> None:
        """Keep count of the exchanges that changed nothing; that a number is lost stops no answer."""
        try:
            sandbox.save()
        except NotKept as error:
            _log.debug("%s", error)

    def write(self, content: Any) -> None:
        """Append a line; raises NotKept. Once in a while the file is written anew, in a thread."""
        file = self._file
        file.append(content)
        grown = file.end - file.base
        if grown > max(GROWTH, file.base) * self._patience and self._compacting.acquire(blocking=False):
            Thread(target=self._compact, name="state file", daemon=True).start()

    def _compact(self) -> None:
        try:
            self.compact()
            self._patience = 1
        except (OSError, MockServerError) as error:
            self._patience *= 2
            if not self._closed:
                _log.warning("the state file %s grows, since it cannot be written anew: %s", self.path, error)
        finally:
            self._compacting.release()

    def compact(self) -> None:
        """Write the file anew, without what is out of date; commands go on being answered meanwhile.

        What is written follows from the file alone, so that no sandbox is locked. Raises OSError, and
        InvalidDocument for a file that somebody else has changed; the file is then as it was.
        """
        since = self._file.end
        loaded = Image.load(self.path, since)
        if loaded is None:
            raise OSError("the file is empty")
        new = NewFile(self.path, header(__version__))
        try:
            new.lines(loaded[0].entries())
            self._file.take_over(new, since)
        except BaseException:
            new.discard()
            raise

    def described(self) -> str:
        """Return for people what is kept, and where."""
        many = len(self._books)
        return f"{self.path} ({many} sandbox{'' if many == 1 else 'es'})"

    def close(self) -> None:
        """Write no more, and let other servers have the file. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._file.close()
        with self._compacting:
            self._release()


def _store_of(store: _Kind, content: Content) -> _Kind:
    store.content = content.share()
    return store


def _fork(content: Content) -> TinyStore:
    return _store_of(TinyStore(()), content)


def _opened(path: Path) -> tuple[StateFile, Image | None]:
    """Return a state file for appending, and what it says; it is made or written anew where that is due."""
    try:
        loaded = Image.load(path) if path.exists() else None
    except OSError as error:
        raise InvalidSetting(f"cannot read the state file {path}: {error.strerror or error}") from None
    if loaded is None:
        create(path, header(__version__))
    else:
        image, last, base = loaded
        size = path.stat().st_size
        if size > last.end:
            _log.warning(
                "%s: the last line was never finished, so nobody was told that it happened; %d bytes dropped",
                path, size - last.end,
            )  # fmt: skip
        if dict(image.columns) == header(__version__)["tables"] and last.end - base <= max(GROWTH, base):
            return StateFile(path, last, base), image
        image.forget_unused()
        create(path, header(__version__), image.entries())
    again = Image.load(path)
    if again is None:
        raise InvalidSetting(f"the state file {path} does not keep what is written to it")
    image, last, base = again
    return StateFile(path, last, base), image
