"""Where deliveries may go: web addresses that lead neither to the network's own services nor off the allow-list.

A name is looked up once, every address it stands for is checked, and the connection is made to one of
those addresses: no second look-up can answer otherwise.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mockserver.errors import MockServerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv6Address

    Address = IPv4Address | IPv6Address
    LookUp = Callable[[str, int], list[str]]
    """From host and port to addresses, the preferred first; raises OSError when there are none."""

PORTS: Final = {"http": 80, "https": 443}
LONGEST: Final = 2000
"""Characters of a URL at most."""

_PLAIN: Final = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Visible ASCII but the backslash, which some readers take for a slash."""

_EXPECTED: Final = "a URL such as http://127.0.0.1:9000/hook"
_NAMED: Final = 80
"""Characters of a host that a message repeats at most."""

_METADATA_NAMES: Final = frozenset(
    {
        "metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "metadata.azure.com",
        "metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com", "metadata.oraclecloud.com",
        "instance-data", "instance-data.ec2.internal", "rancher-metadata",
    }
)  # fmt: skip
_METADATA: Final = frozenset(
    map(
        ip_address,
        ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42"),
    )
)
"""Where clouds tell machines their secrets, beside 169.254.0.0/16."""

_BROADCAST: Final = ip_address("255.255.255.255")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")


class TargetDenied(MockServerError):
    """A URL that nothing is delivered to; ``expected`` says what could be."""

    def __init__(self, text: str, expected: str) -> None:
        self.expected = expected
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; ``host`` in lower case, without brackets and final dot; ``path`` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What targets one server takes; ``allowed`` are the hosts, None for all that are not denied."""

    allowed: frozenset[str] | None = None

    def target(self, url: str) -> Target:
        """Return a URL taken apart; raises TargetDenied. Nothing is looked up."""
        target = _parsed(url)
        if target.host in _METADATA_NAMES:
            raise _denied(target.host, "a cloud's metadata service")
        if self.allowed is not None and _plainest(target.host) not in self.allowed:
            listed = ", ".join(sorted(self.allowed)) or "none so far"
            raise TargetDenied(
                f"{target.host} is not among the hosts that --delivery-hosts allows",
                f"one of --delivery-hosts: {listed}",
            )
        return target

    def addresses(self, target: Target, look_up: LookUp | None = None) -> list[str]:
        """Return the addresses of a target, all of them checked; raises TargetDenied, or OSError when it has none."""
        try:
            found = (look_up or looked_up)(_address_of(target.host) or target.host, target.port)
        except UnicodeError:
            raise TargetDenied(f"{target.host[:_NAMED]} is no name of a host", _EXPECTED) from None
        for text in found:
            address = ip_address(text.partition("%")[0])
            why = denied_because(address)
            if why:
                raise _denied(target.host if target.host == text else f"{target.host} ({text})", why)
        if not found:
            raise OSError(f"{target.host} has no address")
        return found

    def check(self, url: str, look_up: LookUp | None = None) -> None:
        """Raise TargetDenied if nothing may go there; a name nobody knows yet will be checked when something goes."""
        target = self.target(url)
        try:
            self.addresses(target, look_up)
        except OSError:
            return


def looked_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host; may take seconds."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def denied_because(address: Address) -> str:
    """Return why nothing is sent to an address; empty when it may be. Addresses inside addresses count."""
    for each in (address, *_inside(address)):
        if each in _METADATA:
            return "a cloud's metadata service"
        if each.is_link_local:
            return "link-local, where clouds keep their metadata"
        if each.is_multicast:
            return "multicast"
        if each == _BROADCAST:
            return "broadcast"
        if each.is_unspecified or (isinstance(each, IPv4Address) and each.packed[0] == 0):
            return "unspecified"
    return ""


def _inside(address: Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address carries."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(IPv4Address(address.packed[-4:]))
    return [each for each in found if each is not None]


def _denied(what: str, why: str) -> TargetDenied:
    return TargetDenied(f"{what} is {why}; nothing is delivered there", "the address of a host of yours")


def _parsed(url: str) -> Target:
    expected = _EXPECTED
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise TargetDenied(f"this is no URL: {error}", expected) from None
    if len(url) > LONGEST or _PLAIN.fullmatch(url) is None:
        raise TargetDenied(
            f"a URL is at most {LONGEST} visible characters of ASCII, without backslash", expected
        )
    if parts.scheme not in PORTS:
        raise TargetDenied(f"deliveries go by {' or '.join(PORTS)}", expected)
    if "@" in parts.netloc:
        raise TargetDenied("a URL with user name or password in it is not taken", expected)
    if parts.fragment or not host or "%" in host or port == 0:
        raise TargetDenied("a URL has a host, and neither fragment nor zone", expected)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Target(parts.scheme, host.lower().removesuffix("."), port or PORTS[parts.scheme], path)


def _address_of(host: str) -> str | None:
    """Return the address that a host spells, also in one number, in octal or with parts left out; None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _plainest(host: str) -> str:
    """Return an address as it is written in full length or short, whatever it was; a name as it is."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host


def policy_of(hosts: str | None, *, loopback: bool) -> Policy:
    """Return the policy of ``--delivery-hosts``; without it a server on loopback may reach any other host, others none."""
    if hosts is None:
        return Policy(None if loopback else frozenset())
    return Policy(frozenset(_plainest(each.removesuffix(".")) for each in hosts.split(",")))
