"""A fresh sandbox for each test, with a frozen clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api import drop, fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api import Api


@pytest.fixture
def api() -> Iterator[Api]:
    client = fresh()
    yield client
    drop(client)
