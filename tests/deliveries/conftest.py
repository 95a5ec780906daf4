from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deliveries.floor import Floor

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def floor() -> Iterator[Floor]:
    """A floor whose dialler is off and whose clock stands."""
    made = Floor(at=None)
    yield made
    made.close()


@pytest.fixture
def auto() -> Iterator[Floor]:
    """A floor whose dialler runs by itself, on a clock that stands."""
    made = Floor(dialler="auto")
    yield made
    made.close()
