"""Where deliveries may go: the table of what is denied, however it is spelled."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.deliveries.targets import Policy, TargetDenied, denied_because, policy_of

if TYPE_CHECKING:
    from mockserver.deliveries.targets import LookUp

ANY = Policy()


def names(**addresses: list[str]) -> LookUp:
    """Return a look-up that knows these names, and addresses by themselves."""

    def look_up(host: str, _: int) -> list[str]:
        found = addresses.get(host.replace(".", "_"))
        if found is None:
            socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)
            return [host]
        return found

    return look_up


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.0.1/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://169.254.43518/",
        "http://169.254.169.254./",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://METADATA.google.internal./",
        "http://0.0.0.0/",
        "http://0/",
        "http://0.1.2.3/",
        "http://[::]/",
        "http://[::ffff:0.0.0.0]/",
        "http://255.255.255.255/",
        "http://224.0.0.1/",
        "http://239.255.255.250:1900/",
        "http://[ff02::1]/",
        "http://inside.test/",
        "http://mixed.test/",
    ],
)
def test_what_is_denied_everywhere(url: str) -> None:
    """SIM-06: link-local, metadata, unspecified, multicast and broadcast, in any spelling, also behind a name."""
    look_up = names(inside_test=["169.254.169.254"], mixed_test=["192.0.2.7", "::ffff:169.254.169.254"])
    for policy in (ANY, Policy(frozenset({"inside.test", "mixed.test"}))):
        with pytest.raises(TargetDenied):
            policy.check(url, look_up)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.test/",
        "file:///etc/passwd",
        "//hooks.test/",
        "hooks.test/path",
        "http://user:secret@hooks.test/",
        "http://hooks.test@169.254.169.254/",
        "http://hooks.test\\@other.test/",
        "http://hooks.test/ path",
        "http://hooks.test/\r\nX-Other: 1",
        "http://hooks.test/#part",
        "http://hooks.test:0/",
        "http://hooks.test:99999/",
        "http://hööks.test/",
        "http:///path",
        "http://[::1",
        "http://hooks.test/" + "a" * 2000,
    ],
)
def test_what_is_no_target(url: str) -> None:
    """Other schemes, user info, control characters, fragments and broken URLs are refused before any look-up."""
    with pytest.raises(TargetDenied):
        ANY.target(url)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://127.0.0.1:9000/hook?a=1&b=%20", "127.0.0.1:9000", "/hook?a=1&b=%20"),
        ("http://localhost", "localhost", "/"),
        ("https://Hooks.Test.:443/x", "hooks.test", "/x"),
        ("http://[::1]:8000/", "[::1]:8000", "/"),
        ("http://10.1.2.3/", "10.1.2.3", "/"),
        ("https://hooks.test:80/", "hooks.test:80", "/"),
    ],
)
def test_what_may_be(url: str, authority: str, path: str) -> None:
    """On loopback any other host may be meant, this machine and private networks too."""
    ANY.check(url, names(hooks_test=["192.0.2.7"], localhost=["127.0.0.1"]))
    target = ANY.target(url)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    ("hosts", "loopback", "url", "may"),
    [
        (None, True, "http://hooks.test/", True),
        (None, False, "http://hooks.test/", False),
        ("hooks.test", False, "http://HOOKS.test./", True),
        ("hooks.test", False, "http://other.test/", False),
        ("hooks.test", True, "http://other.test/", False),
        ("127.0.0.1", False, "http://127.0.0.1:9/", True),
        ("127.0.0.1", False, "http://2130706433/", False),
        ("::1", False, "http://[0:0::1]/", True),
        ("169.254.169.254", False, "http://169.254.169.254/", False),
    ],
)
def test_the_allow_list(hosts: str | None, loopback: bool, url: str, may: bool) -> None:
    """Off loopback only hosts of --delivery-hosts may be meant; what is denied everywhere stays denied."""
    policy = policy_of(hosts, loopback=loopback)
    with contextlib.nullcontext() if may else pytest.raises(TargetDenied):
        policy.check(url, names(hooks_test=["192.0.2.7"], other_test=["192.0.2.8"]))


def test_a_name_that_nobody_knows_yet() -> None:
    """It may be configured, and is looked up and checked when something is sent."""
    ANY.check("http://later.test/", names())
    with pytest.raises(OSError, match=r"later|known|address"):
        ANY.addresses(ANY.target("http://later.test/"), names())


@given(st.ip_addresses(v=4, network="169.254.0.0/16"))
def test_link_local_in_every_dress(address: object) -> None:
    """Whatever carries a link-local IPv4 address inside is denied like it."""
    inner = ipaddress.IPv4Address(str(address))
    number = int(inner)
    for dressed in (
        inner,
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ):
        assert denied_because(dressed), dressed


@given(st.text(max_size=60))
def test_any_text_is_taken_apart_or_denied(text: str) -> None:
    """Nothing else is raised for what people type."""
    with contextlib.suppress(TargetDenied):
        ANY.target(f"http://{text}")
    with contextlib.suppress(TargetDenied):
        ANY.target(text)
