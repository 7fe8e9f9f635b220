"""Where a request comes from, as far as it can be told: an address and the program's own name, for lists of sessions."""

import ipaddress
from typing import Any

import msgspec
from litestar.connection import ASGIConnection

LONGEST_AGENT = 200
"""Characters of a User-Agent that are kept."""


class Origin(msgspec.Struct, frozen=True):
    """An address and a User-Agent; either may be empty."""

    address: str = ""
    agent: str = ""


NOWHERE = Origin()


def origin_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Origin:
    """The caller's address as the server knows it (behind a proxy: what the proxy says), and what its program calls itself."""
    agent = connection.headers.get("user-agent", "")[:LONGEST_AGENT]
    address = connection.client.host if connection.client else ""
    return Origin(address[:60], agent.replace("\0", ""))


def network_of(address: str) -> str:
    """What stands for one caller when guesses are counted: an IPv4 address, the /64 of an IPv6 one (RFC 6177)."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
