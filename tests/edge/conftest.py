from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.edge.faulty import faulty
from tests.server_process import PAGES, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """One server for all tests that leave it as it is; bodies up to 256 KiB."""
    with running("--max-body", "256k", *PAGES) as found:
        yield found


@pytest.fixture(scope="session")
def harmful() -> Iterator[Running]:
    """One server that harms its replies as the request asks."""
    with faulty() as found:
        yield found
