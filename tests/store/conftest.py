"""The implementations of the store that every contract test runs against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.store.interface import TABLES, TableSpec
from mockserver.store.tinystore import TinyStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.store.interface import Store

    Make = Callable[..., Store]

IMPLEMENTATIONS: Sequence[object] = (
    pytest.param(TinyStore, id="tinystore"),  # another implementation is one more line here
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
