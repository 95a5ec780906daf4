from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def service() -> Service:
    """A service for the tests of a module; whoever changes a state makes a sandbox of its own."""
    return Service.start(Settings(clock="frozen", admin="off"))


@pytest.fixture
def client(service: Service) -> FlaskClient:
    """The recordings of that service, in process."""
    return create_app(service).test_client()
