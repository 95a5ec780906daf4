"""The implementations of the store that every contract test runs against."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from mockserver.persistence.lines import encode
from mockserver.store.data import Content
from mockserver.store.deltas import apply
from mockserver.store.dumps import dump_content
from mockserver.store.interface import TABLES, TableSpec
from mockserver.store.kept import KeptStore
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from mockserver.store.deltas import Delta
    from mockserver.store.interface import Store

    Make = Callable[..., Store]


class Followed(KeptStore):
    """A kept store whose changes, written as JSON, are done to a second content, which stays its equal."""

    def __init__(self, tables: Sequence[TableSpec] = TABLES) -> None:
        super().__init__(tables)
        self.follower = Content.empty(tables)
        self.columns = {spec.name: spec.columns for spec in tables}
        self.recorder = self.follow

    def follow(self, delta: Delta) -> None:
        apply(self.follower, json.loads(encode(delta)), self.columns)
        assert encode(dump_content(self.follower)) == encode(self.dump())


IMPLEMENTATIONS: Sequence[object] = (
    pytest.param(TinyStore, id="tinystore"),  # another implementation is one more line here
    pytest.param(Followed, id="kept"),
)


@pytest.fixture(params=IMPLEMENTATIONS)
def make(request: pytest.FixtureRequest) -> Make:
    """Return a way to make an empty store of given tables (by default those of the sandbox)."""
    implementation = request.param

    def make_store(tables: Sequence[TableSpec] = TABLES) -> Store:
        store: Store = implementation(tables)
        return store

    return make_store


@pytest.fixture
def store(make: Make) -> Store:
    """Return an empty store of the sandbox's tables."""
    return make()


@pytest.fixture
def things(make: Make) -> Store:
    """Return an empty store of one small table."""
    return make([TableSpec("things", ("kind", "name", "body"), (("kind",), ("kind", "name")))])


@pytest.fixture
def undone() -> Callable[[Store], AbstractContextManager[None]]:
    """Return a unit of work whose last step fails, so that all before it is undone."""

    def fail() -> None:
        raise KeyError

    @contextmanager
    def undone_unit(store: Store) -> Iterator[None]:
        with suppress(KeyError), store.unit():
            yield
            fail()

    return undone_unit
