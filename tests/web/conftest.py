from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from tests.server_process import running
from tests.web.admin_client import Admin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server_process import Running


@pytest.fixture
def service() -> Service:
    """A service of its own for each test, with its clock frozen so that nothing depends on the day."""
    return Service.start(Settings(clock="frozen"))


@pytest.fixture
def admin(service: Service) -> Admin:
    """The admin API and the API of that service, in process."""
    return Admin(create_app(service).test_client())


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """One real server for the tests that leave its default sandbox as it is."""
    with running() as found:
        yield found
