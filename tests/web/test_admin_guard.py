"""Whom the admin API lets in: token, Host header, Origin."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.app import create_app
from mockserver.service import Service
from mockserver.settings import Settings
from tests.web.admin_client import Admin

TOKEN = "s3cret-token"


def guarded(**settings: Any) -> Admin:
    return Admin(create_app(Service.start(Settings(**settings))).test_client())


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"bearer  {TOKEN}"}, 200),
        ({"X-Mock-Admin-Token": TOKEN}, 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"X-Mock-Admin-Token": "\xff"}, 401),
    ],
)
def test_a_given_token_is_asked_for(header: dict[str, str], status: int) -> None:
    """A token that was given holds on loopback too, on every path, known or not."""
    admin = guarded(admin_token=TOKEN)
    assert admin.ask("GET", "/health", headers=header).status_code == status
    reply = admin.ask("GET", "/nothing", headers=header)
    assert reply.status_code == (404 if status == 200 else 401)
    assert ("WWW-Authenticate" in reply.headers) is (status == 401)


def test_off_loopback_a_token_is_minted() -> None:
    """Off loopback without a token one is made up, another each time, and asked for."""
    service = Service.start(Settings(host="0.0.0.0"))
    token = service.access.token
    assert token is not None
    assert service.access.minted
    assert token != Service.start(Settings(host="0.0.0.0")).access.token
    admin = Admin(create_app(service).test_client())
    assert admin.ask("GET", "/health").status_code == 401
    assert admin.ask("GET", "/health", headers={"X-Mock-Admin-Token": token}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_on_loopback_no_token_is_asked_for(host: str) -> None:
    """Who listens on loopback only needs no token."""
    assert guarded(host=host).ask("GET", "/health").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8080", 200),
        ("evil.test", 403),
        ("localhost.evil.test", 403),
        ("evil.test:localhost", 403),
        ("0.0.0.0", 403),
        ("", 403),
    ],
)
def test_only_known_hosts_are_answered(admin: Admin, host: str, status: int) -> None:
    """A page whose name was made to lead here gets nowhere: its Host is not ours."""
    assert admin.ask("GET", "/health", headers={"Host": host}).status_code == status


def test_hosts_can_be_named() -> None:
    """--admin-hosts replaces the names; the address listened on is always one."""
    admin = guarded(admin_hosts="mock.test", host="127.0.0.2")
    found = [admin.ask("GET", "/health", headers={"Host": host}).status_code for host in
             ("mock.test:80", "127.0.0.2", "localhost")]  # fmt: skip
    assert found == [200, 200, 403]


@pytest.mark.parametrize(
    ("verb", "path", "origin", "status"),
    [
        ("POST", "/reset", "http://localhost", 200),
        ("POST", "/reset", "HTTP://LOCALHOST", 200),
        ("POST", "/reset", "http://evil.test", 403),
        ("POST", "/reset", "http://localhost:3000", 403),
        ("POST", "/reset", "null", 403),
        ("POST", "/reset", "", 403),
        ("DELETE", "/requests", "http://evil.test", 403),
        ("GET", "/health", "http://evil.test", 200),
    ],
)
def test_foreign_pages_change_nothing(admin: Admin, verb: str, path: str, origin: str, status: int) -> None:
    """A changing request with the Origin of another page is refused; what is read is without CORS."""
    reply = admin.ask(verb, path, headers={"Origin": origin})
    assert reply.status_code == (status if status != 200 or verb != "DELETE" else 204)
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_admin_off_leaves_nothing() -> None:
    """Switched off, the admin API is no route at all."""
    reply = guarded(admin="off").ask("GET", "/health")
    assert (reply.status_code, reply.content_type) == (404, "text/plain; charset=utf-8")
