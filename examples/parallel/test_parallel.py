"""Two hundred tests that push the same numbers to one server at once, and never notice each other.

Each has a sandbox of its own, so each is answered with the first ids of a fresh server. With the package
installed, on four processes and in random order::

    pytest -n 4 examples/parallel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver import Sandbox

NUMBERS = ("9876500001", "9876500002", "9876500003")


@pytest.mark.parametrize("number", range(200))
def test_the_first_ids_are_mine(jodo: Sandbox, number: int) -> None:  # noqa: ARG001 - one test of many
    """Customers from 125 on and calls from 796 on, whatever others push meanwhile."""
    reply = jodo.call(
        "ImportProcessData",
        media="12",
        updateparam="mobilenumber",
        data=[{"mobilenumber": each} for each in NUMBERS],
    )
    told = [(each["customercode"], each["calllistid"]) for each in reply.body["statusdata"]]
    assert told == [(125, 796), (126, 797), (127, 798)]
    assert len(jodo.requests()) == 1
