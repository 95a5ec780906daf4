"""How the bodies of admin requests are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mockserver.web.admin_bodies import MAX_DEPTH

if TYPE_CHECKING:
    from tests.web.admin_client import Admin


@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_a_body_that_is_nested_too_deep(admin: Admin, opens: bytes, closes: bytes) -> None:
    """Too many containers inside each other are refused, as deep as the parser goes; what is allowed is read."""

    def asked(levels: int) -> tuple[int, str]:
        value = opens * levels + b"1" + closes * levels
        body = b'{"match": {"fields": {"x": {"equals": %s}}}}' % value
        reply = admin.ask("POST", "/requests/verify", data=body)
        return reply.status_code, reply.json["title"] if reply.status_code != 200 else ""  # type: ignore[index]

    around = 4
    assert asked(MAX_DEPTH - around) == (200, "")
    for levels in (MAX_DEPTH - around + 1, 500, 1000):
        assert asked(levels) == (400, "the body is nested too deep")
    assert asked(5000) == (400, "the body is not JSON")


@pytest.mark.parametrize(
    ("verb", "path", "raw", "says"),
    [
        ("POST", "/sandboxes", b'{"seed": 1, "seed": 2}', "'seed'"),
        ("PUT", "/scenarios/mine", b'{"name": "mine", "rules": [], "rules": []}', "'rules'"),
        ("POST", "/requests/verify", b'{"match": {"status": 1, "status": 2}}', "'status'"),
        ("PATCH", "/settings", b'{"quirks": {"overlong": "reject", "overlong": "accept"}}', "'overlong'"),
    ],
)
def test_a_member_that_stands_there_twice(
    admin: Admin, *, verb: str, path: str, raw: bytes, says: str
) -> None:
    """Nobody knows which of two members of one name is meant, so the body is refused and the name told."""
    reply = admin.ask(verb, path, data=raw)
    assert (reply.status_code, reply.content_type) == (422, "application/problem+json")
    assert f"the member {says} stands there twice" in reply.json["detail"]  # type: ignore[index]
    assert admin.ok("GET", "/settings")["quirks"] == {}


def test_long_integers_are_exact(admin: Admin) -> None:
    """An integer of more digits than a double holds is verified as it was sent, not as what it rounds to."""
    number = 123456789012345678901234567890
    admin.send({"method": "userStatus", "apikey": "test_org", "number": number})

    def matched(wanted: int) -> int:
        body = {"match": {"fields": {"number": wanted}}}
        return int(admin.ok("POST", "/requests/verify", body)["matched"])

    assert (matched(number), matched(number + 1)) == (1, 0)


@pytest.mark.parametrize(
    ("verb", "path"),
    [("POST", "/reset"), ("POST", "/snapshots/s1/restore"), ("DELETE", "/faults"), ("DELETE", "/requests")],
)
def test_a_route_that_takes_no_body(admin: Admin, verb: str, path: str) -> None:
    """What such a route cannot carry out is refused, not ignored; an empty object says nothing and passes."""
    admin.ok("POST", "/snapshots")
    for empty in (b"", b" ", b"{}", b"null"):
        assert admin.ask(verb, path, data=empty).status_code in (200, 204)
    problem = admin.refused(verb, path, {"seed": 7})
    assert problem["status"] == 422
    assert problem["detail"] == "/: this route takes no body: expected nothing, or an empty object"
    assert admin.ask(verb, path, data=b"{").status_code == 400
