"""What tests of scenario files share."""

from __future__ import annotations

import pytest

from mockserver.contract.catalogue import Catalogue
from mockserver.methods import OUTCOMES
from mockserver.methods.rules import RULES
from mockserver.paths import data_dir


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The contract, read once for all tests that only read it."""
    return Catalogue.load(data_dir("schemas"), RULES, OUTCOMES)
