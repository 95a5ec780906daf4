"""What failures leave behind: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.contract.provoking import provocations
from mockserver.sandbox import Plan
from tests.api import NOW, Api, drop, shared_service
from tests.methods.every import VARIANTS, world
from tests.methods.helpers import exchange

if TYPE_CHECKING:
    from mockserver.contract.provoking import Provocation
    from tests.methods.every import Variant

LISTED = [
    each
    for name in shared_service().catalogue.methods
    for each in provocations(shared_service().catalogue, name)
]


def provoke(each: Provocation) -> tuple[Api, dict[str, object]]:
    """Play a provocation in a fresh sandbox and return its client, and the state before."""
    service = shared_service()
    plan = Plan(edition=each.edition, quirks=each.quirks, clock="frozen", at=NOW)
    api = Api(service, service.registry.create(plan, mint=False))
    for command in each.before:
        api.post(command)
    before = api.sandbox.store.dump()
    api.post(f"data={each.data}")
    return api, before


@pytest.mark.parametrize("name", shared_service().catalogue.methods)
def test_a_refusal_changes_nothing(name: str) -> None:
    """GEN-07, GEN-06: after every provocation of a request-level status the whole state is what it was before, counters included."""
    listed = [each for each in provocations(shared_service().catalogue, name) if each.level == "request"]
    assert listed
    for each in listed:
        api, before = provoke(each)
        found = exchange(api)
        assert (found.status, found.forced, found.error) == (each.status, False, ""), each.about
        assert api.sandbox.store.dump() == before, each.about
        assert not found.changes
        drop(api)


@pytest.mark.parametrize(
    "each", [each for each in LISTED if each.level == "record"], ids=lambda each: f"{each.status}{each.about}"
)
def test_a_failed_record_changes_nothing(each: Provocation) -> None:
    """GEN-07: a command whose only records fail leaves the state as it was, and the record says why."""
    api, before = provoke(each)
    found = exchange(api)
    assert {failure.status for failure in found.failed_records} == {each.status}
    assert api.sandbox.store.dump() == before
    assert not found.changes
    drop(api)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_the_journal_tells_what_a_success_changed(variant: Variant) -> None:
    """GEN-07: the other side of it: an accepted command changes what the journal says it did, and look-ups nothing."""
    api = world(variant)
    before = api.sandbox.store.dump()
    api.post(variant.command())
    changed = api.sandbox.store.dump() != before
    assert bool(exchange(api).changes) == changed
    looks = {
        "getProcessData",
        "customer_recording",
        "customer_multiple_recordings",
        "userStatus",
        "getActiveUserList",
    }
    assert changed == (variant.name not in looks)
    drop(api)
