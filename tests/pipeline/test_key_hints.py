"""What the journal says of keys that the gate refuses: what was probably meant, and nothing about other sandboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.sandbox import Plan
from tests.api import IMPORT, Api, drop, shared_service, without

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def minted() -> Iterator[Api]:
    """A client of a sandbox that has minted keys."""
    service = shared_service()
    made = Api(service, service.registry.create(Plan()))
    yield made
    drop(made)


def expected(api: Api) -> str:
    """Return what the latest violation says was expected."""
    (violation,) = api.journal()["violations"]
    found: str = violation["expected"]
    return found


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"apikey": "testorg"}, "(did you mean test_org?)"),
        ({"apikey": "TEST_ORG"}, "(did you mean test_org?)"),
        ({"apikey": "test_org "}, "(did you mean test_org?)"),
        ({"apikey": "Zzzzz"}, "the API key of an organisation"),
        ({"apikey": 5}, "the API key of an organisation"),
        ({"apikey": "x" * 5000}, "the API key of an organisation"),
        ({"servicekey": "VoiceProces"}, "(did you mean VoiceProcess?)"),
        ({"servicekey": "Mumbai_CRM_OBD"}, "(did you mean MUMBAI_CRM_OBD?)"),
        ({"servicekey": "proces1"}, "the service key of a process"),
        ({"servicekey": "process1"}, "the service key of a process of this organisation"),
    ],
)
def test_a_key_that_is_nearly_one(api: Api, changes: dict[str, object], hint: str) -> None:
    """AUTH-01, AUTH-02, AUTH-03: the nearest key of the sandbox is named; of service keys one of the tenant's own."""
    api.post(without(**changes))
    assert expected(api).endswith(hint)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("FORCE_999", "(userStatus has no failing status 999; one of 2, 4, 5, 48, 67, 1107, 1108, 1243)"),
        ("FORCE_05", "(no leading zero: did you mean FORCE_5?)"),
        ("FORCE_0999", "(no leading zero: userStatus has no failing status 999; one of 2, 4, 5, 48, 67, 1107, 1108, 1243)"),
        ("FORCE_no", "(userStatus has no failing status no; one of 2, 4, 5, 48, 67, 1107, 1108, 1243)"),
    ],
)  # fmt: skip
def test_a_magic_key_that_forces_nothing(api: Api, key: str, hint: str) -> None:
    """SIM-23, AM-14: a code that the method cannot refuse with is answered by those it can, and a zero is pointed at."""
    command = {"method": "userStatus", "apikey": "test_org", "servicekey": key, "loginids": ["user1"]}
    assert api.post(command).status == 1108
    assert expected(api).endswith(hint)


def test_a_minted_key_that_leads_nowhere(api: Api) -> None:
    """AM-10, AM-11: a key that looks minted belongs to no sandbox here, as after its sandbox was dropped."""
    sandbox = api.service.registry.create(Plan())
    key = sandbox.minted["apikey"]
    api.service.registry.drop(sandbox.key)
    for field in ("apikey", "servicekey"):
        api.post(without(**{field: key}))
        assert expected(api).endswith(
            "(keys that begin with sbx are minted: this one belongs to no sandbox here)"
        )


def test_a_minted_key_of_another_sandbox(api: Api, minted: Api) -> None:
    """AM-10: a request that names one sandbox with the key of another is told so, not which other one."""
    keys = minted.sandbox.minted
    for changes in ({"apikey": keys["apikey"]}, {"servicekey": keys["servicekeys"]["VoiceProcess"]}):
        api.post(without(**changes))
        assert expected(api).endswith(
            f"this one belongs to another sandbox than {api.sandbox.key}, which the request went to)"
        )
        assert f" {minted.sandbox.key}" not in expected(api)


def test_no_minted_key_of_another_sandbox_is_told(api: Api, minted: Api) -> None:
    """AM-11: a near miss of a minted key is mended in its own sandbox and nowhere else."""
    key = minted.sandbox.minted["apikey"]
    near = key[:-1] + ("0" if key[-1] != "0" else "1")
    minted.post(without(apikey=near))
    assert expected(minted).endswith(f"(did you mean {key}?)")
    api.post(without(apikey=near))
    assert key not in str(api.journal())


def test_a_golden_service_key_beside_a_minted_api_key(minted: Api) -> None:
    """AUTH-03, AM-11: the tenant's own process of that name is named with its key."""
    keys = minted.sandbox.minted
    minted.post(without(apikey=keys["apikey"]))
    own = keys["servicekeys"][IMPORT["servicekey"]]
    assert expected(minted).endswith(f"(its {IMPORT['servicekey']} has the service key {own})")


def test_the_client_is_told_no_hint(minted: Api) -> None:
    """AUTH-15, AM-08: a hint stands in the journal alone."""
    answer = minted.post(without(apikey="testorg"))
    said = answer.raw.decode() + str(answer.headers)
    assert "test_org" not in said
    assert minted.sandbox.minted["apikey"] not in said
