from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api import drop, fresh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api import Api


@pytest.fixture
def api() -> Iterator[Api]:
    """A client of a fresh sandbox on a frozen clock."""
    made = fresh()
    yield made
    drop(made)
