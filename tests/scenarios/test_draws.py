"""Draws: the same commands get the same ones, whatever the order and on however many connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.scenarios.model import compiled
from tests.api import drop, fresh
from tests.scenarios.helpers import playing, push, status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.api import Api

HALF: dict[str, Any] = {"when": {"method": "ImportProcessData"}, "then": {"status": 38}, "probability": 0.5}
NUMBERS = [f"91000000{number:02d}" for number in range(12)]


def outcomes(api: Api, numbers: Sequence[str]) -> dict[str, list[bool]]:
    """Push each number and return for each whether its attempts were refused."""
    seen: dict[str, list[bool]] = {}
    for number in numbers:
        api.post(push(number))
        seen.setdefault(number, []).append(status(api) == 38)
    return seen


@given(st.permutations(NUMBERS * 2))
@settings(max_examples=15, deadline=None)
def test_the_order_of_arrival_changes_no_draw(order: list[str]) -> None:
    """Every command's first and second attempt fare the same in any order."""
    one, other = playing(HALF), playing(HALF)
    assert outcomes(one, NUMBERS * 2) == outcomes(other, order)
    drop(one)
    drop(other)


def test_threads_change_no_draw() -> None:
    """Eight connections at once give the same set of refusals as one after the other."""
    one, other = playing(HALF), playing(HALF)
    alone = {number for number, refused in outcomes(one, NUMBERS).items() if refused[0]}

    def refused(number: str) -> bool:
        return bool(other.post(push(number)).body["status"] != 1)

    with ThreadPoolExecutor(8) as pool:
        together = {number for number, was in zip(NUMBERS, pool.map(refused, NUMBERS), strict=True) if was}
    assert together == alone
    assert 0 < len(alone) < len(NUMBERS)
    drop(one)
    drop(other)


def test_draws_follow_from_the_seed() -> None:
    """Another seed gives other draws, the same seed the same; a seed in the file wins over the sandbox's."""
    fates = []
    for seed in (1, 2, 1):
        api = playing(HALF, seed=seed)
        fates.append([refused for each in outcomes(api, NUMBERS).values() for refused in each])
        drop(api)
    assert fates[0] == fates[2] != fates[1]


def test_never_and_always() -> None:
    """Probability 0 never fires and 1 always does."""
    for probability, expected in ((0, 1), (1, 38)):
        api = playing({**HALF, "probability": probability})
        for number in NUMBERS:
            api.post(push(number))
            assert status(api) == expected
        drop(api)


def test_records_are_drawn_by_their_own_identity() -> None:
    """A record fares the same alone and in any batch, wherever it stands in it."""
    rule = {
        "when": {"record": {"mobilenumber": {"present": True}}},
        "then": {"status": 43, "level": "record"},
        "probability": 0.5,
    }

    def failed(numbers: Sequence[str]) -> set[str]:
        api = fresh()
        api.sandbox.activate(compiled({"name": "test", "rules": [rule]}))
        answer = api.post(push(*numbers))
        drop(api)
        return {each["mobilenumber"] for each in answer.body["statusdata"] if each["statuscode"] != "001"}

    whole = failed(NUMBERS)
    assert failed(NUMBERS[::-1]) == whole
    assert set().union(*(failed([number]) for number in NUMBERS)) == whole
    assert 0 < len(whole) < len(NUMBERS)


def test_a_minted_sandbox_has_the_same_draws() -> None:
    """Keys minted for a sandbox do not enter into what identifies a command."""
    from mockserver.sandbox import Plan
    from tests.api import NOW, Api, shared_service

    service = shared_service()
    minted = service.registry.create(Plan(clock="frozen", at=NOW))
    minted.activate(compiled({"name": "test", "rules": [HALF]}))
    client = Api(service, minted)
    keys = {"apikey": minted.minted["apikey"], "servicekey": minted.minted["servicekeys"]["MUMBAI_CRM_OBD"]}
    golden = playing(HALF)
    for number in NUMBERS:
        client.post(push(number, **keys))
        golden.post(push(number))
        assert status(client) == status(golden)
    drop(client)
    drop(golden)
