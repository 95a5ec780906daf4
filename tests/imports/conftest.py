"""One service for the tests of a process; a fresh sandbox for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.service import Service
from mockserver.settings import Settings
from tests.imports.helpers import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def service() -> Service:
    return Service.start(Settings())


@pytest.fixture
def make(service: Service) -> Iterator[Callable[..., Box]]:
    """Makes sandboxes: ``make("web", overlong="accept")``; they are dropped after the test."""
    made: list[Box] = []

    def one(edition: str = "1.0.6", **quirks: str) -> Box:
        made.append(Box(service, edition, **quirks))
        return made[-1]

    yield one
    for box in made:
        box.close()


@pytest.fixture
def box(make: Callable[..., Box]) -> Box:
    """A sandbox of edition 1.0.6."""
    return make()


@pytest.fixture
def web(make: Callable[..., Box]) -> Box:
    """A sandbox of edition web."""
    return make("web")
