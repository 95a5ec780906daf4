from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulation.floors import Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def shop() -> Iterator[Callable[..., Shop]]:
    """Make floors that go when the test is over."""
    made: list[Shop] = []

    def make(*agents: str, **options: Any) -> Shop:
        made.append(Shop(*agents, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
