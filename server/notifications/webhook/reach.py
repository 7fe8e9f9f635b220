"""Where a webhook may go: to the internet, and not into the network that this server stands in.

Names are resolved here, all their addresses are looked at, and the connection is made to one of those, so that a name that changes
between the look and the call leads nowhere else.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from server.ground.problems import Invalid
from server.notifications.failures import NotSent

MOST = 3
"""Addresses of one name that are tried."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
IPV4_INSIDE = (ip_network("::/96"), ip_network("64:ff9b::/96"))
"""Prefixes whose last 32 bits are an IPv4 address (RFC 4291, 2.5.5.1; RFC 6052)."""
OWN_NAT64 = ip_network("64:ff9b:1::/48")
"""A network's own translation (RFC 8215): it may lead to any address inside."""


def must_be_url(url: str, *, inward: bool) -> None:
    """Raise `Invalid` for what is no https address of another server. With `inward` http to this machine passes too."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("url cannot be read. Write it like https://example.com/hooks.", field="url") from error
    here = inward and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise Invalid("url must begin with https://, so that nobody on the way reads what is sent.", field="url")
    if not parts.hostname or port == 0 or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Invalid("url names no server. Write it like https://example.com/hooks, in ASCII.", field="url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("url may have no user, password or fragment. Signatures say who sends.", field="url")
    if is_inward(parts.hostname) and not inward:
        raise Invalid("url names an address inside a network. Give one that is reached from outside.", field="url")


async def addresses_of(parts: SplitResult, *, inward: bool) -> list[str]:
    """The addresses of the server that a URL names, in the order in which they are to be tried. Raises `NotSent` where one of them is not of the internet, unless `inward`."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotSent("The name of the server is not known.") from error
    addresses = [str(one[4][0]) for one in found]
    if not inward and any(map(is_inward, addresses)):
        raise NotSent("The name of the server leads to an address inside a network, where nothing is sent.", final=True)
    return list(dict.fromkeys(addresses))[:MOST]


def is_inward(host: str) -> bool:
    """Whether an address is of this machine or of a network that only some reach; a name is of neither."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host.rstrip(".").lower() in ("localhost", "localhost.localdomain") or _is_odd_number(host)
    plain = _plain(address)
    return not plain.is_global or plain.is_multicast or plain in OWN_NAT64


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that some forms of IPv6 addresses stand for."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if any(address in one for one in IPV4_INSIDE):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_odd_number(host: str) -> bool:
    """An IPv4 address as resolvers read it too: `2130706433`, `0x7f.1`, `127.1`."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True
